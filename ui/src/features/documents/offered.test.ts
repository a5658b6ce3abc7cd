import { describe, expect, it } from "vitest";
import { audiencesOf, canBegin, fileName, known, slug } from "./offered";

describe("the documents on offer", () => {
  it("a preparation sheet is for oneself and nobody else", () => {
    expect(audiencesOf("prep_sheet")).toEqual(["self"]);
  });
  it("a summary is never made for the public", () => {
    expect(audiencesOf("summary_sheet")).not.toContain("public");
  });
  it("leaves out the documents that it does not know", () => {
    expect(known(["summary_sheet", "frame_note"])).toEqual(["summary_sheet"]);
  });
  it("only a summary begins at a day", () => {
    expect(canBegin("summary_sheet")).toBe(true);
    expect(canBegin("decisions_record")).toBe(false);
  });
});

describe("the name of the file", () => {
  it("keeps neither accent, apostrophe nor sign that a disk refuses", () => {
    expect(slug("L’œuvre d’été : n° 3/4")).toBe("l-oeuvre-d-ete-n-3-4");
  });
  it("stops at a whole word", () => {
    expect(slug("Ateliers de réparation, ville et montagne de la vallée")).toBe(
      "ateliers-de-reparation-ville-et-montagne",
    );
  });
  it("says the day, the matter and the document", () => {
    expect(fileName("2026-10-06", "Laine des hauts plateaux", "Relevé de décisions", "pdf")).toBe(
      "2026-10-06-laine-des-hauts-plateaux-releve-de-decisions.pdf",
    );
  });
  it("does without a matter that has no letter", () => {
    expect(fileName("2026-10-06", "…", "Synthèse", "docx")).toBe("2026-10-06-synthese.docx");
  });
});
