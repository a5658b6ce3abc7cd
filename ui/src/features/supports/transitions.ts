/** The changes of status of a support: which follow which, and what each asks for (domain.md §4.1). Pure. */

export interface Transition {
  from: string;
  to: string;
  /** Last part of the message that names it. */
  name: string;
  icon: string;
  /** Fields of the support asked for. */
  fields: readonly string[];
  /** Those without which it is not done. */
  required: readonly string[];
  /** Fields that no longer hold once it is done. */
  cleared: readonly string[];
}

const move = (
  from: string,
  to: string,
  name: string,
  icon: string,
  rest: Partial<Transition> = {},
): Transition => ({
  from,
  to,
  name,
  icon,
  fields: [],
  required: [],
  cleared: [],
  ...rest,
});
const CLOSING = { fields: ["stop_reason", "stop_note"], required: ["stop_reason"] };

const TRANSITIONS: readonly Transition[] = [
  move("requested", "framing", "frame", "flag"),
  move("framing", "ongoing", "begin", "play", {
    fields: ["oral_commitment_on", "contour", "exclusions", "alternatives"],
    required: ["oral_commitment_on", "exclusions"],
  }),
  move("ongoing", "suspended", "suspend", "pause", CLOSING),
  move("suspended", "ongoing", "resume", "play", { cleared: ["stop_reason", "stop_note"] }),
  ...["requested", "framing", "ongoing", "suspended"].map((from) =>
    move(from, "closed", "close", "check", CLOSING),
  ),
  move("closed", "ongoing", "reopen", "play", { cleared: ["closed_on", "stop_reason", "stop_note"] }),
];

/** Returns the changes that a support in this status may take, the usual one first. */
export const transitionsFrom = (status: string): Transition[] =>
  TRANSITIONS.filter((one) => one.from === status);

/** The field that is the day of the change, where the support keeps it. */
export const dayField = (transition: Transition): string | null =>
  transition.to === "closed" ? "closed_on" : null;
