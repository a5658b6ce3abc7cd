/** Screens, addresses and actions. */
export * from "./routes";
export * from "./router.svelte";
export * from "./actions.svelte";
export * from "./dialogs.svelte";
export * from "./opened.svelte";
