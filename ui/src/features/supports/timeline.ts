/** The life of a support on a line: when it was open, suspended, when its sessions took place. Pure. */
import { textOf, type RecordView } from "$lib/api";
import { addDays, addMonths, daysBetween, type IsoDate } from "$lib/messages";

export interface Period {
  from: IsoDate;
  to: IsoDate;
  isSuspended: boolean;
}

export interface Timeline {
  periods: (Period & { left: number; width: number })[];
  ticks: { day: IsoDate; left: number }[];
  sessions: { id: string; day: IsoDate; left: number; isToday: boolean }[];
  /** Where today stands; null when it is off the line. */
  now: number | null;
}

const AT_MOST_TICKS = 8;
const STEPS_MONTHS = [1, 2, 3, 6, 12, 24];
const SHORTEST_DAYS = 60;

/** Returns the periods of a support; corrections of its status are left out. */
export function periodsOf(support: RecordView, changes: readonly RecordView[], today: IsoDate): Period[] {
  const opened = textOf(support, "opened_on") || today;
  const closed = textOf(support, "status") === "closed" ? textOf(support, "closed_on") || today : today;
  const periods: Period[] = [];
  let from = opened;
  let isSuspended = false;
  for (const change of changes) {
    const on = textOf(change, "changed_on");
    const to = textOf(change, "to_value");
    if (change.fields.is_correction === true || on < from || on > closed) continue;
    if ((to === "suspended") === isSuspended) continue;
    if (on > from) periods.push({ from, to: on, isSuspended });
    from = on;
    isSuspended = to === "suspended";
  }
  periods.push({ from, to: closed, isSuspended });
  return periods;
}

/** Places a support on its line, a month of margin after today. */
export function timelineOf(
  support: RecordView,
  changes: readonly RecordView[],
  sessions: readonly RecordView[],
  today: IsoDate,
): Timeline {
  const periods = periodsOf(support, changes, today);
  const days = sessions
    .filter((one) => textOf(one, "status") !== "cancelled")
    .map((one) => ({ id: one.id, day: textOf(one, "starts_at").slice(0, 10) }));
  const all = [...periods.flatMap((one) => [one.from, one.to]), ...days.map((one) => one.day)].toSorted();
  const first = addDays(all[0] ?? today, -7);
  const end = addDays(all.at(-1) ?? today, 14);
  const length = Math.max(SHORTEST_DAYS, daysBetween(first, end));
  const at = (day: IsoDate) => (daysBetween(first, day) / length) * 100;

  const step = STEPS_MONTHS.find((months) => length / (months * 30.4) <= AT_MOST_TICKS) ?? 24;
  const ticks = [];
  for (let day = addMonths(`${first.slice(0, 7)}-01`, 1); at(day) < 96; day = addMonths(day, step))
    ticks.push({ day, left: at(day) });
  const now = at(today);
  return {
    periods: periods.map((one) => ({ ...one, left: at(one.from), width: at(one.to) - at(one.from) })),
    ticks,
    sessions: days.map((one) => ({ ...one, left: at(one.day), isToday: one.day === today })),
    now: now >= 0 && now <= 100 ? now : null,
  };
}
