import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { $lib: here("./src/lib"), $messages: here("./messages") } },
  // The window loads files from its own resources: relative addresses, nothing inlined that the CSP would refuse.
  base: "./",
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
  server: { port: 5173, strictPort: true },
  clearScreen: false,
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
