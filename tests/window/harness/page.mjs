// @ts-check
/** Looks elements up inside the page by what assistive technology is told of them. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** @typedef {string | RegExp} Text */
/** @typedef {import("selenium-webdriver").WebElement} Element */

const require = createRequire(import.meta.url);
const testingLibrary = readFileSync(
  require.resolve("@testing-library/dom").replace(/dist\/.*$/, "dist/@testing-library/dom.umd.min.js"),
  "utf8",
);

/** @param {Text | undefined} text */
const portable = (text) => (text instanceof RegExp ? { source: text.source, flags: text.flags } : text);

/** @param {Text | undefined} text */
export const shown = (text) =>
  text === undefined ? "" : text instanceof RegExp ? String(text) : `“${text}”`;

/**
 * The visible elements with this role, label or text, in the order of the page.
 * @param {import("selenium-webdriver").WebDriver} driver
 * @param {"Role" | "LabelText" | "Text"} kind
 * @param {Text} what
 * @param {{ name?: Text, within?: Element, [state: string]: unknown }} [options]
 * @returns {Promise<Element[]>}
 */
export async function query(driver, kind, what, { name, within, ...states } = {}) {
  const script = `
    const [kind, what, name, states, within] = arguments;
    if (!window.TestingLibraryDom) return null;
    const text = (t) => (t && t.source !== undefined ? new RegExp(t.source, t.flags) : t);
    const options = { ...states };
    if (name !== null) options.name = text(name);
    const isShown = (element) => element.getClientRects().length > 0;
    return window.TestingLibraryDom["queryAllBy" + kind](within ?? document.body, text(what), options).filter(isShown);`;
  const args = [kind, portable(what), portable(name) ?? null, states, within ?? null];
  /** @type {Element[] | null} */
  const found = await driver.executeScript(script, ...args);
  if (found) return found;
  await driver.executeScript(testingLibrary);
  return query(driver, kind, what, { name, within, ...states });
}

/**
 * What the page offers instead, for the sentence of a failed look-up.
 * @param {import("selenium-webdriver").WebDriver} driver
 * @param {string} role
 * @returns {Promise<string>}
 */
export async function offered(driver, role) {
  const elements = await query(driver, "Role", role).catch(() => []);
  const names = await Promise.all(
    elements.slice(0, 40).map((element) => element.getAccessibleName().catch(() => "?")),
  );
  return names.length === 0 ? `no ${role} at all` : names.map((name) => `“${name}”`).join(", ");
}
