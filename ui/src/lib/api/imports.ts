/** Lists brought into the carnet from a file: read, planned, tried row by row, then kept in one commit. */
import { Channel } from "@tauri-apps/api/core";
import { call } from "./commands";
import type * as core from "./generated/types";
import type { EntityName } from "./types";

export type {
  Column as ImportColumn,
  ImportPlan,
  ImportPreview,
  ImportProgress,
  ImportReport as ImportResult,
  Outcome as ImportOutcome,
  PreviewRow as ImportRow,
  Refusal as ImportRefusal,
  RefusedRow,
} from "./generated/types";

/** How a file is brought in: the plan, as corrected; what the core would find by itself is said. */
export type ImportMapping = core.Mapping & Pick<core.ImportPlan, "encoding" | "separator" | "header_line">;

export const importInspect = (path: string, entity: EntityName | null, mapping: ImportMapping | null) =>
  call("import_inspect", { path, entity, mapping });

export const importPreview = (
  path: string,
  mapping: ImportMapping,
  page: { offset: number; limit: number; outcome: core.Outcome | null },
) => call("import_preview", { path, mapping, ...page });

/** Brings the file in; cancelled, it rejects with `cancelled` and the carnet is as it was. */
export function importRun(
  path: string,
  mapping: ImportMapping,
  onprogress: (progress: core.ImportProgress) => void,
): Promise<core.ImportReport> {
  const onProgress = new Channel<core.ImportProgress>();
  onProgress.onmessage = onprogress;
  return call("import_run", { path, mapping, onProgress });
}

export const importCancel = () => call("import_cancel");
