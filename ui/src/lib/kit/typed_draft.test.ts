import type { Value } from "$lib/api";
import { beforeEach, describe, expect, it } from "vitest";
import { TypedDraft } from "./typed_draft.svelte";

let handed: Value[];
let overs: Value[];
let isTaken: boolean;
const draft = (stored: string) =>
  new TypedDraft("text", stored, (value, over) => {
    handed.push(value);
    overs.push(over());
    return Promise.resolve(isTaken);
  });
const answered = async () => {
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
};

beforeEach(() => {
  handed = [];
  overs = [];
  isTaken = true;
});

describe("words typed in a field", () => {
  it("are handed on once", async () => {
    const words = draft("avant");
    words.text = "après";
    words.flush();
    await answered();
    words.flush();
    expect(handed).toEqual(["après"]);
  });

  it("that were refused are handed on again when the field is left, until they are taken", async () => {
    const words = draft("avant");
    isTaken = false;
    words.text = "Disque plein";
    words.flush();
    await answered();
    isTaken = true;
    words.flush();
    await answered();
    words.flush();
    expect(handed).toEqual(["Disque plein", "Disque plein"]);
  });

  it("put back as they were after a refusal are handed on, so that the refusal is forgotten", async () => {
    const words = draft("avant");
    isTaken = false;
    words.text = "pas une adresse";
    words.flush();
    await answered();
    words.text = "avant";
    words.flush();
    expect(handed).toEqual(["pas une adresse", "avant"]);
  });
});

describe("a value that comes from elsewhere", () => {
  it("shows in a field that nobody types in", () => {
    const words = draft("avant");
    expect(words.follow("ailleurs")).toBe(false);
    expect(words.text).toBe("ailleurs");
  });

  it("never replaces words being typed, which are handed on over what they were typed over", () => {
    const words = draft("avant");
    words.text = "ici";
    expect(words.follow("ailleurs")).toBe(false);
    expect(words.text).toBe("ici");
    expect([handed, overs]).toEqual([["ici"], ["avant"]]);
  });

  it("never replaces words that were refused", async () => {
    const words = draft("avant");
    isTaken = false;
    words.text = "Disque plein";
    words.flush();
    await answered();
    words.follow("ailleurs");
    expect(words.text).toBe("Disque plein");
    expect(overs).toEqual(["avant", "avant"]);
  });

  it("is not told when it is what is typed", () => {
    const words = draft("avant");
    words.text = "ici ";
    expect(words.follow("ici")).toBe(false);
    expect(handed).toEqual([]);
  });

  it("is told to whoever is in the field, and shows when they leave it", async () => {
    const words = draft("avant");
    words.hold();
    words.text = "ici";
    words.flush();
    await answered();
    expect(words.follow("ici")).toBe(false);
    expect(words.follow("ici et ailleurs")).toBe(true);
    expect(words.text).toBe("ici");
    words.leave();
    expect(words.text).toBe("ici et ailleurs");
    expect(handed).toEqual(["ici"]);
  });

  it("is not what the words that go on are over", async () => {
    const words = draft("avant");
    words.hold();
    words.text = "ici";
    words.flush();
    await answered();
    words.follow("ici et ailleurs");
    words.text = "ici, suite";
    words.leave();
    expect([handed, overs]).toEqual([
      ["ici", "ici, suite"],
      ["avant", "ici"],
    ]);
  });

  it("that is older than the words handed on says nothing", async () => {
    const words = draft("avant");
    words.text = "ici";
    words.flush();
    expect(words.follow("avant")).toBe(false);
    expect(words.text).toBe("ici");
    await answered();
    words.text = "ici, suite";
    words.flush();
    expect(overs).toEqual(["avant", "ici"]);
  });
});
