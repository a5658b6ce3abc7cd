/** For whom each document is made, as the core says it, and the name that its file is offered under. Pure. */
import { DOCUMENTS, type Audience, type DocumentName } from "$lib/api";
import type { IsoDate } from "$lib/messages";

/** Returns the documents of a list that this version makes. */
export const known = (documents: readonly string[]): DocumentName[] =>
  documents.filter((one): one is DocumentName => one in DOCUMENTS);

/** Returns for whom a document may be made, the usual one first. */
export const audiencesOf = (document: DocumentName): readonly Audience[] => DOCUMENTS[document].audiences;

/** Says whether a document can begin at a day. */
export const canBegin = (document: DocumentName): boolean => DOCUMENTS[document].can_begin;

const LONGEST = 40;

/** Returns a piece of a file name: letters without accents, digits and hyphens. */
export function slug(text: string): string {
  const words = text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/œ/giu, "oe")
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter(Boolean);
  let kept = "";
  for (const word of words) {
    const next = kept ? `${kept}-${word}` : word.slice(0, LONGEST);
    if (next.length > LONGEST) break;
    kept = next;
  }
  return kept;
}

/** Returns the file name to propose: day, what it is about, which document. */
export function fileName(day: IsoDate, about: string, document: string, format: string): string {
  return `${[day, slug(about), slug(document)].filter(Boolean).join("-")}.${format}`;
}
