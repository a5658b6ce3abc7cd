import type { RecordView, SaveRequest, Saved, TypedWords } from "$lib/api";
import { beforeEach, describe, expect, it } from "vitest";
import { NoteDraft } from "./note_draft.svelte";

const record = (id: string, fields: RecordView["fields"]) => ({ entity: "need", id, fields }) as RecordView;

let requests: SaveRequest[];
let answers: ((saved: Saved) => void)[];
let refusals: ((thrown: unknown) => void)[];
let pauses: (() => void)[];
let kept: TypedWords[];

const draft = (id: string | null) =>
  new NoteDraft({
    entity: "need",
    id,
    initial: () => ({ session: "s1", status: "open" }),
    label: () => "Notes",
    save: (request) => {
      requests.push(request);
      return new Promise((resolve, reject) => {
        answers.push(resolve);
        refusals.push(reject);
      });
    },
    keep: (_entity, _id, words) => {
      kept.push(words);
      return Promise.resolve(words.number ?? 7);
    },
    later: (run) => {
      pauses.push(run);
      return () => undefined;
    },
  });
const turns = async () => {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
};
/** The record as it is once the last request is written. */
const answered = async (id: string) => {
  const fields = requests.at(-1)?.patch ?? {};
  refusals.shift();
  answers.shift()?.({ record: record(id, fields), commit: null });
  await turns();
};
const refused = async (thrown: unknown) => {
  answers.shift();
  refusals.shift()?.(thrown);
  await turns();
};
const unseen = (field: string) => ({ code: "unseen", params: { entity: "need", field } });

beforeEach(() => {
  requests = [];
  answers = [];
  refusals = [];
  pauses = [];
  kept = [];
});

describe("words being typed", () => {
  it("are written after the pause, as they were typed", async () => {
    const note = draft("n1");
    note.type("expressed", "Personne ne paie la laine ");
    expect(requests).toEqual([]);
    pauses.at(-1)?.();
    expect(requests[0]?.patch).toEqual({ expressed: "Personne ne paie la laine " });
    await answered("n1");
    expect(note.isUnsaved).toBe(false);
  });

  it("make their record once, however fast the second words come", async () => {
    const note = draft(null);
    note.type("expressed", "Un");
    const first = note.flush();
    note.type("perceived", "Deux");
    const second = note.flush();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ id: null, patch: { session: "s1", expressed: "Un" } });
    await answered("n1");
    expect(requests[1]).toMatchObject({ id: "n1", patch: { perceived: "Deux" } });
    await answered("n1");
    await Promise.all([first, second]);
  });

  it("make no record of blanks", async () => {
    const note = draft(null);
    note.type("expressed", "  ");
    await note.flush();
    expect(requests).toEqual([]);
    expect(note.isUnsaved).toBe(false);
  });

  it("stay when the core refuses them, and go once it takes them", async () => {
    const note = draft("n1");
    note.type("expressed", "Disque plein");
    const first = note.flush();
    refusals[0]?.({ code: "disk_full", params: {} });
    await first;
    expect(note.problem).toMatchObject({ code: "disk_full" });
    expect(note.text("expressed")).toBe("Disque plein");
    expect(note.isUnsaved).toBe(true);
    answers.shift();
    const again = note.flush();
    await answered("n1");
    await again;
    expect(note.problem).toBeNull();
  });

  it("are not replaced by an older reading while the field is held", async () => {
    const note = draft("n1");
    note.show(record("n1", { expressed: "avant" }));
    note.type("expressed", "avant, après");
    const sent = note.flush();
    await answered("n1");
    await sent;
    note.show(record("n1", { expressed: "avant" }));
    expect(note.text("expressed")).toBe("avant, après");
  });

  it("give way to what is stored once the field is left", async () => {
    const note = draft("n1");
    note.show(record("n1", { expressed: "avant" }));
    note.type("expressed", "ensuite");
    const left = note.leave("expressed");
    await answered("n1");
    await left;
    expect(note.text("expressed")).toBe("ensuite");
    note.show(record("n1", { expressed: "défait ailleurs" }));
    expect(note.text("expressed")).toBe("défait ailleurs");
  });
});

