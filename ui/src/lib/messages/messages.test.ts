import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";
import en from "$messages/en.json";
import fr from "$messages/fr.json";
import { french } from "./typography";

const ENGLISH: Record<string, string> = en;
const FRENCH: Record<string, string> = fr;

type Element = { type: number; value?: unknown; options?: Record<string, { value: Element[] }> };
const LITERAL = 0;
const POUND = 7;

const parameters = (elements: Element[]): string[] =>
  elements.flatMap((element) => [
    ...(element.type === LITERAL || element.type === POUND ? [] : [String(element.value)]),
    ...Object.values(element.options ?? {}).flatMap((option) => parameters(option.value)),
  ]);

const placeholders = (source: string) =>
  [...new Set(parameters(new IntlMessageFormat(source, "fr").getAst() as Element[]))].toSorted().join();

describe("messages", () => {
  it("have the same keys in French and in English, sorted", () => {
    expect(Object.keys(FRENCH)).toEqual(Object.keys(ENGLISH));
    expect(Object.keys(FRENCH)).toEqual(Object.keys(FRENCH).toSorted());
  });

  it("take the same parameters in both languages", () => {
    const differing = Object.keys(FRENCH).filter(
      (key) =>
        placeholders(FRENCH[key] ?? "") !== placeholders(ENGLISH[key] ?? ""),
    );
    expect(differing).toEqual([]);
  });

  it("are all well-formed ICU messages", () => {
    for (const [language, messages] of Object.entries({ fr: FRENCH, en: ENGLISH }))
      for (const source of Object.values(messages))
        expect(() => new IntlMessageFormat(source, language), source).not.toThrow();
  });

  it("use curved apostrophes and accented ellipses in French", () => {
    const straight = Object.entries(FRENCH).filter(([, text]) => /'|\.\.\./u.test(text));
    expect(straight).toEqual([]);
  });

  it("never put a plain space where French wants a no-break one, once shown", () => {
    const loose = Object.values(FRENCH).map(french).filter((text) => / [;!?:»](?: |$)/u.test(text));
    expect(loose).toEqual([]);
  });
});
