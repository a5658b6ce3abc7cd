/** When a project came to each maturity, from its changes of state. Pure. */
import type { IsoDate } from "$lib/messages";

export interface StateChange {
  from: string;
  to: string;
  on: IsoDate;
  /** A wrong entry set right: it is not a step. */
  isCorrection: boolean;
}

/**
 * Returns the last day on which each maturity was reached; the first one, when the project was noted.
 *
 * `changes` go from the earliest; what is passed over has no day.
 */
export function daysReached(
  changes: readonly StateChange[],
  notedOn: IsoDate,
  current: string,
): Record<string, IsoDate> {
  const reached: Record<string, IsoDate> = {};
  const first = changes[0]?.from || (changes.length === 0 ? current : "");
  if (first) reached[first] = notedOn;
  for (const { from, to, on, isCorrection } of changes) {
    // What a correction replaces was never reached on its day; what replaces it takes that day.
    const day = isCorrection ? (reached[from] ?? on) : on;
    if (isCorrection) Reflect.deleteProperty(reached, from);
    if (to) reached[to] = day;
  }
  return reached;
}
