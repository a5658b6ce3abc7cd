/** What narrows the list of supports: read from the address, written to it, asked of the core. Pure. */
import type { Filter, Sort } from "$lib/api";

/** Values chosen for each filter; empty lists and texts narrow nothing. */
export interface Criteria {
  text: string;
  statuses: string[];
  formats: string[];
  /** Id of an organisation. */
  organisation: string;
  /** Id of a person. */
  beneficiary: string;
  sort: Sort;
}

/** The criteria that a person can take back one by one. */
export const CRITERIA = ["text", "statuses", "formats", "organisation", "beneficiary"] as const;
export type CriterionName = (typeof CRITERIA)[number];

export const LATEST_FIRST: Sort = { field: "opened_on", descending: true };
const NAMES: Record<CriterionName, string> = {
  text: "q",
  statuses: "etat",
  formats: "forme",
  organisation: "structure",
  beneficiary: "personne",
};

/** Reads the criteria of an address. */
export function readCriteria(query: URLSearchParams): Criteria {
  const list = (name: string) => (query.get(name) ?? "").split(",").filter(Boolean);
  const sort = query.get("tri") ?? "";
  return {
    text: query.get(NAMES.text) ?? "",
    statuses: list(NAMES.statuses),
    formats: list(NAMES.formats),
    organisation: query.get(NAMES.organisation) ?? "",
    beneficiary: query.get(NAMES.beneficiary) ?? "",
    sort: sort ? { field: sort.replace(/^-/u, ""), descending: sort.startsWith("-") } : LATEST_FIRST,
  };
}

/** Returns the parameters of an address that say these criteria. */
export function writeCriteria(criteria: Criteria): Record<string, string | null> {
  const { field, descending } = criteria.sort;
  const isUsual = field === LATEST_FIRST.field && descending === LATEST_FIRST.descending;
  return {
    [NAMES.text]: criteria.text || null,
    [NAMES.statuses]: criteria.statuses.join(",") || null,
    [NAMES.formats]: criteria.formats.join(",") || null,
    [NAMES.organisation]: criteria.organisation || null,
    [NAMES.beneficiary]: criteria.beneficiary || null,
    tri: isUsual ? null : `${descending ? "-" : ""}${field}`,
  };
}

/** Returns the filters to ask for. */
export function filtersOf(criteria: Criteria): Filter[] {
  const filters: Filter[] = [];
  if (criteria.statuses.length > 0) filters.push({ field: "status", op: "one_of", value: criteria.statuses });
  if (criteria.formats.length > 0) filters.push({ field: "format", op: "one_of", value: criteria.formats });
  if (criteria.organisation) filters.push({ field: "organisation", op: "is", value: criteria.organisation });
  if (criteria.beneficiary)
    filters.push({ field: "beneficiaries", op: "contains", value: criteria.beneficiary });
  return filters;
}

/** Returns the names of the criteria that narrow the list. */
export const narrowing = (criteria: Criteria): CriterionName[] =>
  CRITERIA.filter((name) => (name === "text" ? criteria.text.trim() !== "" : criteria[name].length > 0));

/** Returns the criteria without one of them. */
export const without = (criteria: Criteria, name: CriterionName): Criteria => ({
  ...criteria,
  [name]: Array.isArray(criteria[name]) ? [] : "",
});
