// @ts-check
/** What a French reader would stumble on in the words of a screen. */
import { readFileSync } from "node:fs";

const messages = readFileSync(new URL("../../../ui/messages/fr.json", import.meta.url), "utf8");
const SECTIONS = [...new Set(Object.keys(JSON.parse(messages)).map((key) => key.split(".")[0]))];

const RULES = [
  { name: "the key of a message in its place", pattern: `^(?:${SECTIONS.join("|")})(?:\\.[a-z0-9_]+)+$` },
  { name: "a space that may break before a mark", pattern: "\\S [;:!?»]" },
  { name: "a space that may break after a guillemet", pattern: "« " },
  { name: "a straight apostrophe", pattern: "\\p{L}'\\p{L}" },
];

/**
 * One entry for each text of the page that breaks a rule; what is marked `translate="no"` is someone's own words.
 * @param {import("selenium-webdriver").WebDriver} driver
 * @returns {Promise<string[]>}
 */
export async function misprints(driver) {
  const script = `
    const rules = arguments[0].map(({ name, pattern }) => ({ name, pattern: new RegExp(pattern, "u") }));
    const texts = new Set();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walk.currentNode; node; node = walk.nextNode()) {
      const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
      if (!element || element.closest("script, style, [translate=no]")) continue;
      if (node.nodeType === Node.TEXT_NODE) texts.add(node.data.trim());
      else for (const name of ["aria-label", "placeholder", "title", "alt"]) texts.add(element.getAttribute(name) ?? "");
    }
    return [...texts].flatMap((text) =>
      rules.filter(({ pattern }) => pattern.test(text)).map(({ name }) => name + ": “" + text.slice(0, 120) + "”"));`;
  return driver.executeScript(script, RULES);
}
