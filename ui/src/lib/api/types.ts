/**
 * What crosses between the window and the core. JSON is snake_case; ids are UUID text.
 *
 * A reference is the bare id where the field names one entity, `entity/id` where any record may stand.
 */

/** The name of an entity of the model, e.g. `project`. */
export type EntityName = string;

/** A value of a field: text, number, boolean, list of texts, or nothing. */
export type Value = string | number | boolean | string[] | null;
export type Patch = Record<string, Value>;

/** Levels of confidentiality, closed to open; `locked` is private for ever. */
export type Level = "locked" | "private" | "beneficiary" | "network" | "public";
export type Audience =
  "self" | "beneficiary" | "project_partners" | "funders_hierarchy" | "network" | "public";

export interface Settings {
  language: "fr" | "en";
  theme: "system" | "light" | "dark";
  text_scale: 100 | 112 | 125;
  density: "compact" | "comfortable";
  single_key_shortcuts: boolean;
}

export interface CarnetInfo {
  path: string;
  name: string;
  is_protected: boolean;
  is_read_only: boolean;
  read_only_reason: "file_system" | "newer_format" | null;
  device_name: string;
  author: string;
  counts: Record<string, number>;
}

export interface Recent {
  path: string;
  name: string;
  last_opened_at: string;
  is_missing: boolean;
}

export interface Platform {
  lang: "fr" | "en";
  device_name: string;
  author: string;
  documents_dir: string;
}

export interface AppState {
  carnet: CarnetInfo | null;
  recents: Recent[];
  settings: Settings;
  platform: Platform;
}

/** `score` goes from 0 (guessed at once) to 4; `reason` is a message key. */
export interface PassphraseStrength {
  score: 0 | 1 | 2 | 3 | 4;
  reason: string | null;
}

export interface RefTitle {
  title: string;
  subtitle: string | null;
  is_deleted: boolean;
}

export interface RecordView {
  entity: EntityName;
  id: string;
  title: string;
  fields: Record<string, Value>;
  level: Level;
  default_level: Level;
  field_levels: Record<string, Level>;
  effective_levels: Record<string, Level>;
  created_at: string;
  created_by: string;
  modified_at: string;
  modified_by: string;
  is_deleted: boolean;
  /** Titles of the records this one refers to, by `entity/id`. */
  refs: Record<string, RefTitle>;
}

export type FilterOp =
  "is" | "is_not" | "one_of" | "before" | "after" | "from" | "to" | "contains" | "is_empty" | "is_set";

export interface Filter {
  field: string;
  op: FilterOp;
  value?: Value;
}

export interface Sort {
  field: string;
  descending: boolean;
}

export interface ListRequest {
  entity: EntityName;
  filters?: Filter[];
  text?: string | null;
  sort?: Sort[];
  offset?: number;
  limit?: number;
  include_deleted?: boolean;
}

export interface RecordPage {
  rows: RecordView[];
  total: number;
}

export interface CountRequest {
  entity: EntityName;
  filters: Filter[];
  group_by?: string | null;
}

export interface Counts {
  total: number;
  groups: Record<string, number>;
}

/** One commit of the log; undoing it is another commit. */
export interface CommitRef {
  device: string;
  seq: number;
}

export interface SaveRequest {
  entity: EntityName;
  id: string | null;
  patch: Patch;
  /** Levels by field, `*` for the whole record; null goes back to the default. */
  levels?: Record<string, Level | null>;
  reason?: string;
  label?: string;
}

export interface Saved {
  record: RecordView;
  /** Null when nothing changed. */
  commit: CommitRef | null;
}

export interface RecordChange {
  entity: EntityName;
  id: string | null;
  /** `"@0"`, `"@1"` as a reference stands for the record created by that change. */
  patch: Patch;
  /** Levels by field, `*` for the whole record; null goes back to the default. */
  levels?: Record<string, Level | null>;
}

export interface SavedAll {
  records: RecordView[];
  commit: CommitRef | null;
}

export interface Committed {
  commit: CommitRef | null;
}

export interface Undone {
  /** Null when nothing of the commit still stood. */
  commit: CommitRef | null;
  records_touched: number;
}

export interface HistoryChange {
  entity: EntityName;
  row: string;
  field: string;
  before: Value;
  after: Value;
}

export interface HistoryEntry {
  device: string;
  device_name: string;
  seq: number;
  author: string;
  wall_time: string;
  label: string;
  changes: HistoryChange[];
}

export interface SearchHit {
  entity: EntityName;
  id: string;
  title: string;
  subtitle: string | null;
  excerpt: string;
  /** Pairs of UTF-16 offsets in `excerpt`. */
  marks: [number, number][];
}

export interface TerritoryHit {
  kind: string;
  code: string;
  name: string;
  detail: string;
  population: number | null;
  postcodes: string[];
}

/** The documents that this version makes (domain.md §9). */
export type DocumentName = "prep_sheet" | "decisions_record" | "summary_sheet";

export interface DocumentRequest {
  document: DocumentName;
  /** `entity/id`. */
  of: string;
  audience: Audience;
  lang: "fr" | "en";
  /** What happened from this day on only; null for everything. */
  since: string | null;
}

/** The pages as they will come out, and what their audience will not see. */
export interface DocumentPreview {
  /** One PNG per page, as `data:` addresses. */
  pages: string[];
  page_count: number;
  title: string;
  shown: number;
  aggregated: number;
  withheld: { reason: string; count: number }[];
}
