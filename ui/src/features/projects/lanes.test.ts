import { describe, expect, it } from "vitest";
import { CLOSED, laneFilters, moveOver, neighbour } from "./lanes";

describe("the lanes of the board", () => {
  it("hold the projects alive at one maturity", () => {
    expect(laneFilters("lead", [])).toEqual([
      { field: "status", op: "one_of", value: ["active", "on_hold"] },
      { field: "maturity", op: "is", value: "lead" },
    ]);
  });

  it("keep of the chosen states only those that are theirs", () => {
    expect(laneFilters("lead", ["on_hold", "completed"])[0]?.value).toEqual(["on_hold"]);
    expect(laneFilters(CLOSED, ["on_hold", "completed"])).toEqual([
      { field: "status", op: "one_of", value: ["completed"] },
    ]);
    expect(laneFilters(CLOSED, ["active"])[0]?.value).toEqual([]);
  });

  it("propose no maturity past the ends", () => {
    expect(neighbour("idea", -1)).toBeNull();
    expect(neighbour("idea", 1)).toBe("lead");
    expect(neighbour("project", 1)).toBeNull();
    expect(neighbour("unknown", 1)).toBeNull();
  });
});

describe("arrows over the cards", () => {
  const lengths = [3, 0, 1];

  it("stay within the lane", () => {
    expect(moveOver(lengths, { lane: 0, card: 0 }, "ArrowDown")).toEqual({ lane: 0, card: 1 });
    expect(moveOver(lengths, { lane: 0, card: 2 }, "ArrowDown")).toBeNull();
    expect(moveOver(lengths, { lane: 0, card: 0 }, "End")).toEqual({ lane: 0, card: 2 });
  });

  it("pass over an empty lane to the nearest card", () => {
    expect(moveOver(lengths, { lane: 0, card: 2 }, "ArrowRight")).toEqual({ lane: 2, card: 0 });
    expect(moveOver(lengths, { lane: 2, card: 0 }, "ArrowLeft")).toEqual({ lane: 0, card: 0 });
    expect(moveOver(lengths, { lane: 2, card: 0 }, "ArrowRight")).toBeNull();
  });
});
