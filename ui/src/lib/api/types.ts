/**
 * The words of the screens for what crosses between the window and the core, which `generated/` declares from the core.
 *
 * JSON is snake_case; ids are UUID text. A reference is the bare id where the field names one entity, `entity/id` where
 * any record may stand.
 */
import type { Arguments } from "./generated/commands";
import type { Codes } from "./generated/model";
import type * as core from "./generated/types";

export type {
  AppState,
  AskedCopy,
  CarnetInfo,
  CommitRef,
  Committed,
  Count as Counts,
  DocumentPreview,
  Filter,
  Condition as FilterOp,
  FieldChange as HistoryChange,
  HistoryEntry,
  Level,
  Platform,
  ReadOnlyReason,
  Recent,
  RecordPage,
  RecordView,
  Saved,
  SavedAll,
  SearchHit,
  Settings,
  Sort,
  Strength as PassphraseStrength,
  TerritoryHit,
  Title as RefTitle,
  Undone,
} from "./generated/types";

/** The name of an entity of the model, e.g. `project`. */
export type EntityName = string;
export type Patch = core.RecordView["fields"];
/** A value of a field: text, number, boolean, list of texts, or nothing. */
export type Value = Patch[string];

export type Audience = Codes["audience"];
/** The documents that this version makes (domain.md §9). */
export type DocumentName = Codes["document"];

/** What a screen says of a list or of a count; what it leaves out is everything, from the first row on. */
export type ListRequest = Pick<core.ListRequest, "entity"> & Partial<core.ListRequest>;
export type CountRequest = Omit<core.CountRequest, "group_by"> & Partial<core.CountRequest>;
/** A record that is made, or that is edited over what was shown of it: an edit that does not say so is not written. */
type MadeOrEdited<Of> = Omit<Of, "id" | "over"> & ({ id: null; over?: never } | { id: string; over: Patch });
export type RecordChange = MadeOrEdited<core.RecordChange>;
export type SaveRequest = MadeOrEdited<Arguments<"record_save">>;
export type DocumentRequest = Omit<Arguments<"document_preview">, "document" | "audience" | "since"> & {
  document: DocumentName;
  audience: Audience;
  /** What happened from this day on only; null for everything. */
  since: string | null;
};
