/**
 * Who types in the fields of records: whatever settles a conflict asks them for their last words first, and tells them
 * what became of the field.
 */
import type { ConflictView } from "./exchange";
import type { EntityName, Value } from "./types";

export interface Typist {
  readonly entity: EntityName;
  /** Null until the record is made. */
  readonly id: string | null;
  /** Resolves once all that was handed on so far is kept, or refused; a field hands on what is typed as it is left. */
  flush(): Promise<unknown>;
  /** The field holds this from now on: what was typed in it waits no more. */
  settled(field: string, value: Value): void;
}

type Place = Pick<ConflictView, "entity" | "row" | "field">;

const typists = new Set<Typist>();

/** Makes a typist known; returns how they leave. */
export function joinTypists(typist: Typist): () => void {
  typists.add(typist);
  return () => typists.delete(typist);
}

const typistsOf = (place: Place) =>
  [...typists].filter((one) => one.entity === place.entity && one.id === place.row);

/** Resolves once everything typed in the record is handed on. */
export async function lastWords(place: Place): Promise<void> {
  await Promise.all(typistsOf(place).map((one) => one.flush()));
}

/** Tells those who type in the record what became of the field. */
export function tellSettled(place: Place, value: Value): void {
  for (const one of typistsOf(place)) one.settled(place.field, value);
}
