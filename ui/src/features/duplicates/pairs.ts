/** Which pair is looked at, and what stays of each field. Pure. */
import type { ComparedField, Comparison, DuplicatePair, Keep, TwoRecords } from "$lib/api";

/** Names a pair in the address and in the list. */
export const pairId = (pair: Pick<DuplicatePair, "entity" | "kept" | "other">): string =>
  [pair.entity, pair.kept, pair.other].join("~");

/** The two records of a pair. */
export const twoOf = ({ entity, kept, other }: DuplicatePair): TwoRecords => ({ entity, one: kept, other });

/**
 * Returns the place of the pair to look at: the one named; else, when it has gone, the one that came into its place.
 * -1 when there is none.
 */
export function placeOf(pairs: readonly DuplicatePair[], named: string | null, lastPlace: number): number {
  const at = pairs.findIndex((pair) => pairId(pair) === named);
  if (at >= 0) return at;
  return Math.min(Math.max(0, lastPlace), pairs.length - 1);
}

/** Returns what stays of a field: what was chosen, else what is proposed. */
export const keepOf = (field: ComparedField, chosen: Readonly<Record<string, Keep>>): Keep =>
  field.relation === "choose" || field.relation === "choose_or_both"
    ? (chosen[field.field] ?? field.keep)
    : field.keep;

/** Returns what a union is told: every field that is not the same, as it is on screen. */
export const choicesOf = (
  { fields }: Pick<Comparison, "fields">,
  chosen: Readonly<Record<string, Keep>>,
): Record<string, Keep> =>
  Object.fromEntries(
    fields.filter((field) => field.relation !== "same").map((field) => [field.field, keepOf(field, chosen)]),
  );
