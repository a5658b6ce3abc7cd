/** Records that may be one: found, set side by side, united, or said to be two. */
import { call } from "./commands";
import type * as core from "./generated/types";
import type { EntityName } from "./types";

export type {
  ComparedField,
  Comparison,
  Likely as Duplicates,
  LikelyPair as DuplicatePair,
  Why as DuplicateReason,
  Keep,
  Linked,
} from "./generated/types";

/** Two records of one entity. */
export interface TwoRecords {
  entity: EntityName;
  one: string;
  other: string;
}

export const duplicateList = (limit: number) => call("duplicate_list", { limit });
export const duplicateCompare = (two: TwoRecords) => call("duplicate_compare", { ...two });
/** Unites two records; of the fields in `choices`, keeps what they say. */
export const duplicateUnite = (two: TwoRecords, choices: Record<string, core.Keep>, label: string) =>
  call("duplicate_unite", { ...two, choices, label });
export const duplicateRefuse = (two: TwoRecords, label: string) =>
  call("duplicate_refuse", { ...two, label });
