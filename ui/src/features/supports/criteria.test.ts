import { describe, expect, it } from "vitest";
import { LATEST_FIRST, filtersOf, narrowing, readCriteria, without, writeCriteria } from "./criteria";

describe("the filters of the supports", () => {
  it("an empty address narrows nothing and shows the latest first", () => {
    const criteria = readCriteria(new URLSearchParams());
    expect(filtersOf(criteria)).toEqual([]);
    expect(narrowing(criteria)).toEqual([]);
    expect(criteria.sort).toEqual(LATEST_FIRST);
  });

  it("an address written is read back the same", () => {
    const criteria = {
      ...readCriteria(new URLSearchParams()),
      text: "laine",
      statuses: ["ongoing", "framing"],
      beneficiary: "p1",
      sort: { field: "title", descending: true },
    };
    const written = Object.entries(writeCriteria(criteria)).flatMap(([name, value]) =>
      value === null ? [] : [[name, value]],
    );
    expect(readCriteria(new URLSearchParams(written))).toEqual(criteria);
  });

  it("each filter comes off alone", () => {
    const criteria = readCriteria(new URLSearchParams("q=laine&etat=ongoing&structure=o1"));
    expect(narrowing(criteria)).toEqual(["text", "statuses", "organisation"]);
    expect(narrowing(without(criteria, "statuses"))).toEqual(["text", "organisation"]);
    expect(narrowing(without(criteria, "organisation"))).toEqual(["text", "statuses"]);
  });

  it("a beneficiary is one of several", () => {
    expect(filtersOf(readCriteria(new URLSearchParams("personne=p1")))).toEqual([
      { field: "beneficiaries", op: "contains", value: "p1" },
    ]);
  });
});
