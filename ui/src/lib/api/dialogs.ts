/** The system's own file dialogs; their answers are the only paths that the window names. */
import { call } from "./commands";
import type { FileKind } from "./generated/types";

export type { FileKind };

/** Asks for a file to read; null when the person gives up. */
export const chooseFile = (title: string, kinds: FileKind[]) =>
  call("pick_file_to_open", { request: { title, proposed: null, kinds } });

/** Asks where to write, a path being proposed; null when the person gives up. */
export const chooseDestination = (title: string, proposed: string, kinds: FileKind[]) =>
  call("pick_file_to_save", { request: { title, proposed, kinds } });

/** Asks for a folder; null when the person gives up. */
export const chooseFolder = (title: string) =>
  call("pick_folder", { request: { title, proposed: null, kinds: [] } });
