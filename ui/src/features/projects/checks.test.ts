import { describe, expect, it } from "vitest";
import { progressOf } from "./checks";

describe("the progress of a list", () => {
  it("counts the points settled among those that apply", () => {
    expect(progressOf(["ok", "ok", "missing", "to_check", "not_applicable"])).toEqual({
      done: 2,
      all: 4,
      percent: 50,
    });
  });

  it("is nothing for a list where no point applies", () => {
    expect(progressOf(["not_applicable"])).toEqual({ done: 0, all: 0, percent: 0 });
  });
});
