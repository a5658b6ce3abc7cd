/** Lists brought into the carnet from a file: read, planned, tried row by row, then kept in one commit. */
import { Channel } from "@tauri-apps/api/core";
import { call } from "./commands";
import type { CommitRef, EntityName, Value } from "./types";

/** One column of the file, and the field proposed for it. */
export interface ImportColumn {
  index: number;
  header: string;
  /** Its first cells that hold something, as typed. */
  samples: string[];
  /** Null leaves the column aside. */
  field: string | null;
  /** Why this field: a code worded by `import.suggested.<code>`. */
  suggestion_reason: string | null;
}

/** The value of a required field that no column fills. */
export interface ImportDefault {
  value: Value;
  /** Why this value: a code worded by `import.defaulted.<code>`. */
  reason: string | null;
}

/** What is in a file and how it would be brought in. */
export interface ImportPlan {
  path: string;
  entity: EntityName;
  encoding: string;
  separator: string;
  /** Line of the file, from 1, that holds the titles. */
  header_line: number;
  row_count: number;
  columns: ImportColumn[];
  defaults: Record<string, ImportDefault>;
  /** Fields that recognise a record already in the carnet. */
  key: string[];
  /** Codes worded by `import.warning.<code>`, or sentences. */
  warnings: string[];
  /** First rows under the titles, cell by cell. */
  preview_rows: string[][];
}

/** How a file is brought in: the plan, as corrected. */
export interface ImportMapping {
  entity: EntityName;
  encoding: string;
  separator: string;
  header_line: number;
  /** Field of each column, by its index; null leaves it aside, an index left out is proposed anew. */
  columns: Record<string, string | null>;
  defaults: Record<string, Value>;
  key: string[];
}

export type ImportOutcome = "created" | "updated" | "unchanged" | "refused";

/** Why a row is refused; a code worded by `import.reason.<code>` or `error.invalid.<code>`. */
export interface ImportRefusal {
  column: string | number | null;
  reason_code: string;
  params: Record<string, string>;
}

export interface ImportRow {
  /** Line of the file, from 1. */
  line: number;
  outcome: ImportOutcome;
  title: string;
  cells: string[];
  refusal: ImportRefusal | null;
  changes: { field: string; before: Value; after: Value }[];
}

/** What a plan would do, without doing it. */
export interface ImportPreview {
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  rows: ImportRow[];
  /** Rows of the outcome asked for. */
  total: number;
}

export interface RefusedRow {
  line: number;
  column: string | number | null;
  /** A code with its `params`, or a sentence. */
  reason: string | { code: string; params: Record<string, string> };
}

export interface ImportResult {
  created: number;
  updated: number;
  unchanged: number;
  refused: RefusedRow[];
  /** Null when nothing changed. */
  commit: CommitRef | null;
}

export interface ImportProgress {
  done: number;
  total: number;
}

export const importInspect = (path: string, entity: EntityName | null, mapping: ImportMapping | null) =>
  call<ImportPlan>("import_inspect", { path, entity, mapping });

export const importPreview = (
  path: string,
  mapping: ImportMapping,
  page: { offset: number; limit: number; outcome: ImportOutcome | null },
) => call<ImportPreview>("import_preview", { path, mapping, ...page });

/** Brings the file in; cancelled, it rejects with `cancelled` and the carnet is as it was. */
export function importRun(
  path: string,
  mapping: ImportMapping,
  onprogress: (progress: ImportProgress) => void,
): Promise<ImportResult> {
  const onProgress = new Channel<ImportProgress>();
  onProgress.onmessage = onprogress;
  return call<ImportResult>("import_run", { path, mapping, onProgress });
}

export const importCancel = () => call<null>("import_cancel");
