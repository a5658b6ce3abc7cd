/** The system's own file dialogs; their answers are the only paths that the window names. */
import { call } from "./commands";

export interface FileKind {
  /** Words for the officer, for instance « Carnet ». */
  name: string;
  /** Extensions without their dot. */
  extensions: string[];
}

/** Asks for a file to read; null when the person gives up. */
export const chooseFile = (title: string, kinds: FileKind[]) =>
  call<string | null>("pick_file_to_open", { request: { title, kinds } });

/** Asks where to write, a path being proposed; null when the person gives up. */
export const chooseDestination = (title: string, proposed: string, kinds: FileKind[]) =>
  call<string | null>("pick_file_to_save", { request: { title, proposed, kinds } });

/** Asks for a folder; null when the person gives up. */
export const chooseFolder = (title: string) =>
  call<string | null>("pick_folder", { request: { title, kinds: [] } });
