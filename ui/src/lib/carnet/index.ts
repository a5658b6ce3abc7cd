export { carnet, followCarnet } from "./carnet.svelte";
