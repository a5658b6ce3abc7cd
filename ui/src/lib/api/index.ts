/** Everything a screen needs from the core; the only folder that talks to the shell. */
export * from "./types";
export * from "./commands";
export * from "./errors";
export * from "./events";
export * from "./model";
export { commits, type Moved } from "./commits.svelte";
export { query, type Query } from "./query.svelte";
export {
  kept,
  remove,
  resetSaving,
  restore,
  save,
  saveAll,
  saving,
  settle,
  type Settlement,
} from "./saving.svelte";
export { joinTypists, type Typist } from "./typists";
export { chooseDestination, chooseFile, chooseFolder, type FileKind } from "./dialogs";
export * from "./imports";
export * from "./exchange";
export * from "./duplicates";
