/**
 * Short notices at the foot of the window: a few at most, the same one counted rather than repeated. The older leave
 * first; one that says why something failed leaves last, and stays until it is closed.
 */
import { commits, sentence, type CommitRef, type Moved } from "$lib/api";
import { t } from "$lib/messages";

export interface Toast {
  id: number;
  text: string;
  /** What is said after it and is not the name of what was done. */
  more: string;
  isProblem: boolean;
  /** The last commit that it tells. */
  commit: CommitRef | null;
  /** How many times it came while it was on screen. */
  times: number;
}

const SHOWN_MS = 6000;
const AT_MOST = 2;
const shown = $state<Toast[]>([]);
const ends = new Map<number, ReturnType<typeof setTimeout>>();
let nextId = 1;

/** Returns the notices on screen. */
export const toasts = (): readonly Toast[] => shown;

export function dismiss(id: number): void {
  clearTimeout(ends.get(id));
  ends.delete(id);
  const at = shown.findIndex((toast) => toast.id === id);
  if (at >= 0) shown.splice(at, 1);
}

function show(text: string, more: string, isProblem: boolean, commit: CommitRef | null): void {
  const same = shown.find((toast) => toast.text === text && toast.isProblem === isProblem);
  const times = (same?.times ?? 0) + 1;
  if (same) dismiss(same.id);
  // What was left then is no longer what is left now.
  if (more) for (const toast of shown) toast.more = "";
  const id = nextId++;
  shown.push({ id, text, more, isProblem, commit, times });
  while (shown.length > AT_MOST) {
    const oldest = shown.find((toast) => !toast.isProblem) ?? shown[0];
    if (oldest) dismiss(oldest.id);
  }
  if (!isProblem)
    ends.set(
      id,
      setTimeout(() => dismiss(id), commit ? SHOWN_MS * 2 : SHOWN_MS),
    );
}

/** Says that something is done, and `more` about it; with its commit, offers to take it back. */
export function tell(text: string, commit: CommitRef | null = null, more = ""): void {
  show(text, more, false, commit);
}

/** Says why something could not be done; stays until closed. */
export function tellProblem(thrown: unknown): void {
  show(sentence(thrown), "", true, null);
}

/** A notice of what was taken back some other way offers that no more. */
function offerNoMore(commit: CommitRef): void {
  for (const toast of shown)
    if (toast.commit?.device === commit.device && toast.commit.seq === commit.seq) toast.commit = null;
}

/** Takes back what a notice told. */
export async function takeBack(toast: Toast): Promise<void> {
  if (!toast.commit) return;
  dismiss(toast.id);
  try {
    const by = await commits.undoOne(toast.commit, toast.text);
    tell(by ? t("kit.toast.undone") : t("kit.undo.nothing_left"));
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

async function step(move: () => Promise<Moved | null>, done: (label: string) => string, nothing: string) {
  try {
    const moved = await move();
    if (moved) offerNoMore(moved.of);
    if (!moved) tell(nothing);
    else tell(moved.commit ? done(moved.label) : t("kit.undo.nothing_left"));
  } catch (thrown) {
    tellProblem(thrown);
  }
}
