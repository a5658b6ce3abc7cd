/** The blocks that the notes of a session are made of: their order, and which ones to show. Pure. */

/** A block of the notes; those that bear the name of a field of the session hold its words. */
export const BLOCKS = [
  "need",
  "progress_made",
  "context_changes",
  "difficulties",
  "terms_used",
  "coherence_check",
  "tensions",
  "obstacles",
  "method_used",
  "table",
  "next_step",
  "points",
  "next_session_on",
  "private_notes",
] as const;
export type BlockName = (typeof BLOCKS)[number];

/** The blocks that are one text of the session. */
export const TEXT_BLOCKS = [
  "progress_made",
  "context_changes",
  "difficulties",
  "terms_used",
  "coherence_check",
  "tensions",
  "method_used",
  "private_notes",
] as const satisfies readonly BlockName[];
export type TextBlock = (typeof TEXT_BLOCKS)[number];

export const isTextBlock = (block: BlockName): block is TextBlock =>
  (TEXT_BLOCKS as readonly BlockName[]).includes(block);

/** Always at hand in a working session (domain.md §4.1). */
const USUAL: readonly BlockName[] = ["need", "progress_made", "obstacles", "table", "next_step"];

/** What each moment of the support also asks for. */
const OF_MOMENT: Record<string, readonly BlockName[]> = {
  make_contact: ["difficulties"],
  start: ["context_changes", "coherence_check"],
  unblock: ["method_used"],
  close_working_time: ["points", "next_session_on"],
  keep_record: ["difficulties"],
};

export interface Situation {
  kind: string;
  moments: readonly string[];
  /** Nothing was noted in this support before this session. */
  isFirst: boolean;
}

/** Returns the blocks to open a session with. */
export function usualBlocks({ kind, moments, isFirst }: Situation): BlockName[] {
  if (kind === "quick_help") return ["progress_made", "next_step"];
  if (kind === "follow_up") return ["progress_made", "context_changes", "next_step"];
  const assumed = moments.length === 0 && isFirst ? ["make_contact"] : moments;
  const asked = new Set([...USUAL, ...assumed.flatMap((moment) => OF_MOMENT[moment] ?? [])]);
  return BLOCKS.filter((block) => asked.has(block));
}

/** Returns the blocks to show, in their order: the usual ones, those that hold something, those asked for. */
export function shownBlocks(
  usual: readonly BlockName[],
  filled: ReadonlySet<BlockName>,
  asked: ReadonlySet<BlockName>,
): BlockName[] {
  return BLOCKS.filter((block) => usual.includes(block) || filled.has(block) || asked.has(block));
}

/** Says whether the line of the caret is empty, so that « / » asks for a block instead of being written. */
export function isOnEmptyLine(text: string, caret: number): boolean {
  const start = text.lastIndexOf("\n", caret - 1) + 1;
  const end = text.indexOf("\n", caret);
  return text.slice(start, end < 0 ? undefined : end).trim() === "";
}

/** Returns the words that a mark is about: the selection, else the line of the caret. */
export function wordsAt(text: string, from: number, to: number): string {
  if (to > from) return text.slice(from, to).trim();
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const end = text.indexOf("\n", from);
  return text.slice(start, end < 0 ? undefined : end).trim();
}
