/** The territories of the carnet that a territory holds, so that a department also finds its communes. */
import { listOf, recordGet, recordList, textOf, type Filter, type RecordView } from "$lib/api";

const PAGE = 1000;
/** Commune, EPCI, department, region, country: no chain of territories is longer. */
const STEPS = 5;

async function all(filters: Filter[]): Promise<RecordView[]> {
  const found: RecordView[] = [];
  for (;;) {
    const page = await recordList({ entity: "territory", filters, offset: found.length, limit: PAGE });
    found.push(...page.rows);
    if (page.rows.length < PAGE) return found;
  }
}

/** The code after every code that begins with `prefix`. */
const past = (prefix: string) =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);

/**
 * Returns the ids of a territory, of those it is composed of, of those that name it as the level above, and of the
 * communes whose official code is that of a department.
 */
export async function territoriesWithin(id: string): Promise<string[]> {
  const chosen = await recordGet("territory", id);
  const known = new Set([id, ...listOf(chosen, "components")]);
  const code = textOf(chosen, "insee_code");
  if (chosen.fields.kind === "country") {
    const country = textOf(chosen, "country");
    for (const one of await all([{ field: "country", op: "is", value: country }])) known.add(one.id);
  } else if (chosen.fields.kind === "department" && code) {
    const communes = await all([
      { field: "kind", op: "is", value: "municipality" },
      { field: "insee_code", op: "from", value: code },
      { field: "insee_code", op: "before", value: past(code) },
    ]);
    for (const one of communes) known.add(one.id);
  }
  let last = [...known];
  for (let step = 0; step < STEPS && last.length > 0; step++) {
    const below = await all([{ field: "parent", op: "one_of", value: last }]);
    last = below.flatMap((one) => [one.id, ...listOf(one, "components")]).filter((one) => !known.has(one));
    for (const one of last) known.add(one);
  }
  return [...known];
}
