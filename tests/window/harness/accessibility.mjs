// @ts-check
/** Runs axe-core in the page and tells its findings as sentences. */
import axe from "axe-core";

/** Which rules of axe-core a check runs. */
const WCAG = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
const OF_COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/**
 * @param {import("selenium-webdriver").WebDriver} driver
 * @param {{ onlyColours?: boolean }} [options] only what a theme can break, on a screen that was checked whole in another
 * @returns {Promise<string[]>} one entry per broken rule, empty when the screen is right
 */
export async function violations(driver, { onlyColours = false } = {}) {
  // Half a megabyte, sent once for each page.
  if (!(await driver.executeScript("return Boolean(window.axe)"))) await driver.executeScript(axe.source);
  const script = `
    const [runOnly, done] = arguments;
    const options = {
      runOnly,
      rules: runOnly.type === "tag" ? { "target-size": { enabled: true } } : {},
      resultTypes: ["violations"],
      // Nothing here plays by itself or depends on how the screen is held: what reads style sheets and media for that.
      preload: false,
    };
    window.axe.run(document, options).then(
      (result) => done({ violations: result.violations, checked: result.passes.length }),
      (error) => done({ error: String(error) }),
    );`;
  /** @type {{ error?: string, checked: number, violations: import("axe-core").Result[] }} */
  const outcome = await driver.executeAsyncScript(script, onlyColours ? OF_COLOURS : WCAG);
  if (outcome.error) throw new Error(`axe-core did not finish: ${outcome.error}`);
  if (outcome.checked === 0) throw new Error("axe-core found nothing to check: is the page empty?");
  return outcome.violations.map(sentence);
}

/** @param {import("axe-core").Result} rule */
function sentence(rule) {
  const places = rule.nodes.slice(0, 5).map((node) => {
    const why = (node.failureSummary ?? "").replace(/^Fix .*:\n\s*/, "").replace(/\s*\n\s*/g, "; ");
    return `    ${node.target.join(" ")}\n      ${node.html.slice(0, 200)}\n      ${why}`;
  });
  const more = rule.nodes.length > 5 ? `\n    and ${rule.nodes.length - 5} more` : "";
  return `  ${rule.id} (${rule.impact}): ${rule.help}\n${places.join("\n")}${more}`;
}
