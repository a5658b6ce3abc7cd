import { afterEach, describe, expect, it, vi } from "vitest";

const calls: { command: string; args: Record<string, unknown> }[] = [];
vi.mock("@tauri-apps/api/core", () => ({
  Channel: vi.fn(),
  invoke: (command: string, args: Record<string, unknown>) => {
    calls.push({ command, args });
    const fields = { territories: ["t1", "t2"] };
    if (command === "record_get") return Promise.resolve({ entity: "project", id: "p", fields });
    return Promise.resolve({ record: { title: "Laine" }, commit: { device: "d", seq: 1 } });
  },
}));
const { putAllBack, putBack } = await import("./put_back");

const written = () => calls.filter((one) => one.command !== "record_get");
afterEach(() => calls.splice(0));

describe("putting values back", () => {
  it("writes one value as a new edit", async () => {
    await putBack("project", "p", { field: "title", value: "Laine", over: "Lin" }, "reprise");
    expect(written()).toMatchObject([
      {
        command: "record_save",
        args: { patch: { title: "Laine" }, over: { title: "Lin" }, label: "reprise" },
      },
    ]);
  });

  it("takes elements out of a list and puts others in, in one edit, the rest of the list untouched", async () => {
    const wanted = [
      { field: "territories/t2", value: null, over: null },
      { field: "territories/t3", value: true, over: null },
      { field: "calendar", value: null, over: null },
    ];
    await putAllBack("project", "p", wanted, "reprise");
    expect(written()).toMatchObject([
      { command: "record_save", args: { patch: { territories: ["t1", "t3"], calendar: null } } },
    ]);
  });

  it("gives a field and the record their level back, the default one when they had none", async () => {
    const wanted = [
      { field: "confidentiality", value: "private", over: null },
      { field: "field_levels/wording", value: null, over: null },
    ];
    await putAllBack("project", "p", wanted, "reprise");
    expect(written()).toMatchObject([{ args: { levels: { "*": "private", wording: null }, patch: {} } }]);
  });

  it("brings a record back from the bin, or puts it there, and does nothing else", async () => {
    await putBack("project", "p", { field: "deleted", value: null, over: true }, "reprise");
    await putBack("project", "p", { field: "deleted", value: true, over: null }, "reprise");
    expect(written().map((one) => one.command)).toEqual(["record_restore", "record_delete"]);
  });
});
