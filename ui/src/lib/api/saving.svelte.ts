/**
 * Writing to the carnet from a screen: each commit is remembered for Ctrl+Z, and the state of saving is told.
 *
 * Screens use these rather than the bare commands.
 */
import * as commands from "./commands";
import { commits } from "./commits.svelte";
import { isRefusal, sentence } from "./errors";
import { conflictList, conflictResolve, type ConflictChoice, type ConflictView } from "./exchange";
import { lastWords, tellSettled } from "./typists";
import type { CommitRef, EntityName, RecordChange, RecordView, SaveRequest, Saved, SavedAll } from "./types";

type Phase = "idle" | "saving" | "saved" | "failed";

const state = $state({ phase: "idle" as Phase, savedAt: null as Date | null, problem: "", pending: 0 });

/** The state of saving, for the title bar: « Enregistré à 10 h 47 ». */
export const saving = {
  get phase() {
    return state.phase;
  },
  get savedAt() {
    return state.savedAt;
  },
  get problem() {
    return state.problem;
  },
};

async function tracked<T>(work: () => Promise<T>): Promise<T> {
  const before = state.phase === "saving" ? (state.savedAt ? "saved" : "idle") : state.phase;
  state.pending += 1;
  state.phase = "saving";
  try {
    const answer = await work();
    state.pending -= 1;
    if (state.pending === 0) state.phase = "saved";
    state.savedAt = new Date();
    return answer;
  } catch (thrown) {
    state.pending -= 1;
    // It is told where it was asked for.
    if (isRefusal(thrown)) state.phase = before;
    else {
      state.phase = "failed";
      state.problem = sentence(thrown);
    }
    throw thrown;
  }
}

/** Forgets the last state of saving: the screen has changed. */
export function resetSaving(): void {
  if (state.pending === 0) state.phase = "idle";
}

/** Creates or changes one record. */
export async function save(request: SaveRequest): Promise<Saved> {
  const answer = await tracked(() => commands.recordSave(request));
  commits.remember(answer.commit, request.label ?? answer.record.title);
  return answer;
}

/** Creates and changes several records in one commit. */
export async function saveAll(changes: RecordChange[], label: string): Promise<SavedAll> {
  const answer = await tracked(() => commands.recordsSave(changes, label));
  commits.remember(answer.commit, label);
  return answer;
}

/** Deletes a record; returns the commit that a notice offers to take back. */
export async function remove(record: Pick<RecordView, "entity" | "id" | "title">): Promise<CommitRef | null> {
  const answer = await tracked(() => commands.recordDelete(record.entity, record.id));
  commits.remember(answer.commit, record.title);
  return answer.commit;
}

/** Brings a deleted record back. */
export async function restore(entity: EntityName, id: string, label: string): Promise<CommitRef | null> {
  const answer = await tracked(() => commands.recordRestore(entity, id));
  commits.remember(answer.commit, label);
  return answer.commit;
}

/** What becomes of a field in conflict: the value of a commit or of a typing, or another one; `value` in any case. */
export type Settlement = Omit<ConflictChoice, "shown">;

/**
 * Settles a conflict as `choose` says of it. What is being typed in its field is handed on first, so that `choose` is
 * given the last words; a value that stands and is not in `shown`, what the person saw, refuses it.
 */
export async function settle(
  shown: ConflictView,
  choose: (now: ConflictView) => Settlement,
  label: string,
): Promise<CommitRef | null> {
  await lastWords(shown);
  const all = await conflictList(shown.entity, shown.row);
  const settlement = choose(all.find((one) => one.id === shown.id) ?? shown);
  const choice = { ...settlement, shown: shown.standing };
  const commit = await kept(() => conflictResolve(shown.id, choice), label);
  tellSettled(shown, settlement.value);
  return commit;
}

/** Runs any other work that makes a commit: it can be taken back, and the state of saving tells how it went. */
export async function kept(
  work: () => Promise<{ commit: CommitRef | null } | null>,
  label: string,
): Promise<CommitRef | null> {
  const commit = (await tracked(work))?.commit ?? null;
  commits.remember(commit, label);
  return commit;
}
