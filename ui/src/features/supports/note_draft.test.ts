import type { RecordView, SaveRequest, Saved } from "$lib/api";
import { beforeEach, describe, expect, it } from "vitest";
import { NoteDraft } from "./note_draft.svelte";

const record = (id: string, fields: RecordView["fields"]) => ({ entity: "need", id, fields }) as RecordView;

let requests: SaveRequest[];
let answers: ((saved: Saved) => void)[];
let refusals: ((thrown: unknown) => void)[];
let pauses: (() => void)[];

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
    later: (run) => {
      pauses.push(run);
      return () => undefined;
    },
  });
const answered = async (id: string) => {
  answers.shift()?.({ record: record(id, {}), commit: null });
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
};

beforeEach(() => {
  requests = [];
  answers = [];
  refusals = [];
  pauses = [];
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

  it("stand against the other words, said once", () => {
    const note = draft("n1");
    expect(shown(note, "avant")).toBe(false);
    note.type("expressed", "avant, ici");
    expect(shown(note, "avant, là-bas")).toBe(true);
    expect(note.text("expressed")).toBe("avant, ici");
    expect(shown(note, "avant, là-bas")).toBe(false);
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

  it("give way once they are stored, even in a field that is still held", async () => {
    const note = draft("n1");
    shown(note, "avant");
    note.type("expressed", "avant, ici");
    const sent = note.flush();
    await answered("n1");
    await sent;
    shown(note, "avant, ici");
    expect(shown(note, "avant, ici, et là-bas")).toBe(false);
    expect(note.text("expressed")).toBe("avant, ici, et là-bas");
  });

  it("that were refused are still told so when the screen comes back", async () => {
    const note = draft("n1");
    shown(note, "avant");
    note.type("expressed", "avant, ici");
    const sent = note.flush();
    refusals[0]?.({ code: "disk_full", params: {} });
    await sent;
    expect(shown(note, "avant, là-bas")).toBe(true);
  });
});
