/**
 * The drafts of this window by their name, kept from one visit of a screen to the next while their words are not written.
 *
 * A visit is whatever object stands for one stay on a screen: a draft that two of them show is forgotten by neither alone.
 */
import { joinTypists } from "$lib/api";
import type { NoteDraft } from "./note_draft.svelte";

const kept = new Map<string, { draft: NoteDraft; visits: Set<object>; leave: () => void }>();

/** Returns the draft of this name, made the first time; words that could not be written are found again. */
export function draftNamed(name: string, visit: object, make: () => NoteDraft): NoteDraft {
  const found = kept.get(name) ?? begin(make());
  found.visits.add(visit);
  kept.set(name, found);
  return found.draft;
}

const begin = (draft: NoteDraft) => ({ draft, visits: new Set<object>(), leave: joinTypists(draft) });

/** Names, of those that begin so, whose words are not in the carnet yet. */
export const unwritten = (beginning: string): string[] =>
  [...kept].flatMap(([name, { draft }]) => (name.startsWith(beginning) && draft.isUnsaved ? [name] : []));

/** Ends a visit: writes what is left of its drafts and forgets them; one that is refused, or shown again, stays. */
export async function release(visit: object): Promise<void> {
  const mine = [...kept].filter(([, { visits }]) => visits.delete(visit));
  await Promise.all(
    mine.map(async ([name, { draft, visits, leave }]) => {
      await draft.leaveAll();
      if (draft.isUnsaved || visits.size > 0 || kept.get(name)?.draft !== draft) return;
      kept.delete(name);
      leave();
    }),
  );
}
