/** The lanes of the board: one for each maturity, and the closed ones beside. Pure. */
import { enumValues, textOf, type Filter, type RecordView } from "$lib/api";

export const CLOSED = "closed";
/** States in which a project is alive, then those in which it is over. */
export const OPEN_STATUSES: readonly string[] = ["active", "on_hold"];
export const CLOSED_STATUSES: readonly string[] = ["set_aside", "completed", "abandoned"];

export const maturities = (): string[] => enumValues("project_maturity");
export const isClosed = (project: RecordView) => CLOSED_STATUSES.includes(textOf(project, "status"));

/** Returns the lane that a project stands in. */
export const laneOf = (project: RecordView) => (isClosed(project) ? CLOSED : textOf(project, "maturity"));

/** Returns the maturity `step` places further; null past either end. */
export function neighbour(maturity: string, step: number): string | null {
  const at = maturities().indexOf(maturity);
  return at < 0 ? null : (maturities()[at + step] ?? null);
}

/** Returns the filters of one lane, given the states that the person chose to see (all when none). */
export function laneFilters(lane: string, statuses: readonly string[]): Filter[] {
  const own = lane === CLOSED ? CLOSED_STATUSES : OPEN_STATUSES;
  const value = statuses.length === 0 ? [...own] : own.filter((one) => statuses.includes(one));
  const filters: Filter[] = [{ field: "status", op: "one_of", value }];
  if (lane !== CLOSED) filters.push({ field: "maturity", op: "is", value: lane });
  return filters;
}

/** A place on the board: which lane, which card of it. */
export interface Spot {
  lane: number;
  card: number;
}

/** Returns where an arrow leads, over lanes of these lengths; null where there is nothing that way. */
export function moveOver(lengths: readonly number[], from: Spot, key: string): Spot | null {
  const count = lengths[from.lane] ?? 0;
  const within = (card: number): Spot | null => (card >= 0 && card < count ? { ...from, card } : null);
  if (key === "ArrowDown") return within(from.card + 1);
  if (key === "ArrowUp") return within(from.card - 1);
  if (key === "Home") return within(0);
  if (key === "End") return within(count - 1);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (step === undefined) return null;
  for (let lane = from.lane + step; lane >= 0 && lane < lengths.length; lane += step) {
    const length = lengths[lane] ?? 0;
    if (length > 0) return { lane, card: Math.min(from.card, length - 1) };
  }
  return null;
}
