import type { Saved, SaveRequest } from "$lib/api";
import { beforeEach, describe, expect, it } from "vitest";
import { draftNamed, release, unwritten } from "./kept_drafts";
import { NoteDraft } from "./note_draft.svelte";

let answers: { store: () => void; refuse: () => void }[];
let made: number;

const save = (request: SaveRequest) =>
  new Promise<Saved>((resolve, reject) => {
    answers.push({
      store: () =>
        resolve({ record: { entity: "need", id: request.id ?? "n1", fields: {} } as never, commit: null }),
      refuse: () => reject(new Error("disk_full")),
    });
  });
const make = () => {
  made += 1;
  return new NoteDraft({
    entity: "need",
    id: null,
    label: () => "Notes",
    save,
    later: () => () => undefined,
  });
};

beforeEach(() => {
  answers = [];
  made = 0;
});

describe("drafts kept from one visit to the next", () => {
  it("are found again while their words are refused, and by their name alone", async () => {
    const first = {};
    const draft = draftNamed("need/new/s1/0", first, make);
    draft.type("expressed", "Disque plein");
    const left = release(first);
    answers.shift()?.refuse();
    await left;
    expect(unwritten("need/new/s1/")).toEqual(["need/new/s1/0"]);
    expect(unwritten("need/new/s2/")).toEqual([]);
    expect(draftNamed("need/new/s1/0", {}, make)).toBe(draft);
  });

  it("are forgotten once stored and shown by nobody", async () => {
    const visit = {};
    const draft = draftNamed("need/new/s3/0", visit, make);
    draft.type("expressed", "Enregistré");
    const left = release(visit);
    answers.shift()?.store();
    await left;
    expect(draftNamed("need/new/s3/0", {}, make)).not.toBe(draft);
    expect(made).toBe(2);
  });

  it("are not forgotten by the visit before when another has picked them up meanwhile", async () => {
    const [first, second] = [{}, {}];
    const draft = draftNamed("need/new/s4/0", first, make);
    draft.type("expressed", "Un");
    const left = release(first);
    expect(draftNamed("need/new/s4/0", second, make)).toBe(draft);
    answers.shift()?.store();
    await left;
    expect(draftNamed("need/new/s4/0", second, make)).toBe(draft);
    draft.type("expressed", "Un, deux");
    const leftAgain = release(second);
    answers.shift()?.refuse();
    await leftAgain;
    expect(unwritten("need/new/s4/")).toEqual(["need/new/s4/0"]);
  });
});
