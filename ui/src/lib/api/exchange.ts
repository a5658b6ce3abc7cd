/** Copies that meet: the exchange folder, what came and can be taken back, what is to settle, the backups. */
import { call } from "./commands";
import type { AppError } from "./errors";
import type { CommitRef, Committed, EntityName, RefTitle, Undone, Value } from "./types";

/** Where this copy stands among the others. */
export type ExchangeStatus = "none" | "up_to_date" | "to_exchange" | "to_settle" | "waiting";

export interface ExchangeDevice {
  device: string;
  name: string;
  author: string | null;
  is_here: boolean;
  last_seen_at: string | null;
  commits: number;
  /** Commits that are known to exist and have not arrived. */
  missing: number;
}

export interface PublishedFile {
  path: string;
  state: "ok" | "late" | "missing";
  problem: AppError | null;
  last_published_at: string | null;
}

export interface ExchangeState {
  folder: { path: string; state: "ok" | "missing" | "read_only" } | null;
  status: ExchangeStatus;
  is_busy: boolean;
  last_exchange_at: string | null;
  to_send: number;
  devices: ExchangeDevice[];
  conflicts: number;
  revived: number;
  /** Deletions that wait for a yes: so many records of so many. */
  waiting: { deleted: number; records: number } | null;
  problems: AppError[];
  published: PublishedFile;
}

export interface Merged {
  commits: number;
  changes: number;
  conflicts_opened: number;
  conflicts_settled: number;
  deleted: number;
  revived: number;
}

export interface ExchangeDone {
  merged: Merged;
  /** What came in, to look at and to take back; null when nothing came. */
  batch: number | null;
  written: number;
}

export type RecordFate = "added" | "changed" | "deleted" | "restored";

export interface FieldChange {
  /** The field; `name/element` for an element of a set. */
  field: string;
  before?: Value;
  after?: Value;
  is_conflict: boolean;
}

/** What a batch changed in one record. */
export interface RecordChanges {
  entity: EntityName;
  id: string;
  title: string;
  subtitle: string | null;
  fate: RecordFate;
  authors: string[];
  wall_time: string;
  fields: FieldChange[];
}

export interface MergePreview {
  merged: Merged;
  records: RecordChanges[];
}

export interface Batch {
  id: number;
  wall_time: string;
  source: string;
  commits: number;
  authors: string[];
  is_undone: boolean;
}

/** One of the values that stand side by side. */
export interface ConflictHead extends CommitRef {
  device_name: string;
  is_here: boolean;
  author: string;
  wall_time: string;
  value: Value;
}

export interface ConflictView {
  id: string;
  entity: EntityName;
  row: string;
  title: string;
  subtitle: string | null;
  field: string;
  before: Value;
  is_text: boolean;
  /** A text that holds both edits, to be read before it is kept. */
  merged: string | null;
  shown: CommitRef;
  heads: ConflictHead[];
  /** Titles of what the values refer to, by `entity/id`. */
  refs: Record<string, RefTitle>;
}

export interface RevivedRecord {
  entity: EntityName;
  id: string;
  title: string;
  subtitle: string | null;
}

export interface Backup {
  path: string;
  name: string;
  made_at: string;
  bytes: number;
}

export interface BackupRecord {
  entity: EntityName;
  id: string;
  title: string;
  subtitle: string | null;
  state: "same" | "changed" | "gone";
}

export interface BackupPage {
  total: number;
  records: BackupRecord[];
}

export const exchangeState = () => call<ExchangeState>("exchange_state");
/** Chooses the folder; null stops using one. */
export const exchangeChooseFolder = (path: string | null) =>
  call<ExchangeState>("exchange_choose_folder", { path });
export const exchangeNow = (acceptDeletions: boolean) =>
  call<ExchangeDone>("exchange_now", { acceptDeletions });

export const mergePreview = (path: string) => call<MergePreview>("merge_preview", { path });
export const mergeFile = (path: string, acceptDeletions: boolean) =>
  call<ExchangeDone>("merge_file", { path, acceptDeletions });

export const batchList = (limit: number) => call<Batch[]>("batch_list", { limit });
export const batchChanges = (batch: number) => call<RecordChanges[]>("batch_changes", { batch });
export const batchUndo = (batch: number, entity: EntityName | null = null, id: string | null = null) =>
  call<Undone>("batch_undo", { batch, entity, id });

export const conflictList = (entity: EntityName | null = null, id: string | null = null) =>
  call<ConflictView[]>("conflict_list", { entity, id });
/** Settles a conflict; with no value to keep, `value` is written. */
export const conflictResolve = (id: string, keep: CommitRef | null, value: Value) =>
  call<Committed>("conflict_resolve", { id, keep, value });
export const revivedList = () => call<RevivedRecord[]>("revived_list");

export const backupList = () => call<Backup[]>("backup_list");
export const backupNow = () => call<Backup>("backup_now");
export const backupRecords = (
  path: string,
  entity: EntityName | null,
  text: string | null,
  offset: number,
  limit: number,
) => call<BackupPage>("backup_records", { path, entity, text, offset, limit });
/** Brings one record of a backup back, or everything, as new commits; null when nothing differs. */
export const backupRestore = (path: string, entity: EntityName | null = null, id: string | null = null) =>
  call<Committed | null>("backup_restore", { path, entity, id });
