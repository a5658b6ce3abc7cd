import { describe, expect, it } from "vitest";
import { cleared, filtersOf, narrowing, readCriteria, without, writeCriteria } from "./criteria";

const read = (address: string) => readCriteria(new URLSearchParams(address));

describe("criteria of the projects", () => {
  it("survive being written to the address and read again", () => {
    const criteria = read("vue=tableau&q=laine&gst=a,b&phase=closing&etat=active&theme=t1&tri=title");
    const written = Object.entries(writeCriteria(criteria)).filter(([, value]) => value !== null);
    expect(readCriteria(new URLSearchParams(written as [string, string][]))).toEqual(criteria);
    expect(criteria.view).toBe("table");
    expect(criteria.sort).toEqual({ field: "title", descending: false });
  });

  it("say nothing in the address where they are the usual ones", () => {
    expect(Object.values(writeCriteria(read(""))).every((value) => value === null)).toBe(true);
  });

  it("ask for projects that have one of the chosen themes", () => {
    expect(filtersOf(read("theme=t1,t2&type=leader"))).toEqual([
      { field: "cooperation_type", op: "one_of", value: ["leader"] },
      { field: "themes", op: "contains", value: ["t1", "t2"] },
    ]);
  });

  it("leave the state to the lanes of the board", () => {
    expect(filtersOf(read("etat=active"), "statuses")).toEqual([]);
  });

  it("come off one by one, then all at once, the view staying", () => {
    const criteria = read("vue=tableau&q=laine&phase=closing");
    expect(narrowing(criteria)).toEqual(["phases", "text"]);
    expect(narrowing(without(criteria, "phases"))).toEqual(["text"]);
    expect(narrowing(cleared(criteria))).toEqual([]);
    expect(cleared(criteria).view).toBe("table");
  });
});
