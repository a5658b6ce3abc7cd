import { describe, expect, it } from "vitest";
import { filtersOf, narrowing, readCriteria, without, writeCriteria } from "./criteria";

const read = (query: string) => readCriteria(new URLSearchParams(query));

describe("the criteria of the list", () => {
  it("survive being written into the address and read again", () => {
    const criteria = read("q=bois&type=structure,group&role=partner&accompagnes=1&tri=-modified_at");
    const written = new URLSearchParams();
    for (const [name, value] of Object.entries(writeCriteria(criteria))) if (value) written.set(name, value);
    expect(readCriteria(written)).toEqual(criteria);
    expect(criteria.types).toEqual(["structure", "group"]);
    expect(criteria.sort).toEqual({ field: "modified_at", descending: true });
  });

  it("leave the address bare when nothing narrows the list", () => {
    expect(Object.values(writeCriteria(read("")))).toEqual(Array.from({ length: 8 }, () => null));
    expect(narrowing(read(""))).toEqual([]);
    expect(filtersOf(read(""), [])).toEqual([]);
  });

  it("ask for any of the values of one filter and for all the filters together", () => {
    expect(filtersOf(read("categorie=lag,petr_pays&accompagnes=1&territoire=t"), ["t", "u"])).toEqual([
      { field: "subtype", op: "one_of", value: ["lag", "petr_pays"] },
      { field: "territory", op: "one_of", value: ["t", "u"] },
      { field: "roles", op: "contains", value: "supported" },
    ]);
  });

  it("can be taken back one by one", () => {
    const criteria = read("q=bois&type=group&territoire=t&accompagnes=1");
    const left = narrowing(criteria).reduce(without, criteria);
    expect(narrowing(criteria)).toHaveLength(4);
    expect(narrowing(left)).toEqual([]);
  });
});
