/**
 * Numbers, amounts, dates and durations as they are shown.
 *
 * French: 06/10/2026, « 6 oct. », « 1ᵉʳ oct. », « 9 h 30 », 1 234,50 €. English: 6 Oct, 9:30, €1,234.50.
 */
import { daysBetween, isDay, utcNoon, type IsoDate, type IsoDateTime } from "./dates";
import { language, shown, t } from "./messages.svelte";
import { NARROW } from "./typography";

const locale = () => (language() === "fr" ? "fr-FR" : "en-GB");
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function inWords(day: IsoDate, options: Intl.DateTimeFormatOptions): string {
  const id = `${locale()} ${JSON.stringify(options)}`;
  let format = dateFormats.get(id);
  if (!format) {
    format = new Intl.DateTimeFormat(locale(), { ...options, timeZone: "UTC" });
    dateFormats.set(id, format);
  }
  const text = format.format(utcNoon(day));
  return language() === "fr" ? text.replace(/(^|\s)1(?=\s\p{L})/u, "$11ᵉʳ") : text;
}

const hasDay = (value: unknown): value is string => typeof value === "string" && isDay(value.slice(0, 10));

/** How much of a date is said. */
export type DateStyle =
  | "numeric"
  | "short"
  | "short_year"
  | "long"
  | "weekday"
  | "weekday_short"
  | "month"
  | "month_short"
  | "month_short_year";

const STYLES: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  numeric: { day: "2-digit", month: "2-digit", year: "numeric" },
  short: { day: "numeric", month: "short" },
  short_year: { day: "numeric", month: "short", year: "numeric" },
  long: { day: "numeric", month: "long", year: "numeric" },
  weekday: { weekday: "long", day: "numeric", month: "long" },
  weekday_short: { weekday: "short", day: "numeric" },
  month: { month: "long", year: "numeric" },
  month_short: { month: "short" },
  month_short_year: { month: "short", year: "numeric" },
};

/** Shows the day of a date or of a date and time; empty for no date. */
export function showDate(value: unknown, style: DateStyle = "numeric"): string {
  return hasDay(value) ? inWords(value, STYLES[style]) : "";
}

/** Shows `HH:MM`, or the time of a date and time: « 9 h 30 », « 14 h ». */
export function showTime(value: unknown): string {
  const match = typeof value === "string" ? /(?:T|^)(\d{2}):(\d{2})/u.exec(value) : null;
  if (!match) return "";
  const hours = Number(match[1]);
  if (language() === "en") return `${hours}:${match[2]}`;
  return shown(match[2] === "00" ? `${hours} h` : `${hours} h ${match[2]}`);
}

/** Shows a date and its time: « 6 oct. 2026, 9 h 30 ». */
export function showDateTime(value: unknown, style: DateStyle = "short_year"): string {
  const time = showTime(value);
  return time ? `${showDate(value, style)}, ${time}` : showDate(value, style);
}

/** Shows a day as people say it within a week of `today` (auj., hier, vendredi), as a date beyond. */
export function showNear(value: IsoDate | IsoDateTime, today: IsoDate): string {
  const distance = daysBetween(today, value.slice(0, 10));
  if (distance === 0) return t("date.today");
  if (distance === -1) return t("date.yesterday");
  if (distance === 1) return t("date.tomorrow");
  if (Math.abs(distance) < 7) return inWords(value, { weekday: "long" });
  return showDate(value, value.slice(0, 4) === today.slice(0, 4) ? "short" : "short_year");
}

/** Shows a number with its thousands set apart; empty for none. */
export function showNumber(value: unknown, digits = 2): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return "";
  return value.toLocaleString(locale(), { maximumFractionDigits: digits });
}

/** Shows an amount in euros: 1 234,50 €; without cents when there are none. */
export function showMoney(value: unknown): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return "";
  const digits = Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString(locale(), {
    style: "currency",
    currency: "EUR",
    minimumFractionDigits: digits,
    maximumFractionDigits: 2,
  });
}

/** Shows a duration in minutes: « 1 h 30 », « 45 min ». */
export function showMinutes(value: unknown): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return "";
  const hours = Math.floor(value / 60);
  const minutes = value % 60;
  if (hours === 0) return shown(`${minutes} min`);
  if (minutes === 0) return shown(`${hours} h`);
  return shown(`${hours} h ${String(minutes).padStart(2, "0")}`);
}

/** Shows a count the short way: 1 234. */
export function showCount(value: number): string {
  return showNumber(value, 0);
}

/** Reads a number the way it is typed in French or English; `null` when it is not one. */
export function readNumber(typed: string): number | null {
  const text = typed.replace(new RegExp(`[\\s\\u00a0${NARROW}€%']`, "gu"), "").replace(",", ".");
  return /^-?\d+(\.\d+)?$/u.test(text) ? Number(text) : null;
}

/** Capitalises the first letter of a text that opens a line. */
export function opening(text: string): string {
  return text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);
}
