import { describe, expect, it } from "vitest";
import { french } from "./typography";

describe("french typography", () => {
  it.each([
    ["Supprimer cette séance ?", "Supprimer cette séance\u202f?"],
    ["Prêt ; attention !", "Prêt\u202f; attention\u202f!"],
    ["Dernier échange : lundi", "Dernier échange\u00a0: lundi"],
    ["la clé « APPUI » est là", "la clé «\u00a0APPUI\u00a0» est là"],
    ["1 234,50 €", "1\u202f234,50\u00a0€"],
    ["1 234 567 habitants", "1\u202f234\u202f567 habitants"],
    ["112 %", "112\u00a0%"],
    ["à 9 h 30", "à 9\u00a0h\u00a030"],
    ["2 h de trajet", "2\u00a0h de trajet"],
    ["l'appui d'hier...", "l’appui d’hier…"],
    ["le 1er oct.", "le 1ᵉʳ oct."],
  ])("shows %j as %j", (typed, shown) => {
    expect(french(typed)).toBe(shown);
  });

  it("leaves addresses, codes and times typed without spaces alone", () => {
    for (const text of ["https://example.org/a?b=c", "10:30", "63000 Clermont", "tel:+33", "a:b", "3 hectares"])
      expect(french(text)).toBe(text);
  });

  it("changes nothing the second time", () => {
    const once = french("Vrai ? « Oui » : 1 234 € à 9 h 30 !");
    expect(french(once)).toBe(once);
  });

  it("puts other marks inside « », and only where they pair", () => {
    expect(french("« Les mots « jeunes » et « élus » »")).toBe(
      "«\u00a0Les mots “jeunes” et “élus”\u00a0»",
    );
    expect(french("« un » et « deux »")).toBe("«\u00a0un\u00a0» et «\u00a0deux\u00a0»");
    expect(french("« un « deux »")).toBe("«\u00a0un «\u00a0deux\u00a0»");
  });
});
