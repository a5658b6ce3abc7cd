/** What narrows the list of organisations: read from the address, written to it, asked of the core. Pure. */
import type { Filter, Sort } from "$lib/api";

/** Values chosen for each filter; empty lists and texts narrow nothing. */
export interface Criteria {
  text: string;
  types: string[];
  subtypes: string[];
  roles: string[];
  countries: string[];
  /** Id of a territory of the carnet. */
  territory: string;
  isSupported: boolean;
  sort: Sort;
}

export const BY_NAME: Sort = { field: "name", descending: false };
const ON = "1";

const LISTS = {
  types: "type",
  subtypes: "categorie",
  roles: "role",
  countries: "pays",
} as const;
type ListName = keyof typeof LISTS;
const LIST_NAMES = Object.keys(LISTS) as ListName[];

/** The criteria that a person can take back one by one. */
export type CriterionName = ListName | "text" | "territory" | "isSupported";

/** Reads the criteria of an address. */
export function readCriteria(query: URLSearchParams): Criteria {
  const list = (name: string) => (query.get(name) ?? "").split(",").filter(Boolean);
  const sort = query.get("tri") ?? "";
  return {
    text: query.get("q") ?? "",
    types: list(LISTS.types),
    subtypes: list(LISTS.subtypes),
    roles: list(LISTS.roles),
    countries: list(LISTS.countries),
    territory: query.get("territoire") ?? "",
    isSupported: query.get("accompagnes") === ON,
    sort: sort ? { field: sort.replace(/^-/u, ""), descending: sort.startsWith("-") } : BY_NAME,
  };
}

/** Returns the parameters of an address that say these criteria. */
export function writeCriteria(criteria: Criteria): Record<string, string | null> {
  const { field, descending } = criteria.sort;
  const isUsual = field === BY_NAME.field && !descending;
  return {
    q: criteria.text || null,
    ...Object.fromEntries(LIST_NAMES.map((name) => [LISTS[name], criteria[name].join(",") || null])),
    territoire: criteria.territory || null,
    accompagnes: criteria.isSupported ? ON : null,
    tri: isUsual ? null : `${descending ? "-" : ""}${field}`,
  };
}

/** Returns the filters to ask for; `territories` are those that the chosen one holds, itself included. */
export function filtersOf(criteria: Criteria, territories: readonly string[]): Filter[] {
  const filters: Filter[] = [];
  if (criteria.types.length > 0)
    filters.push({ field: "organisation_type", op: "one_of", value: criteria.types });
  if (criteria.subtypes.length > 0)
    filters.push({ field: "subtype", op: "one_of", value: criteria.subtypes });
  if (criteria.roles.length > 0) filters.push({ field: "roles", op: "contains", value: criteria.roles });
  if (criteria.countries.length > 0)
    filters.push({ field: "country", op: "one_of", value: criteria.countries });
  if (criteria.territory) filters.push({ field: "territory", op: "one_of", value: [...territories] });
  if (criteria.isSupported) filters.push({ field: "roles", op: "contains", value: "supported" });
  return filters;
}

/** Returns the names of the criteria that narrow the list. */
export function narrowing(criteria: Criteria): CriterionName[] {
  const names: CriterionName[] = LIST_NAMES.filter((name) => criteria[name].length > 0);
  if (criteria.text.trim() !== "") names.push("text");
  if (criteria.territory) names.push("territory");
  if (criteria.isSupported) names.push("isSupported");
  return names;
}

/** Returns the criteria without one of them. */
export function without(criteria: Criteria, name: CriterionName): Criteria {
  if (name === "isSupported") return { ...criteria, isSupported: false };
  if (name === "text" || name === "territory") return { ...criteria, [name]: "" };
  return { ...criteria, [name]: [] };
}
