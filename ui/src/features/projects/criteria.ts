/** What narrows the projects on both views: read from the address, written to it, asked of the core. Pure. */
import type { Filter, Sort } from "$lib/api";

export type View = "board" | "table";

/** Values chosen for each filter; empty lists and texts narrow nothing. */
export interface Criteria {
  view: View;
  text: string;
  organisations: string[];
  phases: string[];
  statuses: string[];
  types: string[];
  themes: string[];
  sort: Sort;
}

export const BY_MATURITY: Sort = { field: "maturity", descending: true };
const TABLE = "tableau";

const LISTS = {
  organisations: "gst",
  phases: "phase",
  statuses: "etat",
  types: "type",
  themes: "theme",
} as const;
export type ListName = keyof typeof LISTS;
const LIST_NAMES = Object.keys(LISTS) as ListName[];
const FIELDS: Record<ListName, string> = {
  organisations: "organisation",
  phases: "phase",
  statuses: "status",
  types: "cooperation_type",
  themes: "themes",
};

/** The criteria that a person can take back one by one. */
export type CriterionName = ListName | "text";

/** Returns the field of the project that a criterion is about. */
export const fieldOf = (name: ListName): string => FIELDS[name];

/** Reads the criteria of an address. */
export function readCriteria(query: URLSearchParams): Criteria {
  const list = (name: ListName) => (query.get(LISTS[name]) ?? "").split(",").filter(Boolean);
  const sort = query.get("tri") ?? "";
  return {
    view: query.get("vue") === TABLE ? "table" : "board",
    text: query.get("q") ?? "",
    organisations: list("organisations"),
    phases: list("phases"),
    statuses: list("statuses"),
    types: list("types"),
    themes: list("themes"),
    sort: sort ? { field: sort.replace(/^-/u, ""), descending: sort.startsWith("-") } : BY_MATURITY,
  };
}

/** Returns the parameters of an address that say these criteria. */
export function writeCriteria(criteria: Criteria): Record<string, string | null> {
  const { field, descending } = criteria.sort;
  const isUsual = field === BY_MATURITY.field && descending;
  return {
    vue: criteria.view === "table" ? TABLE : null,
    q: criteria.text || null,
    ...Object.fromEntries(LIST_NAMES.map((name) => [LISTS[name], criteria[name].join(",") || null])),
    tri: isUsual ? null : `${descending ? "-" : ""}${field}`,
  };
}

/** Returns the filters to ask for; `except` leaves one of them to the caller. */
export function filtersOf(criteria: Criteria, except?: ListName): Filter[] {
  return LIST_NAMES.filter((name) => name !== except && criteria[name].length > 0).map((name) => ({
    field: FIELDS[name],
    op: name === "themes" ? "contains" : "one_of",
    value: criteria[name],
  }));
}

/** Returns the names of the criteria that narrow the list. */
export function narrowing(criteria: Criteria): CriterionName[] {
  const names: CriterionName[] = LIST_NAMES.filter((name) => criteria[name].length > 0);
  if (criteria.text.trim() !== "") names.push("text");
  return names;
}

/** Returns the criteria without one of them. */
export const without = (criteria: Criteria, name: CriterionName): Criteria => ({
  ...criteria,
  [name]: name === "text" ? "" : [],
});

/** Returns the criteria without any of them: the view and the sort stay. */
export const cleared = (criteria: Criteria): Criteria =>
  narrowing(criteria).reduce((left, name) => without(left, name), criteria);
