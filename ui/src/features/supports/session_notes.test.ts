import type { RecordView } from "$lib/api";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { SessionFile } from "./session_file";

let answers: (() => Promise<unknown>)[] = [];
vi.mock("@tauri-apps/api/core", () => ({
  invoke: () => {
    const next = answers.shift();
    return next ? next() : Promise.reject(new Error("disk_full"));
  },
}));
const { SessionNotes } = await import("./session_notes.svelte");

const stored = (id: string) => () =>
  Promise.resolve({ record: { entity: "need", id, title: "", fields: {} }, commit: null });
const record = (entity: string, id: string, fields: RecordView["fields"]) =>
  ({ entity, id, title: id, fields, refs: {} }) as unknown as RecordView;
const file = (session: string, needs: RecordView[]): SessionFile => ({
  session: record("session", session, {
    kind: "working_session",
    status: "held",
    starts_at: "2026-10-06T09:30",
  }),
  support: null,
  request: null,
  needs,
  obstacles: [],
  proposals: [],
  decisions: [],
  tasks: [],
  attendances: [],
  sessions: [],
  elsewhere: [],
  documents: [],
  officers: new Set(),
});
const said = (notes: InstanceType<typeof SessionNotes>) =>
  notes.needs.map(({ draft }) => draft.text("expressed"));

beforeEach(() => {
  answers = [];
});

describe("the needs of a session", () => {
  it("refused beside one that is stored are found again on coming back", async () => {
    let read = file("s1", []);
    const notes = new SessionNotes(() => read);
    notes.follow();
    answers = [stored("n1")];
    notes.needs[0]?.draft.type("expressed", "Le premier");
    await notes.needs[0]?.draft.flush();
    read = file("s1", [record("need", "n1", { expressed: "Le premier" })]);
    notes.follow();
    notes.add("need");
    notes.needs[1]?.draft.type("expressed", "Le second");
    await notes.leave();

    const again = new SessionNotes(() => read);
    again.follow();
    expect(said(again)).toEqual(["Le premier", "Le second"]);
    answers = [stored("n2")];
    await again.leave();

    const after = new SessionNotes(() => read);
    after.follow();
    expect(said(after)).toEqual(["Le premier"]);
    await after.leave();
  });

  it("whose first words are stored and the next refused are one need on coming back", async () => {
    let read = file("s4", []);
    const notes = new SessionNotes(() => read);
    notes.follow();
    answers = [stored("n4")];
    notes.needs[0]?.draft.type("expressed", "Stocké");
    await notes.needs[0]?.draft.flush();
    notes.needs[0]?.draft.type("perceived", "Refusé");
    await notes.leave();

    read = file("s4", [record("need", "n4", { expressed: "Stocké" })]);
    const again = new SessionNotes(() => read);
    again.follow();
    expect(again.needs.map(({ draft }) => [draft.text("expressed"), draft.text("perceived")])).toEqual([
      ["Stocké", "Refusé"],
    ]);
    await again.leave();
  });

  it("begun on a new visit take no name of one that was refused", async () => {
    const read = file("s2", []);
    const notes = new SessionNotes(() => read);
    notes.follow();
    notes.needs[0]?.draft.type("expressed", "Refusé");
    await notes.leave();

    const again = new SessionNotes(() => read);
    again.follow();
    again.add("need");
    expect(said(again)).toEqual(["Refusé", ""]);
    expect(new Set(again.needs.map((one) => one.name)).size).toBe(2);
    await again.leave();
  });
});

describe("notes changed elsewhere while somebody is in them", () => {
  it("are said so once, whatever the record", async () => {
    let read = file("s3", [record("need", "n9", { expressed: "avant" })]);
    const notes = new SessionNotes(() => read);
    expect(notes.follow()).toBe(false);
    answers = [stored("n9")];
    notes.needs[0]?.draft.type("expressed", "avant, ici");
    await notes.needs[0]?.draft.flush();
    read = file("s3", [record("need", "n9", { expressed: "avant, ici et là-bas" })]);
    expect(notes.follow()).toBe(true);
    expect(notes.follow()).toBe(false);
  });
});
