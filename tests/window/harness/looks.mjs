// @ts-check
/** Every state of a screen as a person may see it: its words, then light and dark by axe-core, its pictures kept. */

import { misprints } from "./words.mjs";

/** @typedef {import("./program.mjs").Program} Program */

/** The dark theme only changes colours. */
const THEMES = /** @type {const} */ ([
  { theme: "light", suffix: "", onlyColours: false },
  { theme: "dark", suffix: "-sombre", onlyColours: true },
]);

export class Looks {
  /** @type {string[]} */
  #broken = [];
  #program;

  /** @param {Program} program */
  constructor(program) {
    this.#program = program;
  }

  /**
   * Looks at what is shown now, once everything is read; goes on when a rule is broken, so that one run tells all.
   * @param {string} name of the pictures
   */
  async at(name) {
    const { driver } = this.#program;
    await this.#atRest(name);
    const misprinted = await misprints(driver);
    if (misprinted.length > 0) this.#broken.push(`“${name}”:\n  ${misprinted.join("\n  ")}`);
    for (const { theme, suffix, onlyColours } of THEMES) {
      await driver.executeScript("document.documentElement.dataset.theme = arguments[0]", theme);
      await this.#atRest(`${name}, ${theme}`);
      await this.#program.checkAccessibility(`${name}, ${theme}`, { onlyColours }).catch((error) => {
        this.#broken.push(error.message);
      });
      await this.#program.screenshot(`${name}${suffix}`);
    }
    await driver.executeScript("delete document.documentElement.dataset.theme");
  }

  /**
   * Waits until everything is read, every picture drawn and nothing moves or changes colour any more.
   * @param {string} what
   */
  async #atRest(what) {
    const script = `
      const done = arguments[arguments.length - 1];
      const isStill = document.querySelector("[aria-busy=true]") === null && document.getAnimations().length === 0;
      const drawn = Promise.all([...document.images].map((image) => image.decode()));
      drawn.then(() => requestAnimationFrame(() => done(isStill)), () => done(false));`;
    await this.#program.until(`${what}, is still`, () => this.#program.driver.executeAsyncScript(script));
  }

  /** Fails with every rule that was broken. */
  end() {
    if (this.#broken.length > 0) throw new Error(this.#broken.join("\n"));
  }
}
