import { afterEach, describe, expect, it, vi } from "vitest";

let announce: (event: { payload: unknown }) => void = () => undefined;
vi.mock("@tauri-apps/api/core", () => ({ invoke: () => Promise.reject(new Error("unreadable")) }));
vi.mock("@tauri-apps/api/event", () => ({
  listen: (name: string, run: typeof announce) => {
    if (name === "carnet://changed") announce = run;
    return Promise.resolve(() => undefined);
  },
}));
const { followCarnet } = await import("./carnet.svelte");

afterEach(() => vi.unstubAllGlobals());

describe("the state of the carnet", () => {
  it("that cannot be read after a commit is told", async () => {
    vi.stubGlobal("window", { addEventListener: () => undefined, removeEventListener: () => undefined });
    const told: unknown[] = [];
    const stop = followCarnet((thrown) => told.push(thrown));
    announce({ payload: { entities: ["need"] } });
    await vi.waitFor(() => expect(told).toMatchObject([{ code: "unexpected" }]));
    stop();
  });
});
