import { describe, expect, it } from "vitest";
import { Typing } from "./typing.svelte";

const choice = (label: string) => ({ value: label, label });

describe("a list while somebody types", () => {
  it("takes the only match at Enter, and reaches it first with ↓", async () => {
    const typing = new Typing(() => () => [choice("Agnès Vasseur")]);
    await typing.look("vass", true);
    expect(typing.taken(true)).toBe(0);
    typing.move("ArrowDown", 2);
    expect(typing.active).toBe(0);
    typing.move("ArrowDown", 2);
    expect(typing.active).toBe(1);
  });

  it("goes to the second of several matches", async () => {
    const typing = new Typing(() => () => [choice("Vasseur"), choice("Vassal")]);
    await typing.look("vass", true);
    typing.move("ArrowDown", 3);
    expect(typing.active).toBe(1);
  });

  it("takes the line that creates at Enter when nothing matches, not before it is known", async () => {
    let answer: (found: []) => void = () => undefined;
    const typing = new Typing(() => () => new Promise<[]>((resolve) => (answer = resolve)));
    const looking = typing.look("zzz", true);
    expect(typing.taken(true)).toBe(-1);
    answer([]);
    await looking;
    expect(typing.taken(true)).toBe(0);
    expect(typing.taken(false)).toBe(-1);
  });
});
