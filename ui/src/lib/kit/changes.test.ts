import { describe, expect, it } from "vitest";
import { setLanguage } from "$lib/messages";
import { changesInWords } from "./changes";

describe("what a commit changed, in words", () => {
  it("says of which field a value was erased, by whichever commit it was written", () => {
    setLanguage("fr");
    const erased = (field: string) => ({ entity: "person", field, after: true });
    const lines = changesInWords(
      ["erased", "erased/ab12:7:phone", "erased/ab12:9:phone", "erased/ab12:7:languages/fr"].map(erased),
      {},
    );
    const after = "effacé à la demande de la personne";
    expect(lines.map((line) => [line.field, line.after])).toEqual([
      ["Fiche", after],
      ["Téléphone", after],
      ["Langues", after],
    ]);
  });
});
