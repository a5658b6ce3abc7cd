import { describe, expect, it } from "vitest";
import { transitionsFrom } from "./transitions";

const named = (status: string) => transitionsFrom(status).map((one) => one.name);

describe("the changes of status of a support", () => {
  it("follow the life cycle, and each state can be closed", () => {
    expect(named("requested")).toEqual(["frame", "close"]);
    expect(named("framing")).toEqual(["begin", "close"]);
    expect(named("ongoing")).toEqual(["suspend", "close"]);
    expect(named("suspended")).toEqual(["resume", "close"]);
    expect(named("closed")).toEqual(["reopen"]);
  });

  it("a support goes on once it was said what it will not bring (R11)", () => {
    expect(transitionsFrom("framing")[0]?.required).toContain("exclusions");
  });

  it("suspending and closing ask for a reason (R14)", () => {
    for (const name of ["suspend", "close"])
      expect(transitionsFrom("ongoing").find((one) => one.name === name)?.required).toContain("stop_reason");
  });

  it("resuming takes back the reason for stopping, and nothing else", () => {
    expect(transitionsFrom("suspended")[0]?.cleared).toEqual(["stop_reason", "stop_note"]);
  });
});
