/** The words for why two records may be one, and for what links to each. */
import type { ComparedField, DuplicatePair, DuplicateReason, EntityName, Keep, Linked } from "$lib/api";
import { fieldName, kindName, opening, showCount, shown, t } from "$lib/messages";

/** Returns the short name of a kind of record: « Structure ». */
export const sortName = (entity: EntityName): string => opening(kindName(entity));

/** Returns a label as it stands in a sentence: « courriel », « n° SIREN »; initials stay as they are. */
export function inSentence(text: string): string {
  const second = text.charAt(1);
  const isInitials = second !== second.toLocaleLowerCase();
  return isInitials ? text : text.charAt(0).toLocaleLowerCase() + text.slice(1);
}

/** Returns a reason in a few words, as a list shows it. */
export function shortReason(entity: EntityName, why: DuplicateReason): string {
  switch (why.code) {
    case "same_field":
      return t("duplicates.why.same_field", { field: inSentence(fieldName(entity, why.field)) });
    case "same_link":
      return t("duplicates.why.same_link", { what: kindName(why.entity) });
    case "letters":
      return t("duplicates.why.letters", { count: why.letters });
    case "parted":
    case "same_name":
    case "same_words":
    case "common_words":
      return t(`duplicates.why.${why.code}`);
  }
}

/** Returns the strongest reasons in a line: « Même nom, même personne ». */
export function shortReasons({ entity, why }: Pick<DuplicatePair, "entity" | "why">, atMost = 2): string {
  const words = [...new Set(why.map((one) => shortReason(entity, one)))];
  return opening(words.slice(0, atMost).join(", "));
}

/** A reason as a sentence goes on with it; what both share is named apart, to stand out. */
export interface Reason {
  words: string;
  shared: string;
}

/** Returns every reason, each with the record that both share, where there is one. */
export function longReasons({ entity, why }: Pick<DuplicatePair, "entity" | "why">): Reason[] {
  return why.map((one) => ({
    words:
      one.code === "same_words" || one.code === "parted"
        ? t(`duplicates.why.${one.code}_long`)
        : shortReason(entity, one),
    shared: "title" in one && one.title ? shown(one.title) : "",
  }));
}

/** Returns what links to a record: « 1 projet, 6 temps passés ». A position in a structure is told as the person. */
export const linkedWords = (of: EntityName, linked: readonly Linked[]): string =>
  linked
    .map(({ entity, count }) => {
      const kind = of === "organisation" && entity === "affiliation" ? "person" : entity;
      return `${showCount(count)} ${kindName(kind, count)}`;
    })
    .join(", ");

/** Returns what is kept of a field whose values are not both kept. */
export function keptWords({ relation }: Pick<ComparedField, "relation">, keep: Keep): string {
  if (relation === "same") return t("duplicates.same");
  return keep === "other" ? t("duplicates.of_right") : t("duplicates.of_left");
}
