import type { SearchHit } from "$lib/api/types";
import { describe, expect, it } from "vitest";
import { excerptParts, lines, matchingActions } from "./finding";

const hit = (entity: string, title: string): SearchHit => ({
  entity,
  id: title,
  title,
  subtitle: null,
  excerpt: "",
  marks: [],
});
const action = (id: string, label: string, also?: string) => ({
  id,
  label,
  run: () => undefined,
  ...(also ? { also } : {}),
});

describe("what the palette lists", () => {
  it("groups records by category, in the core's order within each, actions last", () => {
    const found = lines(
      [hit("session", "s1"), hit("project", "p1"), hit("session", "s2")],
      [action("a", "Annuler")],
    );
    expect(found.map((line) => ("hit" in line ? line.hit.id : line.action.id))).toEqual([
      "p1",
      "s1",
      "s2",
      "a",
    ]);
  });

  it("puts the screen that is called just as typed before the records that hold the word", () => {
    const screens = [action("other", "Échanges récents"), action("go", "Échanges")];
    const found = lines([hit("task", "échanges du lundi")], screens, "echanges");
    expect(found.map((line) => ("hit" in line ? line.hit.id : line.action.id))).toEqual([
      "go",
      "échanges du lundi",
      "other",
    ]);
  });

  it("finds actions by any of their words, without accents", () => {
    const all = [action("a", "Créer : Séance", "nouveau"), action("b", "Réglages")];
    expect(matchingActions(all, "seance", 9).map((one) => one.id)).toEqual(["a"]);
    expect(matchingActions(all, "nouveau", 9).map((one) => one.id)).toEqual(["a"]);
    expect(matchingActions(all, "", 1)).toHaveLength(1);
  });

  it("cuts an excerpt at its marks and passes over those that do not fit", () => {
    expect(
      excerptParts("le lavage de la laine", [
        [3, 9],
        [5, 8],
        [16, 21],
        [20, 99],
      ]),
    ).toEqual([
      { text: "le ", isMarked: false },
      { text: "lavage", isMarked: true },
      { text: " de la ", isMarked: false },
      { text: "laine", isMarked: true },
    ]);
  });
});
