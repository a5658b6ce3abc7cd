import { describe, expect, it } from "vitest";
import { newWords } from "./differences";

const marked = (before: string, after: string) =>
  newWords(before, after)
    .map((part) => (part.isNew ? `[${part.text}]` : part.text))
    .join("");

describe("the words that an edit wrote", () => {
  it("marks what was added at the end, and nothing else", () => {
    expect(marked("Envoyer l’annexe à Chiara", "Envoyer l’annexe à Chiara avant le 20 octobre")).toBe(
      "Envoyer l’annexe à Chiara [avant le 20 octobre]",
    );
  });

  it("marks a word put in place of another, in the middle", () => {
    expect(marked("le devis est prêt", "le budget est prêt")).toBe("le [budget] est prêt");
  });

  it("does not take a word for new because of the comma after it", () => {
    expect(marked("Trois ateliers de filature", "Trois ateliers, un par saison")).toBe(
      "Trois ateliers[, un par saison]",
    );
  });

  it("marks nothing where there was nothing before, or where nothing changed", () => {
    expect(marked("", "tout est neuf")).toBe("tout est neuf");
    expect(marked("pareil", "pareil")).toBe("pareil");
    expect(newWords("avant", "")).toEqual([]);
  });

  it("never loses a character, whatever the texts", () => {
    const [before, after] = ["a b  c\n d e", "b\n\nc x  d"];
    expect(
      newWords(before, after)
        .map((part) => part.text)
        .join(""),
    ).toBe(after);
  });

  it("shows a very long text whole rather than marked", () => {
    const long = Array.from({ length: 700 }, (_, index) => `mot${index}`).join(" ");
    expect(newWords("mot1", long)).toEqual([{ text: long, isNew: false }]);
  });
});
