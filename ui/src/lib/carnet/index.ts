export { carnet, followCarnet } from "./carnet.svelte";
export * from "./exchange.svelte";
