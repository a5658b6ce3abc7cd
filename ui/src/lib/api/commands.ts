/** One typed function for each command of the window; nothing else calls the shell. */
import { invoke } from "@tauri-apps/api/core";
import { asAppError } from "./errors";
import type { Arguments, CommandName, Result } from "./generated/commands";
import type {
  CommitRef,
  CountRequest,
  DocumentRequest,
  EntityName,
  ListRequest,
  RecordChange,
  SaveRequest,
  Settings,
} from "./types";

/** A command that takes nothing is called with its name alone. */
type Given<Name extends CommandName> =
  Arguments<Name> extends Record<string, never> ? [] : [given: Arguments<Name>];

/** Calls a command; rejects with an [`AppError`], whatever the shell threw. */
export async function call<Name extends CommandName>(
  command: Name,
  ...[given]: Given<Name>
): Promise<Result<Name>> {
  try {
    return await invoke<Result<Name>>(command, { ...given });
  } catch (thrown) {
    throw asAppError(thrown);
  }
}

export const appState = () => call("app_state");
/** What the file manager asks to open, and what it is to the open carnet; null once opened or forgotten. */
export const askedCopy = () => call("asked_copy");
export const askedForget = (path: string) => call("asked_forget", { path });
export const settingsSave = (settings: Settings) => call("settings_save", { settings });
/** Keeps how this machine and this person are named, from the next commit on. */
export const namesSave = (deviceName: string, author: string) => call("names_save", { deviceName, author });
export const passphraseStrength = (passphrase: string) => call("passphrase_strength", { passphrase });

export interface NewCarnet {
  path: string;
  passphrase: string | null;
  device_name: string;
  author: string;
  with_demo: boolean;
}
export const carnetCreate = (carnet: NewCarnet) =>
  call("carnet_create", {
    path: carnet.path,
    passphrase: carnet.passphrase,
    deviceName: carnet.device_name,
    author: carnet.author,
    withDemo: carnet.with_demo,
  });
export const carnetOpen = (path: string, passphrase: string | null) =>
  call("carnet_open", { path, passphrase });
export const carnetClose = () => call("carnet_close");
export const recoverySheetExport = (path: string, passphrase: string) =>
  call("recovery_sheet_export", { path, passphrase });

export const recordGet = (entity: EntityName, id: string) => call("record_get", { entity, id });
export const recordList = (request: ListRequest) =>
  call("record_list", {
    request: { filters: [], text: null, sort: [], offset: 0, limit: 100, ...request },
  });
export const recordCounts = (requests: CountRequest[]) =>
  call("record_counts", { requests: requests.map((one) => ({ group_by: null, ...one })) });
export const recordSave = (request: SaveRequest) => call("record_save", request);
export const recordsSave = (changes: RecordChange[], label: string) =>
  call("records_save", { changes, label });
export const recordDelete = (entity: EntityName, id: string) => call("record_delete", { entity, id });
export const recordRestore = (entity: EntityName, id: string) => call("record_restore", { entity, id });
/** How many records a commit wrote in. */
export const commitRecords = (commit: CommitRef) => call("commit_records", commit);
export const commitUndo = (commit: CommitRef) => call("commit_undo", commit);
export const recordHistory = (entity: EntityName, id: string, limit = 50) =>
  call("record_history", { entity, id, limit });

export const search = (query: string, limit = 30) => call("search", { query, limit });
export const territorySearch = (query: string, limit = 20) => call("territory_search", { query, limit });
export const territoryAdopt = (kind: string, code: string) => call("territory_adopt", { kind, code });

export const documentPreview = (request: DocumentRequest) => call("document_preview", request);
export const documentExport = (request: DocumentRequest, format: "pdf" | "docx", path: string) =>
  call("document_export", { ...request, format, path });
