/**
 * The commits made in this window since it opened, so that Ctrl+Z takes the last one back.
 *
 * Undoing is itself a commit; doing again is undoing that one. Knows nothing of records.
 */
import { commitUndo } from "./commands";
import { isRefusal } from "./errors";
import type { CommitRef } from "./types";

interface Step {
  commit: CommitRef;
  label: string;
}

/** What was taken back or done again, and by which commit; by none when nothing of it was left. */
export interface Moved {
  label: string;
  /** What was taken back or done again. */
  of: CommitRef;
  commit: CommitRef | null;
}

const done = $state<Step[]>([]);
const undone = $state<Step[]>([]);

/** What a person can take back or do again, and how it was called. */
export const commits = {
  get canUndo() {
    return done.length > 0;
  },
  get canRedo() {
    return undone.length > 0;
  },
  get undoLabel() {
    return done.at(-1)?.label ?? "";
  },

  /** Remembers a commit just made; what had been undone can no longer be done again. */
  remember(commit: CommitRef | null, label: string): void {
    if (!commit) return;
    done.push({ commit, label });
    undone.length = 0;
  },

  /** Takes the last commit back. Returns what came of it, or null when there is none. */
  async undo(): Promise<Moved | null> {
    return move(done, undone);
  },

  /** Does again what was last undone. Returns what came of it, or null when there is none. */
  async redo(): Promise<Moved | null> {
    return move(undone, done);
  },

  /**
   * Takes back one given commit, wherever it stands in the list: the "Annuler" of a notice. Returns the commit that did
   * so; null when nothing of it was left.
   */
  async undoOne(commit: CommitRef, label: string): Promise<CommitRef | null> {
    const at = done.findIndex(
      (step) => step.commit.device === commit.device && step.commit.seq === commit.seq,
    );
    if (at >= 0) done.splice(at, 1);
    const answer = await commitUndo(commit);
    if (answer.commit) undone.push({ commit: answer.commit, label });
    return answer.commit;
  },

  /** Forgets everything: another carnet is open. */
  clear(): void {
    done.length = 0;
    undone.length = 0;
  },
};

async function move(from: Step[], to: Step[]): Promise<Moved | null> {
  const step = from.pop();
  if (!step) return null;
  try {
    const answer = await commitUndo(step.commit);
    if (answer.commit) to.push({ commit: answer.commit, label: step.label });
    return { label: step.label, of: step.commit, commit: answer.commit };
  } catch (thrown) {
    // What is refused stays refused: it does not keep those before it from being taken back.
    if (!isRefusal(thrown)) from.push(step);
    throw thrown;
  }
}
