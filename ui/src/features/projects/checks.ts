/** How far a list of points is. Pure. */

export interface Progress {
  /** Points settled. */
  done: number;
  /** Points that apply. */
  all: number;
  percent: number;
}

/** Returns how many of the points that apply are settled. */
export function progressOf(states: readonly string[]): Progress {
  const all = states.filter((state) => state !== "not_applicable").length;
  const done = states.filter((state) => state === "ok").length;
  return { done, all, percent: all === 0 ? 0 : Math.round((done / all) * 100) };
}
