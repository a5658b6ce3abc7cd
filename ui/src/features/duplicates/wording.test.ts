import type { DuplicateReason } from "$lib/api";
import { setLanguage } from "$lib/messages";
import { afterEach, describe, expect, it } from "vitest";
import { inSentence, keptWords, linkedWords, longReasons, shortReasons } from "./wording";

afterEach(() => setLanguage("fr"));

const of = (...why: DuplicateReason[]) => ({ entity: "organisation", why });
const bruno: DuplicateReason = { code: "same_link", entity: "person", title: "Bruno Delorme" };

describe("why two records may be one", () => {
  it("is told in a line, the strongest reasons only, each once", () => {
    expect(shortReasons(of({ code: "same_name" }, bruno, bruno))).toBe("Même nom, même personne");
    expect(shortReasons(of({ code: "letters", letters: 1 }))).toBe("Une lettre d’écart");
    expect(shortReasons(of({ code: "same_field", field: "siren", title: null }))).toBe("Même n° SIREN");
  });

  it("is told whole with what both share by its name", () => {
    expect(longReasons(of({ code: "common_words" }, bruno))).toEqual([
      { words: "mots communs", shared: "" },
      { words: "même personne", shared: "Bruno Delorme" },
    ]);
  });

  it("says who did what when a pair was united and written in at once", () => {
    expect(shortReasons(of({ code: "parted" }))).toBe("Réunies, puis modifiées ailleurs");
    expect(longReasons(of({ code: "parted" }))[0]?.words).toContain("sans le savoir");
  });

  it("is told in English too", () => {
    setLanguage("en");
    expect(shortReasons(of({ code: "letters", letters: 2 }, bruno))).toBe("2 letters apart, same person");
  });
});

describe("a label inside a sentence", () => {
  it("loses its capital, initials keep theirs", () => {
    expect(inSentence("Courriel")).toBe("courriel");
    expect(inSentence("N° SIREN")).toBe("n° SIREN");
    expect(inSentence("SIREN")).toBe("SIREN");
  });
});

describe("what a union does", () => {
  it("counts what links to each record, in agreement", () => {
    const linked = [
      { entity: "project", count: 1 },
      { entity: "organisation", count: 2 },
    ];
    expect(linkedWords("territory", linked)).toBe("1 projet, 2 structures");
    expect(linkedWords("territory", [])).toBe("");
  });

  it("tells a position by the other end of it", () => {
    const linked = [{ entity: "affiliation", count: 2 }];
    expect(linkedWords("organisation", linked)).toBe("2 personnes");
    expect(linkedWords("person", linked)).toBe("2 fonctions");
  });

  it("says which side stays, or that both are the same", () => {
    expect(keptWords({ relation: "choose" }, "other")).toBe("Celle de droite");
    expect(keptWords({ relation: "same" }, "kept")).toBe("Identique");
  });
});
