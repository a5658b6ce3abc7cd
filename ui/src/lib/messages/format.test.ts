import { afterEach, describe, expect, it } from "vitest";
import { readNumber, showDate, showMinutes, showMoney, showNear, showNumber, showTime } from "./format";
import { setLanguage } from "./messages.svelte";

afterEach(() => setLanguage("fr"));

describe("what is shown in French", () => {
  it("writes dates the French way", () => {
    expect(showDate("2026-10-06")).toBe("06/10/2026");
    expect(showDate("2026-10-06", "short")).toBe("6 oct.");
    expect(showDate("2026-10-01", "short")).toBe("1ᵉʳ oct.");
    expect(showDate("2026-10-01T09:30", "weekday")).toBe("jeudi 1ᵉʳ octobre");
    expect(showDate("2026-10-21", "short")).toBe("21 oct.");
    expect(showDate(null)).toBe("");
  });

  it("writes times, durations and amounts with the right spaces", () => {
    expect(showTime("2026-10-06T09:30")).toBe("9\u00a0h\u00a030");
    expect(showTime("14:00")).toBe("14\u00a0h");
    expect(showMinutes(95)).toBe("1\u00a0h\u00a035");
    expect(showMinutes(45)).toBe("45\u00a0min");
    expect(showMoney(1234.5)).toBe("1\u202f234,50\u00a0€");
    expect(showMoney(94200)).toBe("94\u202f200\u00a0€");
    expect(showNumber(10782)).toBe("10\u202f782");
  });

  it("says near days by name and far days by date", () => {
    expect(showNear("2026-10-06T09:00", "2026-10-06")).toBe("aujourd’hui");
    expect(showNear("2026-10-05", "2026-10-06")).toBe("hier");
    expect(showNear("2026-10-09", "2026-10-06")).toBe("vendredi");
    expect(showNear("2026-09-18", "2026-10-06")).toBe("18 sept.");
    expect(showNear("2025-09-18", "2026-10-06")).toBe("18 sept. 2025");
  });
});

describe("what is shown in English", () => {
  it("follows the language", () => {
    setLanguage("en");
    expect(showDate("2026-10-01", "short")).toBe("1 Oct");
    expect(showTime("09:30")).toBe("9:30");
    expect(showMoney(1234.5)).toBe("€1,234.50");
  });
});

describe("numbers as typed", () => {
  it.each([
    ["12 400", 12400],
    ["1\u202f234,50 €", 1234.5],
    ["-3.2", -3.2],
    ["12 40o", null],
    ["", null],
  ])("reads %j as %j", (typed, expected) => {
    expect(readNumber(typed)).toBe(expected);
  });
});
