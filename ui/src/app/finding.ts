/** What the palette lists for the words typed: records found by the core, then the actions on offer. */
import type { SearchHit } from "$lib/api";
import { plain } from "$lib/kit";
import type { MessageKey } from "$lib/messages";
import type { Action } from "$lib/navigation";

export type Category = "projects" | "people" | "notes" | "documents" | "others" | "actions";

export const CATEGORY_NAMES: Record<Category, MessageKey> = {
  projects: "palette.group.projects",
  people: "palette.group.people",
  notes: "palette.group.notes",
  documents: "palette.group.documents",
  others: "palette.group.others",
  actions: "palette.group.actions",
};

const CATEGORIES: Record<string, Category> = {
  project: "projects",
  support: "projects",
  organisation: "people",
  person: "people",
  affiliation: "people",
  territory: "people",
  session: "notes",
  request: "notes",
  need: "notes",
  obstacle: "notes",
  proposal: "notes",
  decision: "notes",
  task: "notes",
  document: "documents",
  resource: "documents",
};
const ORDER = Object.keys(CATEGORY_NAMES) as Category[];

export type Line = { category: Category; hit: SearchHit } | { category: "actions"; action: Action };

/** Returns the actions whose words hold all those typed; the best known ones first when nothing is typed. */
export function matchingActions(actions: readonly Action[], typed: string, limit: number): Action[] {
  const words = plain(typed).split(/\s+/u).filter(Boolean);
  return actions
    .filter((action) => {
      const text = plain(`${action.label} ${action.also ?? ""}`);
      return words.every((word) => text.includes(word));
    })
    .slice(0, limit);
}

/**
 * Returns the lines in the order of the categories, records kept in the order of the core within each. An action called
 * just as typed, such as going to a screen, is meant before any record that holds the word.
 */
export function lines(hits: readonly SearchHit[], actions: readonly Action[], typed = ""): Line[] {
  const named = actions.filter((action) => typed !== "" && plain(action.label) === plain(typed));
  const rest = actions.filter((action) => !named.includes(action));
  return [...named.map((action): Line => ({ category: "actions", action })), ...inOrder(hits, rest)];
}

function inOrder(hits: readonly SearchHit[], actions: readonly Action[]): Line[] {
  const found: Line[] = [
    ...hits.map((hit): Line => ({ category: CATEGORIES[hit.entity] ?? "others", hit })),
    ...actions.map((action): Line => ({ category: "actions", action })),
  ];
  return ORDER.flatMap((category) => found.filter((line) => line.category === category));
}

/** Cuts an excerpt at its marks. Marks that overlap or go past the end are passed over. */
export function excerptParts(
  excerpt: string,
  marks: readonly (readonly [number, number])[],
): { text: string; isMarked: boolean }[] {
  const parts: { text: string; isMarked: boolean }[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    if (start < at || end > excerpt.length || end <= start) continue;
    parts.push(
      { text: excerpt.slice(at, start), isMarked: false },
      { text: excerpt.slice(start, end), isMarked: true },
    );
    at = end;
  }
  parts.push({ text: excerpt.slice(at), isMarked: false });
  return parts.filter((part) => part.text !== "");
}
