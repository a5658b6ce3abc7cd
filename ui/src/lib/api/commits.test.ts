import { afterEach, describe, expect, it, vi } from "vitest";

const undone: number[] = [];
let answers: (number | null)[] = [];
vi.mock("@tauri-apps/api/core", () => ({
  invoke: (_command: string, { seq }: { seq: number }) => {
    undone.push(seq);
    const next = answers.shift();
    if (next === undefined) return Promise.reject(new Error("refused"));
    return Promise.resolve({ commit: next === null ? null : { device: "d", seq: next }, records_touched: 1 });
  },
}));
const { commits } = await import("./commits.svelte");

const commit = (seq: number) => ({ device: "d", seq });

afterEach(() => {
  commits.clear();
  undone.length = 0;
});

describe("taking back and doing again", () => {
  it("takes back the last commit first, and does it again by undoing the undoing", async () => {
    commits.remember(commit(1), "one");
    commits.remember(commit(2), "two");
    answers = [3, 4];
    expect(await commits.undo()).toEqual({ label: "two", of: commit(2), commit: commit(3) });
    expect(await commits.redo()).toEqual({ label: "two", of: commit(3), commit: commit(4) });
    expect(undone).toEqual([2, 3]);
    expect(commits.canRedo).toBe(false);
  });

  it("forgets what was undone once something new is written", async () => {
    commits.remember(commit(1), "one");
    answers = [2];
    await commits.undo();
    commits.remember(commit(3), "three");
    expect(commits.canRedo).toBe(false);
    expect(await commits.redo()).toBeNull();
  });

  it("remembers nothing when nothing changed, and offers nothing again when nothing still stood", async () => {
    commits.remember(null, "nothing");
    expect(commits.canUndo).toBe(false);
    commits.remember(commit(1), "one");
    answers = [null];
    expect(await commits.undo()).toEqual({ label: "one", of: commit(1), commit: null });
    expect(commits.canRedo).toBe(false);
  });

  it("keeps a commit that could not be undone, so that it can be tried again", async () => {
    commits.remember(commit(1), "one");
    answers = [];
    await expect(commits.undo()).rejects.toMatchObject({ code: "unexpected" });
    expect(commits.canUndo).toBe(true);
  });

  it("takes one given commit out of the list, wherever it stands", async () => {
    commits.remember(commit(1), "one");
    commits.remember(commit(2), "two");
    answers = [3, 4];
    await commits.undoOne(commit(1), "one");
    expect(await commits.undo()).toMatchObject({ label: "two" });
    expect(undone).toEqual([1, 2]);
  });
});
