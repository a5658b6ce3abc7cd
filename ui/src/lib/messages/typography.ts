/**
 * French typography, applied when a text is shown and never to what is stored.
 *
 * Only spaces that are already there change width, so an address or a code typed without spaces stays as typed.
 * Source: shared design §3.
 */

/** Narrow no-break space, before ; ! ? and between thousands. */
export const NARROW = "\u202f";
/** No-break space, before : and inside « ». */
export const NO_BREAK = "\u00a0";

const SPACES = "[ \\u00a0\\u202f]";
const RULES: readonly [RegExp, string][] = [
  [/\.\.\./gu, "…"],
  [/(?<=\p{L})'(?=\p{L})/gu, "’"],
  [new RegExp(`${SPACES}+(?=[;!?](?:$|[^\\p{L}\\p{N}]))`, "gu"), NARROW],
  [new RegExp(`${SPACES}+(?=:(?:$|\\s))`, "gu"), NO_BREAK],
  [new RegExp(`«${SPACES}*`, "gu"), `«${NO_BREAK}`],
  [new RegExp(`${SPACES}*»`, "gu"), `${NO_BREAK}»`],
  [new RegExp(`(?<=\\d)${SPACES}(?=\\d{3}(?!\\d))`, "gu"), NARROW],
  [new RegExp(`(?<=\\d)${SPACES}(?=[€%])`, "gu"), NO_BREAK],
  [new RegExp(`(?<=\\d)${SPACES}(h|min|j)(?![\\p{L}\\d])`, "gu"), `${NO_BREAK}$1`],
  [new RegExp(`(?<=\\d${NO_BREAK}h)${SPACES}(?=\\d)`, "gu"), NO_BREAK],
  [/\b1er\b/gu, "1ᵉʳ"],
];

/** Returns `text` with French spaces, apostrophes and ellipses. Applying it twice changes nothing more. */
export function french(text: string): string {
  const spaced = RULES.reduce((shown, [pattern, replacement]) => shown.replace(pattern, replacement), text);
  return nested(spaced);
}

/** Quotation marks inside « » are “ ”; left alone where they do not pair. */
function nested(text: string): string {
  if (text.indexOf("«") === text.lastIndexOf("«")) return text;
  let depth = 0;
  let isPaired = true;
  const shown = text.replace(/«\u00a0|\u00a0»/gu, (mark) => {
    if (mark.startsWith("«")) {
      depth += 1;
      return depth > 1 ? "“" : mark;
    }
    depth -= 1;
    if (depth < 0) isPaired = false;
    return depth > 0 ? "”" : mark;
  });
  return isPaired && depth === 0 ? shown : text;
}
