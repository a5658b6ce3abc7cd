/** What is reminded and asked when a project changes maturity, phase or state (domain.md §4.3). Never a lock. Pure. */
import {
  enumValues,
  fieldMeta,
  recordCounts,
  type CountRequest,
  type Filter,
  type RecordView,
} from "$lib/api";
import type { MessageKey } from "$lib/messages";

export type StateField = "maturity" | "phase" | "status";
export const STATE_FIELDS: readonly StateField[] = ["maturity", "phase", "status"];

/** Returns the enumeration of a state field. */
export const enumerationOf = (field: StateField): string => fieldMeta("project", field)?.target ?? "";
/** Returns the values of a state field, in the order of the work. */
export const valuesOf = (field: StateField): string[] => enumValues(enumerationOf(field));

/** Records linked to the project that a passage reminds of, and how many are hoped for. */
interface Link {
  entity: string;
  filters: Filter[];
  least: number;
  words: MessageKey;
}
const is = (field: string, value: string): Filter => ({ field, op: "is", value });
const LINKS = {
  attempts: { entity: "contact_attempt", filters: [], least: 1, words: "projects.condition.attempts" },
  means: { entity: "means", filters: [], least: 1, words: "projects.condition.means" },
  common_action: {
    entity: "project_action",
    filters: [is("kind", "common_action")],
    least: 1,
    words: "projects.condition.common_action",
  },
  participations: {
    entity: "participation",
    filters: [],
    least: 2,
    words: "projects.condition.participations",
  },
  lead_partner: {
    entity: "participation",
    filters: [is("role", "lead_partner")],
    least: 1,
    words: "projects.condition.lead_partner",
  },
  offer: { entity: "offer", filters: [], least: 1, words: "projects.condition.offer" },
  selected: {
    entity: "contact_attempt",
    filters: [is("outcome", "selected")],
    least: 1,
    words: "projects.condition.selected",
  },
  first_meeting: {
    entity: "event",
    filters: [is("kind", "first_meeting")],
    least: 1,
    words: "projects.condition.first_meeting",
  },
  signed: {
    entity: "agreement",
    filters: [{ field: "signed_on", op: "is_set" }],
    least: 1,
    words: "projects.condition.signed",
  },
  decided: {
    entity: "funding",
    filters: [{ field: "decided_on", op: "is_set" }],
    least: 1,
    words: "projects.condition.decided",
  },
  added_value: { entity: "added_value", filters: [], least: 1, words: "projects.condition.added_value" },
} as const satisfies Record<string, Link>;
type LinkName = keyof typeof LINKS;

interface Step {
  /** Fields of the project to write at the passage. */
  fields?: readonly string[];
  /** Those of them without which the passage says nothing. */
  required?: readonly string[];
  links?: readonly LinkName[];
}
const STEPS: Record<StateField, Record<string, Step>> = {
  maturity: {
    lead: { fields: ["wording", "expected_result"] },
    pre_project: {
      fields: ["strategy_link", "success_criteria", "public_mobilised", "beyond_public_aid"],
      links: ["attempts", "means"],
    },
    project: { links: ["common_action", "participations", "lead_partner"] },
  },
  phase: {
    partner_finding: { fields: ["rank", "rank_reason"], links: ["offer"] },
    formalisation: { links: ["first_meeting", "selected", "participations"] },
    implementation: { fields: ["starts_on"], links: ["signed", "decided"] },
    closing: { fields: ["results"], links: ["added_value"] },
  },
  status: {
    completed: { fields: ["sequel", "sequel_note"], required: ["sequel"] },
    set_aside: { fields: ["rank_reason"] },
  },
};
const stepOf = (field: StateField, to: string): Step => STEPS[field][to] ?? {};

/** Returns the fields to write at a passage. */
export const fieldsAsked = (field: StateField, to: string): readonly string[] =>
  stepOf(field, to).fields ?? [];
/** Returns the fields without which a passage is refused. */
export const fieldsRequired = (field: StateField, to: string): readonly string[] =>
  stepOf(field, to).required ?? [];

/** Whether the reason of a passage is asked: going back, leaping over a phase, or setting a project apart. */
export type ReasonAsked = "no" | "asked" | "required";
export function reasonAsked(field: StateField, from: string, to: string): ReasonAsked {
  if (field === "status") return to === "abandoned" ? "required" : to === "active" ? "no" : "asked";
  const distance = valuesOf(field).indexOf(to) - valuesOf(field).indexOf(from);
  const isLeap = field === "phase" && distance > 1;
  return distance < 0 || isLeap ? "asked" : "no";
}

/** Whether a project at this maturity is meant to circulate (R04). */
export const isMeantToCirculate = (maturity: string) =>
  valuesOf("maturity").indexOf(maturity) >= valuesOf("maturity").indexOf("pre_project");

/** A condition as it stands. */
export interface Condition {
  words: MessageKey;
  count: number;
  least: number;
}

/** Returns how the linked records that a passage reminds of stand for one project. */
export async function conditionsOf(
  project: Pick<RecordView, "id">,
  field: StateField,
  to: string,
): Promise<Condition[]> {
  const links = (stepOf(field, to).links ?? []).map((name): Link => LINKS[name]);
  if (links.length === 0) return [];
  const requests: CountRequest[] = links.map(({ entity, filters }) => ({
    entity,
    filters: [is("project", project.id), ...filters],
  }));
  const counts = await recordCounts(requests);
  return links.map(({ words, least }, index) => ({ words, least, count: counts[index]?.total ?? 0 }));
}
