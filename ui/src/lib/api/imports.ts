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
  /** Why this field: a code worded by `import.suggestion.<code>`. */
  suggestion_reason: string | null;
}

/** The value of a required field that no column fills. */
export interface ImportDefault {
  value: Value;
  /** Why this value: a code worded by `import.default.<code>`. */
  reason: string;
}

/** A row of the file, as typed. */
export interface ImportSample {
  /** Line of the file, from 1. */
  line: number;
  cells: string[];
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
  /** Codes worded by `import.warning.<code>`. */
  warnings: string[];
  /** First rows under the titles. */
  preview_rows: ImportSample[];
}

/** How a file is brought in: the plan, as corrected. */
export interface ImportMapping {
  entity: EntityName;
  encoding: string;
  separator: string;
  header_line: number;
  /** Field of each column, by its index; null leaves it aside. None at all: the columns are proposed anew. */
  columns: Record<string, string | null>;
  defaults: Record<string, Value>;
  key: string[];
}

export type ImportOutcome = "created" | "updated" | "unchanged" | "refused";

/** Why a row is refused; a code worded by `import.reason.<code>` or `error.invalid.<code>`. */
export interface ImportRefusal {
  /** Title of the column; empty when the whole row is refused. */
  column: string;
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
  /** A field after the path of its record, when that is not the row's own. */
  changes: { field: string; before: Value; after: Value }[];
}

/** What a plan would do, without doing it. */
export interface ImportPreview {
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  /** Records of other entities made along, by entity. */
  linked: Record<EntityName, number>;
  /** Cells put right, by what was done: codes worded by `import.note.<code>`. */
  notes: Record<string, number>;
  rows: ImportRow[];
  /** Rows of the outcome asked for. */
  total: number;
}

export interface RefusedRow {
  line: number;
  /** Title of the column; empty when the whole row is refused. */
  column: string;
  /** A code worded by `import.reason.<code>` or `error.invalid.<code>`. */
  reason: { code: string; params: Record<string, string> };
}

export interface ImportResult {
  created: number;
  updated: number;
  unchanged: number;
  refused: RefusedRow[];
  /** Records of other entities made along, by entity. */
  linked: Record<EntityName, number>;
  /** Null when nothing changed. */
  commit: CommitRef | null;
}

/** How far an import is, in units of its own. */
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
