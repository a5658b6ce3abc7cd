/** Copies that meet: the exchange folder, what came and can be taken back, what is to settle, the backups. */
import { call } from "./commands";
import type { BackupSought, ConflictChoice, Deletions, RecordName, TypedWords } from "./generated/types";
import type { EntityName } from "./types";

export type {
  Backup,
  BackupPage,
  BackupRecord,
  BackupRestored,
  BackupSought,
  Batch,
  ConflictChoice,
  ConflictHead,
  ConflictView,
  Deletions,
  ExchangeDevice,
  ExchangeDone,
  ExchangeState,
  ExchangeStatus,
  MergePreview,
  Merged,
  NotRestored,
  PublishedFile,
  ChangedField as FieldChange,
  RecordChanges,
  RecordFate,
  RevivedRecord,
  TypedWords,
} from "./generated/types";

export const exchangeState = () => call("exchange_state");
/** Chooses the folder; null stops using one. */
export const exchangeChooseFolder = (path: string | null) => call("exchange_choose_folder", { path });
/** Exchanges now; a refusal `many_deletions` asks what to do about them. */
export const exchangeNow = (deletions: Deletions) => call("exchange_now", { deletions });

export const mergePreview = (path: string) => call("merge_preview", { path });
export const mergeFile = (path: string, deletions: Deletions) => call("merge_file", { path, deletions });

/** The records that wait for a yes to go to the bin, and who put them there. */
export const waitingDeletions = () => call("waiting_deletions");

export const batchList = (limit: number) => call("batch_list", { limit });
export const batchChanges = (batch: number) => call("batch_changes", { batch });
export const batchUndo = (batch: number, entity: EntityName | null = null, id: string | null = null) =>
  call("batch_undo", { batch, entity, id });

export const conflictList = (entity: EntityName | null = null, id: string | null = null) =>
  call("conflict_list", { entity, id });
/** Settles a conflict; refused where another value stands than those that were shown. */
export const conflictResolve = (id: string, choice: ConflictChoice) =>
  call("conflict_resolve", { id, choice });
/** Keeps words beside what stands in their field; gives the name under which the same typing goes on. */
export const typedKeep = (entity: EntityName, id: string, typed: TypedWords) =>
  call("typed_keep", { entity, id, typed });
export const revivedList = () => call("revived_list");

export const backupList = () => call("backup_list");
export const backupNow = () => call("backup_now");
export const backupRecords = (path: string, sought: BackupSought, offset: number, limit: number) =>
  call("backup_records", { path, sought, offset, limit });
/** What a record of a backup holds beside what the carnet of today does: before is today, after is the backup. */
export const backupChanges = (path: string, entity: EntityName, id: string) =>
  call("backup_changes", { path, entity, id });
/** Brings these records of a backup back, or everything that no rule refuses when none is named, as one commit. */
export const backupRestore = (path: string, records: RecordName[] | null = null) =>
  call("backup_restore", { path, records });
