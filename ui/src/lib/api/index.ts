/** Everything a screen needs from the core; the only folder that talks to the shell. */
export * from "./types";
export * from "./commands";
export * from "./errors";
export * from "./events";
export * from "./model";
export { commits } from "./commits.svelte";
export { query, type Query } from "./query.svelte";
export { remove, resetSaving, restore, save, saveAll, saving } from "./saving.svelte";
export { chooseDestination, chooseFile, type FileKind } from "./dialogs";
export * from "./imports";
