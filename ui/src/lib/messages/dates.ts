/**
 * Calendar arithmetic on the texts the core uses: `YYYY-MM-DD` and local `YYYY-MM-DDTHH:MM`.
 *
 * Owns no clock: the caller gives today. Knows no language; see `format.ts` for words.
 */

/** A day of the calendar, as the core writes it: `YYYY-MM-DD`. */
export type IsoDate = string;
/** A local date and time, as the core writes it: `YYYY-MM-DDTHH:MM`. */
export type IsoDateTime = string;

const ISO = /^\d{4}-\d{2}-\d{2}$/u;
const DAY_MS = 86_400_000;
const two = (n: number) => String(n).padStart(2, "0");

/** Returns the local day of `date`. */
export function isoDate(date: Date): IsoDate {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Returns the local minute of `date`. */
export function isoDateTime(date: Date): IsoDateTime {
  return `${isoDate(date)}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Returns the noon of a day in UTC, so that whole days can be counted without any change of hour. */
export function utcNoon(day: IsoDate): Date {
  return new Date(`${day.slice(0, 10)}T12:00:00Z`);
}

/** Says whether a text is a day that exists. */
export function isDay(text: string): boolean {
  if (!ISO.test(text)) return false;
  const date = utcNoon(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Returns the day that comes `count` days after `day`. */
export function addDays(day: IsoDate, count: number): IsoDate {
  return new Date(utcNoon(day).getTime() + count * DAY_MS).toISOString().slice(0, 10);
}

/** Returns how many days go from `from` to `to`; negative when `to` comes first. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return Math.round((utcNoon(to).getTime() - utcNoon(from).getTime()) / DAY_MS);
}

/** Returns the Monday of the week of `day`. */
export function mondayOf(day: IsoDate): IsoDate {
  return addDays(day, -((utcNoon(day).getUTCDay() + 6) % 7));
}

/** Returns the same day of the month `count` months later, or that month's last day. */
export function addMonths(day: IsoDate, count: number): IsoDate {
  const date = utcNoon(day);
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1, 12));
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(date.getUTCDate(), last));
  return target.toISOString().slice(0, 10);
}

/** Returns the 42 days a month's calendar shows, from a Monday. */
export function monthGrid(day: IsoDate): IsoDate[] {
  const first = mondayOf(`${day.slice(0, 7)}-01`);
  return Array.from({ length: 42 }, (_, index) => addDays(first, index));
}

const NUMERIC = /^(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}|\d{2}))?$/u;
const STEP = /^\+\s*(\d{1,3})\s*(j|jours?|d|days?|sem|semaines?|weeks?|w|mois|months?)$/iu;

/**
 * Reads what a person types in a date field into `YYYY-MM-DD`.
 *
 * Accepts `20/10/2026`, `20/10` (the year of `today`), ISO, `+2 sem`. A date that does not exist comes back as
 * `31/09/2026`, so that the core says why it refuses it. What is not a date comes back as typed.
 */
export function readDate(typed: string, today: IsoDate): string {
  const text = typed.trim();
  if (ISO.test(text)) return text;
  const step = STEP.exec(text);
  if (step) {
    const count = Number(step[1]);
    const unit = (step[2] ?? "").toLowerCase();
    if (unit.startsWith("m")) return addMonths(today, count);
    return addDays(today, /^[sw]/u.test(unit) ? count * 7 : count);
  }
  const numeric = NUMERIC.exec(text);
  if (!numeric) return text;
  const [, day = "", month = "", year = today.slice(0, 4)] = numeric;
  const [yyyy, mm, dd] = [year.length === 2 ? `20${year}` : year, month.padStart(2, "0"), day.padStart(2, "0")];
  const iso = `${yyyy}-${mm}-${dd}`;
  return isDay(iso) ? iso : `${dd}/${mm}/${yyyy}`;
}

/** Reads `9 h 30`, `9h`, `09:30` or `930` into `HH:MM`; what is not a time comes back as typed. */
export function readTime(typed: string): string {
  const text = typed.trim().replace(/[\u00a0\u202f]/gu, " ");
  const match =
    /^(\d{1,2})\s*(?:h|:|\.)\s*(\d{2})?$/iu.exec(text) ?? /^(\d{1,2})(\d{2})$/u.exec(text) ?? /^(\d{1,2})$/u.exec(text);
  if (!match) return text;
  return `${(match[1] ?? "").padStart(2, "0")}:${match[2] ?? "00"}`;
}

/** Reads `1 h 30`, `1h30`, `90`, `90 min` into minutes; `null` when it is none of these. */
export function readMinutes(typed: string): number | null {
  const text = typed.trim().replace(/[\u00a0\u202f]/gu, " ");
  const hours = /^(\d{1,3})\s*h\s*(\d{1,2})?(?:\s*min)?$/iu.exec(text);
  if (hours) return Number(hours[1]) * 60 + Number(hours[2] ?? 0);
  const minutes = /^(\d{1,5})\s*(?:min|mn)?$/iu.exec(text);
  return minutes ? Number(minutes[1]) : null;
}
