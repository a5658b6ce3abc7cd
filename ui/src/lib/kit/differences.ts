/** Which words of a text are not in another: what an edit wrote, marked so that the eye finds it. Pure. */

export interface Part {
  text: string;
  isNew: boolean;
}

/** Beyond this many words on either side the whole text is shown unmarked: reading it is quicker than its marks. */
const AT_MOST_WORDS = 600;

/** Words, spaces and marks, each on its own: a comma added after a word does not make the word new. */
const wordsOf = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}\p{M}’'-]+|[^\s]/gu) ?? [];

/** Returns `after` cut into what `before` already said and what it did not. */
export function newWords(before: string, after: string): Part[] {
  const whole = after === "" ? [] : [{ text: after, isNew: false }];
  if (before === "" || before === after) return whole;
  const [old, next] = [wordsOf(before), wordsOf(after)];
  if (old.length > AT_MOST_WORDS || next.length > AT_MOST_WORDS) return whole;
  const kept = commonWords(old, next);
  const parts: Part[] = [];
  next.forEach((text, index) => {
    const isSpace = /^\s+$/u.test(text);
    // A space between two new words is new with them.
    const isNew = isSpace
      ? isNewAt(kept, next, index - 1) && isNewAt(kept, next, index + 1)
      : isNewAt(kept, next, index);
    const last = parts.at(-1);
    if (last?.isNew === isNew) last.text += text;
    else parts.push({ text, isNew });
  });
  return parts;
}

const isNewAt = (kept: ReadonlySet<number>, words: readonly string[], index: number) =>
  index >= 0 && index < words.length && !kept.has(index);

/** Returns the places in `next` of a longest run of words that both texts hold in the same order. */
function commonWords(old: readonly string[], next: readonly string[]): Set<number> {
  const width = next.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = next.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        old[i] === next[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const kept = new Set<number>();
  for (let i = 0, j = 0; i < old.length && j < next.length;) {
    if (old[i] === next[j]) {
      kept.add(j);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return kept;
}
