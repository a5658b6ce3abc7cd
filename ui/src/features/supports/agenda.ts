/** The agenda of a session as lines to tick; what is treated and what is left follow the ticks. Pure. */

export interface Points {
  agenda: string;
  points_treated: string;
  points_left: string;
}

export interface AgendaLine {
  text: string;
  isTreated: boolean;
}

const linesOf = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
const without = (lines: readonly string[], line: string) => lines.filter((one) => one !== line);

/** Returns the lines of the agenda, each once. */
export function agendaLines(points: Points): AgendaLine[] {
  const treated = new Set(linesOf(points.points_treated));
  return [...new Set(linesOf(points.agenda))].map((text) => ({ text, isTreated: treated.has(text) }));
}

/** Returns what is treated and what is left once a line is ticked, or unticked; other lines stay where they are. */
export function ticked(
  points: Points,
  line: string,
  isTreated: boolean,
): Pick<Points, "points_treated" | "points_left"> {
  const treated = without(linesOf(points.points_treated), line);
  if (isTreated) treated.push(line);
  const agenda = agendaLines(points).map((one) => one.text);
  const left = linesOf(points.points_left).filter((one) => !agenda.includes(one));
  const open = agenda.filter((one) => !treated.includes(one));
  return { points_treated: treated.join("\n"), points_left: [...open, ...left].join("\n") };
}

/** Returns the agenda with one more line; the same agenda when it holds the line already. */
export function withLine(agenda: string, line: string): string {
  const added = line.trim().replace(/\s+/gu, " ");
  const lines = linesOf(agenda);
  return added === "" || lines.includes(added) ? agenda : [...lines, added].join("\n");
}
