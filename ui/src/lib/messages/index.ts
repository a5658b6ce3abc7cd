/** Words, typography, dates and numbers of the interface. */
export * from "./messages.svelte";
export * from "./format";
export { labelInWords } from "./labels";
export * from "./dates";
export { french } from "./typography";
