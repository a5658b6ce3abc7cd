import { describe, expect, it } from "vitest";
import { marked, matching, plain } from "./choices";

const choice = (label: string, detail?: string) => ({ value: label, label, ...(detail ? { detail } : {}) });

describe("choices", () => {
  it("compare without accents, case, hyphens, apostrophes or ligatures", () => {
    expect(plain("Livradois-Forez")).toBe("livradois forez");
    expect(plain("L’Œuvre")).toBe("l oeuvre");
  });

  it("match every word typed, those that begin with it first", () => {
    const all = [
      choice("Parc du Livradois"),
      choice("Livradois-Forez", "Puy-de-Dôme"),
      choice("Combrailles"),
    ];
    expect(matching(all, "livra").map((one) => one.value)).toEqual(["Livradois-Forez", "Parc du Livradois"]);
    expect(matching(all, "forez dome").map((one) => one.value)).toEqual(["Livradois-Forez"]);
    expect(matching(all, "zzz")).toEqual([]);
    expect(matching(all, "")).toHaveLength(3);
  });

  it("mark the words typed inside the label", () => {
    expect(marked("Éric Hauteville", "haute")).toEqual([
      { text: "Éric ", isMarked: false },
      { text: "Haute", isMarked: true },
      { text: "ville", isMarked: false },
    ]);
    expect(marked("Cœur", "coeur")).toEqual([{ text: "Cœur", isMarked: false }]);
  });
});
