/** Short notices at the foot of the window. A notice with something to take back stays until it is dealt with. */
import { commits, sentence, type CommitRef } from "$lib/api";
import { t } from "$lib/messages";

export interface Toast {
  id: number;
  text: string;
  isProblem: boolean;
  commit: CommitRef | null;
}

const SHOWN_MS = 6000;
const AT_MOST = 3;
const shown = $state<Toast[]>([]);
let nextId = 1;

/** Returns the notices on screen. */
export const toasts = (): readonly Toast[] => shown;

export function dismiss(id: number): void {
  const at = shown.findIndex((toast) => toast.id === id);
  if (at >= 0) shown.splice(at, 1);
}

function show(text: string, isProblem: boolean, commit: CommitRef | null): void {
  const id = nextId++;
  shown.push({ id, text, isProblem, commit });
  if (shown.length > AT_MOST) shown.shift();
  if (!isProblem) setTimeout(() => dismiss(id), commit ? SHOWN_MS * 2 : SHOWN_MS);
}

/** Says that something is done; with its commit, offers to take it back. */
export function tell(text: string, commit: CommitRef | null = null): void {
  show(text, false, commit);
}

/** Says why something could not be done; stays until closed. */
export function tellProblem(thrown: unknown): void {
  show(sentence(thrown), true, null);
}

/** Takes back what a notice told. */
export async function takeBack(toast: Toast): Promise<void> {
  if (!toast.commit) return;
  dismiss(toast.id);
  try {
    await commits.undoOne(toast.commit, toast.text);
    tell(t("kit.toast.undone"));
  } catch (thrown) {
    tellProblem(thrown);
  }
}

/** Takes back the last commit of this window and says so: Ctrl+Z. */
export async function undoLast(): Promise<void> {
  await step(
    () => commits.undo(),
    (label) => t("kit.undo.done", { label }),
    t("kit.undo.nothing"),
  );
}

/** Does again what was last taken back: Ctrl+Maj+Z. */
export async function redoLast(): Promise<void> {
  await step(
    () => commits.redo(),
    (label) => t("kit.redo.done", { label }),
    t("kit.redo.nothing"),
  );
}

async function step(move: () => Promise<string | null>, done: (label: string) => string, nothing: string) {
  try {
    const label = await move();
    tell(label === null ? nothing : done(label));
  } catch (thrown) {
    tellProblem(thrown);
  }
}
