/**
 * The words of the interface, in the language chosen.
 *
 * `t` takes a key that exists in fr.json, so a missing one does not compile; `label` is for keys built from the
 * model's names. Reading either in a component makes it follow a change of language.
 */
import { IntlMessageFormat } from "intl-messageformat";
import en from "$messages/en.json";
import fr from "$messages/fr.json";
import { french } from "./typography";

export type Language = "fr" | "en";
/** A key of messages/fr.json. */
export type MessageKey = keyof typeof fr;
export type MessageParams = Record<string, string | number | boolean | null | undefined>;

const MESSAGES: Record<Language, Record<string, string>> = { fr, en };

const chosen = $state<{ language: Language }>({ language: "fr" });
const parsed = new Map<string, IntlMessageFormat>();

/** Returns the language on screen. */
export function language(): Language {
  return chosen.language;
}

/** Changes the language on screen, and the page's `lang` for screen readers and hyphenation. */
export function setLanguage(next: Language): void {
  chosen.language = next;
  if (typeof document !== "undefined") document.documentElement.lang = next;
}

/** Returns every message of a language as it is written, by key. */
export const wordings = (of: Language): Readonly<Record<string, string>> => MESSAGES[of];

/** Returns a text as it should be shown in the language on screen. */
export function shown(text: string): string {
  return chosen.language === "fr" ? french(text) : text;
}

function write(key: string, source: string, params: MessageParams): string {
  const id = `${chosen.language} ${key}`;
  let message = parsed.get(id);
  if (!message) {
    message = new IntlMessageFormat(source, chosen.language === "fr" ? "fr-FR" : "en-GB");
    parsed.set(id, message);
  }
  return shown(String(message.format(params)));
}

/** Returns the sentence of `key` with `params` filled in. */
export function t(key: MessageKey, params: MessageParams = {}): string {
  return write(key, MESSAGES[chosen.language][key] ?? fr[key], params);
}

/** Says whether a key built at run time has a message. */
export function isMessage(key: string): key is MessageKey {
  return key in fr;
}

/** Returns the message of a key built from the model's names; the key itself if nobody has worded it. */
export function label(key: string, params: MessageParams = {}): string {
  return isMessage(key) ? t(key, params) : key;
}

/** Returns the name of an entity: one record ("Projet"). */
export const entityName = (entity: string) => label(`entity.${entity}`);
/** Returns the name of an entity in the plural ("Projets"). */
export const entitiesName = (entity: string) => label(`entities.${entity}`);
/** Returns the short name of a kind of record inside a sentence, in agreement with a number of them. */
export function kindName(entity: string, count = 1): string {
  const short = `kind.${entity}`;
  if (isMessage(short)) return t(short, { count });
  return (count === 1 ? entityName(entity) : entitiesName(entity)).toLocaleLowerCase();
}
/** Returns the label of a field; one that every entity has is named once for all. */
export function fieldName(entity: string, field: string): string {
  const any = `field.any.${field}`;
  const own = `field.${entity}.${field}`;
  return label(!isMessage(own) && isMessage(any) ? any : own);
}
/** Returns the label of one value of an enumeration; empty for no value. */
export const enumName = (enumeration: string, value: unknown) =>
  typeof value === "string" && value !== "" ? label(`enum.${enumeration}.${value}`) : "";
