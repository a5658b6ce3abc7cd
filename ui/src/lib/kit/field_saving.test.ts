import type { FieldMeta, Patch, RecordView, Saved, SaveRequest, TypedWords, Value } from "$lib/api";
import { beforeEach, describe, expect, it } from "vitest";
import { FieldSaving } from "./field_saving";

const field = (name: string, kind: FieldMeta["kind"] = "text") => ({ name, kind }) as FieldMeta;
const UNSEEN = { code: "unseen", params: { entity: "project", field: "title" } };

/** What the carnet holds; another copy may write in it. */
let stored: Patch;
let shown: RecordView;
let kept: TypedWords[];
let waiting: number | null;

const record = (fields: Patch) => ({ entity: "project", id: "p", fields: { ...fields } }) as RecordView;
const save = (request: SaveRequest): Promise<Saved> => {
  for (const [name, value] of Object.entries(request.patch)) {
    const seen = request.over?.[name] ?? null;
    const now = stored[name] ?? null;
    if (!Array.isArray(value) && now !== value && now !== seen) return Promise.reject(UNSEEN as never);
    stored[name] = value as Value;
  }
  return Promise.resolve({ record: record(stored), commit: null });
};
const saving = () =>
  new FieldSaving({
    entity: "project",
    id: "p",
    record: () => shown,
    label: () => "Modifié",
    save,
    keep: (_entity, _id, words) => {
      kept.push(words);
      return Promise.resolve(words.number ?? 7);
    },
    waiting: () => waiting,
  });

beforeEach(() => {
  stored = { title: "Laine" };
  shown = record(stored);
  kept = [];
  waiting = null;
});

describe("the fields of a record that are saved as they are edited", () => {
  it("go one after the other, each over what the one before left", async () => {
    const fields = saving();
    const first = fields.save(field("title"), "Laine d’ici");
    const second = fields.save(field("title"), "Laine d’ici, suite");
    await Promise.all([first, second]);
    expect(stored.title).toBe("Laine d’ici, suite");
    expect(kept).toEqual([]);
  });

  it("replace nothing that was not on screen: what was typed is kept beside it, under one name", async () => {
    const fields = saving();
    stored.title = "Laine d’ailleurs";
    expect(await fields.save(field("title"), "Laine d’ici", () => "Laine")).toBeNull();
    expect(await fields.save(field("title"), "Laine d’ici, suite", () => "Laine d’ici")).toBeNull();
    expect(stored.title).toBe("Laine d’ailleurs");
    expect(kept).toEqual([
      { field: "title", number: null, value: "Laine d’ici", over: "Laine" },
      { field: "title", number: 7, value: "Laine d’ici, suite", over: "Laine d’ici" },
    ]);
  });

  it("go on with what an earlier visit left waiting", async () => {
    waiting = 4;
    await saving().save(field("title"), "Suite", () => "Laine d’ici");
    expect(kept.map((one) => one.number)).toEqual([4]);
  });

  it("are saved again once somebody has chosen", async () => {
    const fields = saving();
    stored.title = "Laine d’ailleurs";
    await fields.save(field("title"), "Laine d’ici", () => "Laine");
    stored.title = "Laine d’ici";
    fields.settled("title", "Laine d’ici");
    shown = record(stored);
    await fields.save(field("title"), "Laine d’ici, suite");
    expect(stored.title).toBe("Laine d’ici, suite");
    expect(kept).toHaveLength(1);
  });

  it("are saved over what was chosen, before the screen has read it again", async () => {
    const fields = saving();
    await fields.save(field("title"), "Laine d’avant");
    stored.title = "Laine d’ailleurs";
    await fields.save(field("title"), "Laine d’ici", () => "Laine d’avant");
    waiting = 7;
    fields.settled("title", "Laine d’ailleurs");
    await fields.save(field("title"), "Laine d’ailleurs, suite");
    expect(stored.title).toBe("Laine d’ailleurs, suite");
    expect(kept).toHaveLength(1);
  });

  it("begin anew over what shows, once somebody has chosen on another copy", async () => {
    const fields = saving();
    stored.title = "Laine d’ailleurs";
    await fields.save(field("title"), "Laine d’ici", () => "Laine");
    waiting = 7;
    await fields.save(field("title"), "Laine d’ici aussi", () => "Laine d’ici");
    waiting = null;
    shown = record(stored);
    await fields.save(field("title"), "Laine d’ailleurs, suite", () => "Laine d’ailleurs");
    expect(stored.title).toBe("Laine d’ailleurs, suite");
    stored.title = "Laine de là-bas";
    await fields.save(field("title"), "Fin", () => "Laine d’ailleurs, suite");
    expect(kept.map((one) => one.number)).toEqual([null, 7, null]);
  });

  it("are kept with what waits as long as nobody has chosen, though the screen has not read that it waits", async () => {
    const fields = saving();
    stored.kind = "b";
    await fields.save(field("kind", "enum"), "a");
    await fields.save(field("kind", "enum"), "c");
    expect(kept.map((one) => [one.number, one.over])).toEqual([
      [null, null],
      [7, "a"],
    ]);
    expect(stored.kind).toBe("b");
  });

  it("say of a list what was on screen at the click", async () => {
    const fields = saving();
    shown = record({ languages: ["fr"] });
    let over: unknown;
    const first = fields.save(field("languages", "languages"), ["fr", "it"]);
    shown = record({ languages: ["fr", "sl"] });
    await first.then(() => (over = "taken"));
    expect([over, stored.languages]).toEqual(["taken", ["fr", "it"]]);
  });

  it("hand a refusal of another kind to whoever edits", async () => {
    const fields = new FieldSaving({
      entity: "project",
      id: "p",
      record: () => shown,
      label: () => "",
      save: () => Promise.reject({ code: "disk_full", params: {} } as never),
      waiting: () => null,
    });
    await expect(fields.save(field("title"), "x")).rejects.toMatchObject({ code: "disk_full" });
    await fields.flush();
  });
});
