import { describe, expect, it } from "vitest";
import { agendaLines, ticked, withLine } from "./agenda";

const points = { agenda: "Tour de table\n\nArticle 4 \nCalendrier", points_treated: "", points_left: "" };

describe("the agenda of a session", () => {
  it("is read line by line, without the empty ones and each once", () => {
    const lines = agendaLines({ ...points, agenda: `${points.agenda}\nArticle 4` });
    expect(lines.map((line) => line.text)).toEqual(["Tour de table", "Article 4", "Calendrier"]);
  });

  it("a line ticked goes to what is treated and the others to what is left", () => {
    expect(ticked(points, "Article 4", true)).toEqual({
      points_treated: "Article 4",
      points_left: "Tour de table\nCalendrier",
    });
  });

  it("a line unticked comes back to what is left, in the order of the agenda", () => {
    const after = { ...points, ...ticked(points, "Article 4", true) };
    expect(ticked(after, "Article 4", false)).toEqual({
      points_treated: "",
      points_left: "Tour de table\nArticle 4\nCalendrier",
    });
  });

  it("keeps the points that the officer wrote beside the agenda", () => {
    const own = { ...points, points_treated: "Question de la salle", points_left: "Budget à revoir" };
    expect(ticked(own, "Calendrier", true)).toEqual({
      points_treated: "Question de la salle\nCalendrier",
      points_left: "Tour de table\nArticle 4\nBudget à revoir",
    });
  });

  it("takes a new line once, on one line", () => {
    expect(withLine("Tour de table", "  Suite\n du projet ")).toBe("Tour de table\nSuite du projet");
    expect(withLine("Tour de table", "Tour de table")).toBe("Tour de table");
    expect(withLine("Tour de table", "  ")).toBe("Tour de table");
  });
});
