/** Which fields a form shows first and which it folds, and what a new record opens on before anybody chose. Pure. */
import {
  entityMeta,
  enumValues,
  fieldsOf,
  type EntityName,
  type FieldMeta,
  type GroupMeta,
  type Patch,
} from "$lib/api";
import type { IsoDate } from "$lib/messages";

/** A new record opens on its first state, its country and today, all of them shown and changeable. */
export function opening(entity: EntityName, today: IsoDate): Patch {
  const patch: Patch = {};
  for (const field of fieldsOf(entity)) {
    if (!field.required) continue;
    const isState = field.kind === "enum" && /(^|_)(status|state|maturity)$/u.test(field.name);
    const firstState = isState ? enumValues(field.target ?? "")[0] : undefined;
    if (firstState) patch[field.name] = firstState;
    else if (field.kind === "country") patch[field.name] = "FR";
    else if (field.kind === "date") patch[field.name] = today;
  }
  return patch;
}

export interface Wanted {
  /** The names of the first fields; the brief ones of the entity when left out. */
  fields: readonly string[] | undefined;
  /** Fields that the form never shows. */
  hidden: readonly string[];
  /** The record is being created: what is required comes first. */
  isNew: boolean;
}

/** Returns the first fields of a form, and the others by group. */
export function formFields(
  entity: EntityName,
  { fields, hidden, isNew }: Wanted,
): { first: FieldMeta[]; groups: GroupMeta[] } {
  const all = fieldsOf(entity).filter((field) => !hidden.includes(field.name));
  const names = new Set([
    ...(fields ?? all.filter((field) => field.is_brief).map((field) => field.name)),
    ...(isNew ? all.filter((field) => field.required).map((field) => field.name) : []),
  ]);
  const folded = (field: FieldMeta) => !names.has(field.name) && !hidden.includes(field.name);
  return {
    first: [...names].flatMap((name) => all.find((field) => field.name === name) ?? []),
    groups: (entityMeta(entity)?.groups ?? [])
      .map((group) => ({ name: group.name, fields: group.fields.filter(folded) }))
      .filter((group) => group.fields.length > 0),
  };
}