describe("words being typed while another copy changes the same field", () => {
  const shown = (note: NoteDraft, expressed: string) => note.show(record("n1", { expressed }));

  it("stand against the other words, and are sent at once over those before", async () => {
    const note = draft("n1");
    expect(shown(note, "avant")).toBe(false);
    note.type("expressed", "avant, ici");
    shown(note, "avant, là-bas");
    expect(note.text("expressed")).toBe("avant, ici");
    await turns();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ patch: { expressed: "avant, ici" }, over: { expressed: "avant" } });
  });

  it("are not said to when what is read are the words sent, or those before", async () => {
    const note = draft("n1");
    shown(note, "avant");
    note.type("expressed", "avant, ici");
    const sent = note.flush();
    note.type("expressed", "avant, ici et après");
    expect(shown(note, "avant, ici")).toBe(false);
    expect(shown(note, "avant")).toBe(false);
    await answered("n1");
    await answered("n1");
    await sent;
    expect(shown(note, "avant, ici")).toBe(false);
    expect(note.text("expressed")).toBe("avant, ici et après");
  });

  it("are not said to when another field changes", () => {
    const note = draft("n1");
    note.show(record("n1", { expressed: "avant" }));
    note.type("expressed", "avant, ici");
    expect(note.show(record("n1", { expressed: "avant", perceived: "autre" }))).toBe(false);
  });

  it("stay on screen once they are stored as long as somebody is in the field, which is said once", async () => {
    const note = draft("n1");
    shown(note, "avant");
    note.type("expressed", "avant, ici");
    const sent = note.flush();
    await answered("n1");
    await sent;
    shown(note, "avant, ici");
    expect(shown(note, "avant, ici, et là-bas")).toBe(true);
    expect(shown(note, "avant, ici, et là-bas")).toBe(false);
    expect(note.text("expressed")).toBe("avant, ici");
    await note.leave("expressed");
    shown(note, "avant, ici, et là-bas");
    expect(note.text("expressed")).toBe("avant, ici, et là-bas");
    note.type("expressed", "avant, ici, et là-bas, suite");
    const again = note.flush();
    expect(requests.at(-1)?.over).toEqual({ expressed: "avant, ici, et là-bas" });
    await answered("n1");
    await again;
  });

  it("that go on after they were stored are over what was stored, not over what was never on screen", async () => {
    const note = draft("n1");
    shown(note, "avant");
    note.type("expressed", "avant, ici");
    const sent = note.flush();
    await answered("n1");
    await sent;
    shown(note, "avant, ici, et là-bas");
    note.type("expressed", "avant, ici, suite");
    const again = note.flush();
    expect(requests.at(-1)?.over).toEqual({ expressed: "avant, ici" });
    await refused(unseen("expressed"));
    await again;
    expect(kept).toEqual([
      { field: "expressed", number: null, value: "avant, ici, suite", over: "avant, ici" },
    ]);
  });
});

describe("words that may not be written over what stands", () => {
  const apart = async () => {
    const note = draft("n1");
    note.show(record("n1", { expressed: "avant" }));
    note.type("expressed", "avant, ici");
    const sent = note.flush();
    await refused(unseen("expressed"));
    await sent;
    return note;
  };

  it("wait beside it, are no failure, and are kept there from then on as they are typed", async () => {
    const note = await apart();
    expect([note.problem, note.isUnsaved, note.isApart("expressed")]).toEqual([null, false, true]);
    note.show(record("n1", { expressed: "avant, là-bas" }));
    note.type("expressed", "avant, ici, suite");
    await note.flush();
    expect(requests).toHaveLength(1);
    expect(kept.map(({ number, value }) => [number, value])).toEqual([
      [null, "avant, ici"],
      [7, "avant, ici, suite"],
    ]);
    await note.leave("expressed");
    expect(note.text("expressed")).toBe("avant, ici, suite");
  });

  it("do not keep the other fields from being saved", async () => {
    const note = draft("n1");
    note.show(record("n1", {}));
    note.type("expressed", "ici");
    note.type("perceived", "vu");
    const sent = note.flush();
    await refused(unseen("expressed"));
    expect(requests.at(-1)?.patch).toEqual({ perceived: "vu" });
    await answered("n1");
    await sent;
    expect([note.isUnsaved, note.isApart("expressed"), note.isApart("perceived")]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("are saved again once somebody has chosen, over what they chose", async () => {
    const note = await apart();
    note.settled("expressed", "avant, là-bas");
    expect(note.text("expressed")).toBe("avant, là-bas");
    note.show(record("n1", { expressed: "avant, là-bas" }));
    note.type("expressed", "avant, là-bas, suite");
    const sent = note.flush();
    expect(requests.at(-1)).toMatchObject({
      patch: { expressed: "avant, là-bas, suite" },
      over: { expressed: "avant, là-bas" },
    });
    await answered("n1");
    await sent;
  });

  it("typed while somebody chooses are not lost", async () => {
    const note = await apart();
    note.type("expressed", "avant, ici, encore");
    note.settled("expressed", "avant, là-bas");
    expect(note.text("expressed")).toBe("avant, ici, encore");
    const sent = note.flush();
    expect(requests.at(-1)?.over).toEqual({ expressed: "avant, là-bas" });
    await answered("n1");
    await sent;
  });

  it("that an earlier visit left are gone on with, unless others are being typed", async () => {
    const note = draft("n1");
    note.show(record("n1", { expressed: "avant, là-bas" }));
    note.goOn("expressed", 3, "avant, ici");
    expect([note.text("expressed"), note.isApart("expressed")]).toEqual(["avant, ici", true]);
    note.type("expressed", "avant, ici, suite");
    await note.flush();
    expect(kept.map(({ number, value }) => [number, value])).toEqual([[3, "avant, ici, suite"]]);
    note.type("perceived", "vu");
    note.goOn("perceived", 4, "vu autrement");
    expect(note.text("perceived")).toBe("vu");
  });

  it("that were refused are sent again over those before when the screen comes back", async () => {
    const note = draft("n1");
    note.show(record("n1", { expressed: "avant" }));
    note.type("expressed", "avant, ici");
    const sent = note.flush();
    await refused({ code: "disk_full", params: {} });
    await sent;
    note.show(record("n1", { expressed: "avant, là-bas" }));
    await turns();
    expect(requests.at(-1)?.over).toEqual({ expressed: "avant" });
  });
});
