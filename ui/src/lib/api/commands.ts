/** One typed function for each command of the window; nothing else calls the shell. */
import { invoke } from "@tauri-apps/api/core";
import { asAppError } from "./errors";
import type {
  AppState,
  CarnetInfo,
  CommitRef,
  Committed,
  CountRequest,
  Counts,
  DocumentPreview,
  DocumentRequest,
  EntityName,
  HistoryEntry,
  ListRequest,
  PassphraseStrength,
  RecordChange,
  RecordPage,
  RecordView,
  SaveRequest,
  Saved,
  SavedAll,
  SearchHit,
  Settings,
  TerritoryHit,
  Undone,
} from "./types";

/** Calls a command; rejects with an [`AppError`], whatever the shell threw. */
export async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (thrown) {
    throw asAppError(thrown);
  }
}

export const appState = () => call<AppState>("app_state");
export const settingsSave = (settings: Settings) => call<Settings>("settings_save", { settings });
export const passphraseStrength = (passphrase: string) =>
  call<PassphraseStrength>("passphrase_strength", { passphrase });

export interface NewCarnet {
  path: string;
  passphrase: string | null;
  device_name: string;
  author: string;
  with_demo: boolean;
}
export const carnetCreate = (carnet: NewCarnet) =>
  call<CarnetInfo>("carnet_create", {
    path: carnet.path,
    passphrase: carnet.passphrase,
    deviceName: carnet.device_name,
    author: carnet.author,
    withDemo: carnet.with_demo,
  });
export const carnetOpen = (path: string, passphrase: string | null) =>
  call<CarnetInfo>("carnet_open", { path, passphrase });
export const carnetClose = () => call<null>("carnet_close");
export const recoverySheetExport = (path: string, passphrase: string) =>
  call<{ path: string }>("recovery_sheet_export", { path, passphrase });

export const recordGet = (entity: EntityName, id: string) => call<RecordView>("record_get", { entity, id });
export const recordList = (request: ListRequest) =>
  call<RecordPage>("record_list", {
    request: { filters: [], text: null, sort: [], offset: 0, limit: 100, ...request },
  });
export const recordCounts = (requests: CountRequest[]) =>
  call<Counts[]>("record_counts", { requests: requests.map((one) => ({ group_by: null, ...one })) });
export const recordSave = (request: SaveRequest) => call<Saved>("record_save", { ...request });
export const recordsSave = (changes: RecordChange[], label: string) =>
  call<SavedAll>("records_save", { changes, label });
export const recordDelete = (entity: EntityName, id: string) =>
  call<Committed>("record_delete", { entity, id });
export const recordRestore = (entity: EntityName, id: string) =>
  call<Committed>("record_restore", { entity, id });
export const commitUndo = (commit: CommitRef) => call<Undone>("commit_undo", { ...commit });
export const recordHistory = (entity: EntityName, id: string, limit = 50) =>
  call<HistoryEntry[]>("record_history", { entity, id, limit });

export const search = (query: string, limit = 30) => call<SearchHit[]>("search", { query, limit });
export const territorySearch = (query: string, limit = 20) =>
  call<TerritoryHit[]>("territory_search", { query, limit });
export const territoryAdopt = (kind: string, code: string) => call<Saved>("territory_adopt", { kind, code });

export const documentPreview = (request: DocumentRequest) =>
  call<DocumentPreview>("document_preview", { ...request });
export const documentExport = (request: DocumentRequest, format: "pdf" | "docx", path: string) =>
  call<{ path: string }>("document_export", { ...request, format, path });
