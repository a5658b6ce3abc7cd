import { describe, expect, it } from "vitest";
import { chordOf } from "./actions.svelte";

const press = (key: string, code: string, held: Partial<KeyboardEvent> = {}) =>
  chordOf({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe("chords", () => {
  it("name the keys as their legend does", () => {
    expect(press("k", "KeyK", { ctrlKey: true })).toBe("Ctrl+K");
    expect(press("K", "KeyK", { ctrlKey: true, shiftKey: true })).toBe("Ctrl+Maj+K");
    expect(press("F6", "F6", { shiftKey: true })).toBe("Maj+F6");
    expect(press("ArrowLeft", "ArrowLeft", { altKey: true })).toBe("Alt+ArrowLeft");
  });

  it("go by the place of digits, with or without Maj, as on AZERTY", () => {
    expect(press("&", "Digit1", { altKey: true })).toBe("Alt+1");
    expect(press("1", "Digit1", { altKey: true, shiftKey: true })).toBe("Alt+1");
  });

  it("ignore Maj where it only serves to reach a sign", () => {
    expect(press(".", "Comma", { ctrlKey: true, shiftKey: true })).toBe("Ctrl+.");
    expect(press("/", "Period", { shiftKey: true })).toBe("/");
  });
});
