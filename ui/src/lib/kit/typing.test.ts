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

  describe("and presses Enter before the list is there", () => {
    function slow() {
      const answers: { resolve: (found: { value: string; label: string }[]) => void; reject: () => void }[] =
        [];
      const typing = new Typing(
        () => () => new Promise((resolve, reject) => answers.push({ resolve, reject })),
      );
      return { typing, answers };
    }

    it("takes the choice when it arrives, once", async () => {
      const { typing, answers } = slow();
      const taken: number[] = [];
      const looking = typing.look("vass", true);
      typing.whenRead(() => taken.push(typing.taken(false)));
      expect(typing.isAwaited).toBe(true);
      expect(taken).toEqual([]);
      answers[0]?.resolve([choice("Vasseur")]);
      await looking;
      expect(taken).toEqual([0]);
      expect(typing.isAwaited).toBe(false);
      const again = typing.look("vas", true);
      answers[1]?.resolve([choice("Vasseur")]);
      await again;
      expect(taken).toEqual([0]);
    });

    it("is for the list only where it takes a line, or may", async () => {
      const { typing, answers } = slow();
      const picked: number[] = [];
      let nones = 0;
      const enter = () =>
        typing.enter(
          () => false,
          (line) => picked.push(line),
          () => (nones += 1),
        );
      expect(enter()).toBe(false);
      const looking = typing.look("vass", true);
      expect(enter()).toBe(true);
      answers[0]?.resolve([]);
      await looking;
      expect([picked, nones]).toEqual([[], 1]);
      expect(enter()).toBe(false);
      const again = typing.look("vas", true);
      answers[1]?.resolve([choice("Vasseur")]);
      await again;
      expect(enter()).toBe(true);
      expect(picked).toEqual([0]);
    });

    it("takes nothing when more is typed, or the list is closed", async () => {
      const { typing, answers } = slow();
      let isTaken = false;
      const first = typing.look("v", true);
      typing.whenRead(() => (isTaken = true));
      const second = typing.look("va", true);
      answers[0]?.resolve([choice("Vasseur")]);
      answers[1]?.resolve([choice("Vasseur")]);
      await Promise.all([first, second]);
      const third = typing.look("vas", true);
      typing.whenRead(() => (isTaken = true));
      typing.close();
      answers[2]?.resolve([choice("Vasseur")]);
      await third;
      expect(isTaken).toBe(false);
    });

    it("is told when the list cannot be read", async () => {
      const { typing, answers } = slow();
      const told: boolean[] = [];
      const looking = typing.look("v", true);
      typing.whenRead((isRead) => told.push(isRead));
      answers[0]?.reject();
      await looking;
      expect(told).toEqual([false]);
    });
  });
});
