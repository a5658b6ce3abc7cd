/** What can be picked in a list with typing, and how its words match. */

export interface Choice {
  value: string;
  label: string;
  /** Beside the label, in grey. */
  detail?: string;
  icon?: string;
}

const ACCENTS = /\p{M}/gu;
const JOINS = /[’'‑-]/gu;

/** Returns a text as it is compared: no accent, no case, œ as oe, hyphens and apostrophes as spaces. */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(ACCENTS, "")
    .replace(JOINS, " ")
    .replace(/œ/giu, "oe")
    .toLowerCase()
    .trim();
}

/** Returns the choices that hold every word typed, those that begin with it first. */
export function matching(choices: readonly Choice[], typed: string, limit = 50): Choice[] {
  const words = plain(typed).split(/\s+/u).filter(Boolean);
  if (words.length === 0) return choices.slice(0, limit);
  const found = choices
    .map((choice) => ({ choice, text: plain(`${choice.label} ${choice.detail ?? ""}`) }))
    .filter(({ text }) => words.every((word) => text.includes(word)));
  const first = words[0] ?? "";
  const isAhead = ({ text }: { text: string }) => Number(text.startsWith(first));
  return found
    .toSorted((a, b) => isAhead(b) - isAhead(a))
    .slice(0, limit)
    .map(({ choice }) => choice);
}

/** Splits a label around the words typed, so that they can be marked. */
export function marked(label: string, typed: string): { text: string; isMarked: boolean }[] {
  const word = plain(typed);
  const at = word ? plain(label).indexOf(word) : -1;
  if (at < 0 || plain(label).length !== label.length) return [{ text: label, isMarked: false }];
  return [
    { text: label.slice(0, at), isMarked: false },
    { text: label.slice(at, at + word.length), isMarked: true },
    { text: label.slice(at + word.length), isMarked: false },
  ].filter((part) => part.text !== "");
}
