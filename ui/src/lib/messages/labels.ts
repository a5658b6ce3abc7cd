/**
 * How a commit is called, in the language on screen.
 *
 * A commit keeps the words of whoever wrote it. Those are sentences of the program, so that they are found again among
 * the messages of either language and said in the other; what is none of them is shown as it is.
 */
import {
  isMessage,
  language,
  shown,
  t,
  wordings,
  type Language,
  type MessageKey,
  type MessageParams,
} from "./messages.svelte";
import { french } from "./typography";

/** The sentences with something of the record in them, the narrower before the wider. */
const SENTENCES = [
  "commit.done_again",
  "commit.undone",
  "commit.import",
  "commit.officer",
  "kit.conflict.settled",
  "kit.history.put_back",
  "exchange.changes.undone_field",
  "kit.form.level_changed",
  "kit.form.created",
  "duplicates.united",
  "duplicates.refused",
  "organisations.created",
  "organisations.person_added",
  "organisations.person_joined",
  "organisations.position_ended",
  "projects.corrected",
  "projects.list_applied",
  "projects.pass_to",
  "projects.point_checked",
  "projects.reminded",
  "projects.task_done",
  "session.attendee_added",
  "session.obstacle_added",
  "supports.created",
  "supports.level_changed",
  "supports.moved",
  "kit.form.changed",
  "projects.commit",
  "kit.created",
] as const satisfies readonly MessageKey[];

/** Parameters that are themselves words of the program; one that must be known tells the sentence from another. */
const WORDS: Record<string, { of: string; mustBeKnown: boolean }> = {
  field: { of: "field.", mustBeKnown: true },
  what: { of: "entity.", mustBeKnown: true },
  status: { of: "enum.", mustBeKnown: false },
  kind: { of: "enum.", mustBeKnown: false },
  to: { of: "enum.", mustBeKnown: false },
};
const LANGUAGES: readonly Language[] = ["fr", "en"];
/** Whose words a whole message is taken for when several say the same. */
const FIRST = ["commit.", "field.", "entity.", "enum."];

/** Spaces and apostrophes as nobody shows them, so that a text is compared however it was written. */
const plain = (text: string) =>
  french(text)
    .replace(/[\u00a0\u202f]/gu, " ")
    .replace(/’/gu, "'");

interface Reading {
  /** The key of each whole message, those that name commits and fields before the others. */
  keys: ReadonlyMap<string, MessageKey>;
  /** The same of the messages whose keys begin so. */
  words: ReadonlyMap<string, ReadonlyMap<string, MessageKey>>;
  sentences: readonly { key: MessageKey; pattern: RegExp }[];
}

const readings = new Map<Language, Reading>();

function readingIn(of: Language): Reading {
  const known = readings.get(of);
  if (known) return known;
  const all = wordings(of);
  const keys = new Map<string, MessageKey>();
  const words = new Map(FIRST.map((first) => [first, new Map<string, MessageKey>()]));
  const rank = (key: string) => (FIRST.findIndex((one) => key.startsWith(one)) + 1 || FIRST.length + 1);
  for (const key of Object.keys(all).toSorted((a, b) => rank(a) - rank(b))) {
    const text = plain(all[key] ?? "");
    if (!isMessage(key) || text.includes("{")) continue;
    if (!keys.has(text)) keys.set(text, key);
    const among = words.get(FIRST[rank(key) - 1] ?? "");
    if (among && !among.has(text)) among.set(text, key);
  }
  const sentences = SENTENCES.map((key) => {
    const source = plain(all[key] ?? "")
      .replace(/[.*+?^$()|[\]\\]/gu, "\\$&")
      .replace(/\{(\w+)\}/gu, "(?<$1>.+?)");
    return { key, pattern: new RegExp(`^${source}$`, "u") };
  });
  const reading = { keys, words, sentences };
  readings.set(of, reading);
  return reading;
}

/** Returns a word of the program in the language on screen; null when it is none. */
function word(text: string, of: string, from: Language): string | null {
  const key = readingIn(from).words.get(of)?.get(text);
  return key ? t(key) : null;
}

function paramsIn(groups: Record<string, string>, from: Language): MessageParams | null {
  const params: MessageParams = {};
  for (const [name, text] of Object.entries(groups)) {
    const words = WORDS[name];
    const said = name === "label" ? labelInWords(text) : words ? word(text, words.of, from) : text;
    if (said === null && words?.mustBeKnown) return null;
    params[name] = said ?? text;
  }
  return params;
}

/** Returns how a commit is called, in the language on screen. */
export function labelInWords(stored: string): string {
  const text = plain(stored);
  const here = language();
  for (const from of [here, ...LANGUAGES.filter((one) => one !== here)]) {
    const { keys, sentences } = readingIn(from);
    const whole = keys.get(text);
    if (whole) return from === here ? shown(stored) : t(whole);
    for (const { key, pattern } of sentences) {
      const groups = pattern.exec(text)?.groups;
      const params = groups && paramsIn(groups, from);
      if (params) return t(key, params);
    }
  }
  return shown(stored);
}
