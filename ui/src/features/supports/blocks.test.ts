import { describe, expect, it } from "vitest";
import { BLOCKS, isOnEmptyLine, shownBlocks, usualBlocks, wordsAt, type BlockName } from "./blocks";

const none = new Set<BlockName>();

describe("the blocks of a session", () => {
  it("progress comes before difficulties wherever both are shown", () => {
    expect(BLOCKS.indexOf("progress_made")).toBeLessThan(BLOCKS.indexOf("difficulties"));
  });

  it("a first session asks for difficulties, a later one does not", () => {
    const first = usualBlocks({ kind: "working_session", moments: [], isFirst: true });
    const later = usualBlocks({ kind: "working_session", moments: [], isFirst: false });
    expect(first).toContain("difficulties");
    expect(later).not.toContain("difficulties");
  });

  it("the moments noted decide what is asked for", () => {
    const closing = usualBlocks({ kind: "working_session", moments: ["close_working_time"], isFirst: true });
    expect(closing).toContain("points");
    expect(closing).toContain("next_session_on");
  });

  it("a block that holds something is never hidden", () => {
    expect(shownBlocks([], new Set<BlockName>(["tensions"]), none)).toEqual(["tensions"]);
  });

  it("a block asked for takes its place in the order", () => {
    const shown = shownBlocks(["need", "table"], none, new Set<BlockName>(["context_changes"]));
    expect(shown).toEqual(["need", "context_changes", "table"]);
  });
});

describe("where the caret is", () => {
  it("knows an empty line at the start, inside and at the end", () => {
    expect(isOnEmptyLine("", 0)).toBe(true);
    expect(isOnEmptyLine("un\n\ndeux", 3)).toBe(true);
    expect(isOnEmptyLine("un\n", 3)).toBe(true);
    expect(isOnEmptyLine("un\n", 2)).toBe(false);
  });

  it("gives the selection, else the whole line", () => {
    expect(wordsAt("un\ndeux mots\ntrois", 8, 12)).toBe("mots");
    expect(wordsAt("un\ndeux mots\ntrois", 5, 5)).toBe("deux mots");
  });
});
