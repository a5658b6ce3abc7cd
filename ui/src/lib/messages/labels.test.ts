import { afterEach, describe, expect, it } from "vitest";
import { labelInWords } from "./labels";
import { setLanguage } from "./messages.svelte";

afterEach(() => setLanguage("fr"));

describe("what a commit is called", () => {
  it.each([
    ["Création", "Creation"],
    ["Séance tenue", "Session held"],
    ["Import de contacts.csv", "Import of contacts.csv"],
    ["Nom de «\u00a0Parc de l’Ouest\u00a0»\u00a0: tranché.", "Name of “Parc de l'Ouest”: settled."],
    ["Annulé\u00a0: Création", "Undone: Creation"],
    ["Annulé : Import de contacts.csv", "Undone: Import of contacts.csv"],
    ["Hors cadre, Laine des hauts plateaux", "Out of the frame, Laine des hauts plateaux"],
    ["Groupe / structure / territoire : création", "Group / organisation / territory: creation"],
  ])("is read in the language on screen, whoever wrote it: %s", (written, read) => {
    setLanguage("en");
    expect(labelInWords(written)).toBe(read);
    expect(labelInWords(read)).toBe(read);
  });

  it("keeps the name of what is undone in the language on screen, though the two were written apart", () => {
    setLanguage("en");
    expect(labelInWords("Undone: Création")).toBe("Undone: Creation");
  });

  it("stays as it is written when it is no sentence of the program", () => {
    for (const language of ["fr", "en"] as const) {
      setLanguage(language);
      expect(labelInWords("Relecture, deuxième passage")).toBe("Relecture, deuxième passage");
    }
  });
});
