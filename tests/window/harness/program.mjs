// @ts-check
/** The program under test and everything that a story can do with it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Builder, Capabilities, Key, Origin } from "selenium-webdriver";
import { violations } from "./accessibility.mjs";
import { Folders } from "./folders.mjs";
import { offered, query, shown } from "./page.mjs";
import { run, startDisplay, startDriver } from "./processes.mjs";

/** @typedef {import("./page.mjs").Text} Text */
/** @typedef {import("./page.mjs").Element} Element */
/** @typedef {{ within?: Element, [state: string]: unknown }} LookUp `within` an element; ARIA states such as `selected` or `expanded` */

/** How long a story waits for anything before it fails: generous, since a busy machine is not a defect. */
export const PATIENCE_MS = 20_000;

const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const ARTIFACTS = join(REPOSITORY, "artifacts");
const SCREENS = join(ARTIFACTS, "screens");

/** Where the program is built. */
export function builtProgram() {
  const target = process.env.CARGO_TARGET_DIR ?? join(REPOSITORY, "target");
  const path = join(target, "debug/carnet");
  if (!existsSync(path)) throw new Error(`${path} is not built; run "make test"`);
  return path;
}

/**
 * Opens the program on empty folders; it is closed and the folders are removed after the test.
 * @param {import("node:test").TestContext} t
 */
export async function openProgram(t) {
  /** @type {(() => unknown)[]} */
  const ending = [];
  t.after(async () => {
    for (const end of ending.reverse()) await end();
  });
  const folders = new Folders();
  ending.push(() => folders.remove());
  const display = await startDisplay();
  ending.push(() => display.stop());
  mkdirSync(ARTIFACTS, { recursive: true });
  const log = join(ARTIFACTS, "window-tests.log");
  const environment = folders.environment(display.name);
  const driver = await startDriver(environment, log);
  ending.push(() => driver.stop());
  const program = new Program(folders, driver.url, environment);
  ending.push(() => program.close());
  await program.open();
  return program;
}

export class Program {
  /** @type {import("selenium-webdriver").WebDriver | undefined} */
  #driver;
  #folders;
  #url;
  #environment;

  /**
   * @param {Folders} folders
   * @param {string} url
   * @param {Record<string, string>} environment
   */
  constructor(folders, url, environment) {
    this.#folders = folders;
    this.#url = url;
    this.#environment = environment;
  }

  /** The WebDriver session, for what this class does not offer. */
  get driver() {
    if (!this.#driver) throw new Error("the program is closed");
    return this.#driver;
  }

  /**
   * Starts the program and waits until its page has loaded.
   * @param {...string} given what the file manager puts on the command line
   */
  async open(...given) {
    await this.#start(builtProgram(), given);
    await this.until("the page has loaded", () =>
      this.driver.executeScript(
        'return document.readyState === "complete" && document.body.innerText.trim() !== ""',
      ),
    );
  }

  /**
   * Starts another program of the same kind, whose window is empty, in the place of this one.
   * @param {string} binary
   */
  async openEmpty(binary) {
    await this.#start(binary, []);
    await this.until("the page has loaded", () =>
      this.driver.executeScript('return document.readyState === "complete"'),
    );
  }

  /**
   * @param {string} binary
   * @param {string[]} args
   */
  async #start(binary, args) {
    const capabilities = new Capabilities({
      browserName: "wry", // what the program's window calls itself
      "webkitgtk:browserOptions": { binary, args },
    });
    this.#driver = await new Builder().usingServer(this.#url).withCapabilities(capabilities).build();
    await this.driver.manage().setTimeouts({ script: PATIENCE_MS });
  }

  /** Ends the program. */
  async close() {
    const driver = this.#driver;
    this.#driver = undefined;
    await driver?.quit();
  }

  /**
   * Ends the program and opens it again on the same folders, as on the next morning.
   * @param {...string} given what the file manager puts on the command line
   */
  async reopen(...given) {
    await this.close();
    await this.open(...given);
  }

  /**
   * Starts the program once more on the same folders while it is open, as a second click does; gives its exit code.
   * @param {...string} given what the file manager puts on the command line
   */
  startAgain(...given) {
    return run(builtProgram(), given, this.#environment, AbortSignal.timeout(PATIENCE_MS));
  }

  /**
   * Runs the command line on a carnet, as another machine would write in a copy of it.
   * @param {string} passphrase
   * @param {...string} args
   */
  commandLine(passphrase, ...args) {
    const env = {
      ...this.#environment,
      CARNET_PASSPHRASE: passphrase,
      XDG_DATA_HOME: this.#folders.xdg("elsewhere"),
    };
    return execFileSync(join(dirname(builtProgram()), "carnet-cli"), args, { env, encoding: "utf8" });
  }

  /**
   * A path in the folder that the program takes for the officer's documents.
   * @param {string} name
   */
  inDocuments(name) {
    return join(this.#folders.documents, name);
  }

  /**
   * A path in the folder where the program keeps its own files.
   * @param {string} name
   */
  inData(name) {
    return join(this.#folders.xdg("data"), "fr.carnet-appui.carnet", name);
  }

  /**
   * Prepares what the next file dialog answers; null is a dialog that the officer cancels.
   * @param {string | null} path
   */
  answerNextDialog(path) {
    this.#folders.appendAnswer(path);
  }

  /**
   * Waits until `condition` gives something true, and gives it back.
   * @template T
   * @param {string} description ends the sentence of a failure
   * @param {() => T | Promise<T>} condition
   * @returns {Promise<NonNullable<T>>}
   */
  async until(description, condition) {
    /** @type {unknown} */
    let last;
    const attempt = async () => {
      try {
        return await condition();
      } catch (error) {
        // The page was changing under the look-up: look again.
        if (
          !/StaleElement|JavascriptError|NoSuchElement|ElementClickIntercepted/.test(
            String(/** @type {Error} */ (error).name),
          )
        )
          throw error;
        last = error;
        return undefined;
      }
    };
    try {
      return /** @type {NonNullable<T>} */ (await this.driver.wait(attempt, PATIENCE_MS, undefined, 30));
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "TimeoutError") throw error;
      const screen = await this.screenshot(`failed-${process.pid}-${Date.now()}`).catch(() => "none");
      throw new Error(`waited in vain: ${description}${last ? ` (${last})` : ""}; screenshot: ${screen}`);
    }
  }

  /**
   * The one visible element with this role and name.
   * @param {string} role
   * @param {Text} [name]
   * @param {LookUp} [options]
   */
  async find(role, name, options) {
    const what = `one ${role} ${shown(name)}`;
    try {
      return await this.#theOne(what, () => this.findAll(role, name, options));
    } catch (error) {
      throw new Error(
        `${/** @type {Error} */ (error).message}; there is ${await offered(this.driver, role)}`,
      );
    }
  }

  /**
   * All visible elements with this role and name as they are now, without waiting.
   * @param {string} role
   * @param {Text} [name]
   * @param {LookUp} [options]
   */
  findAll(role, name, options) {
    return query(this.driver, "Role", role, { ...options, name });
  }

  /**
   * The one visible field with this label.
   * @param {Text} label
   * @param {LookUp} [options]
   */
  field(label, options) {
    return this.#theOne(`one field labelled ${shown(label)}`, () =>
      query(this.driver, "LabelText", label, options),
    );
  }

  /**
   * The one visible element with this text of its own.
   * @param {Text} text
   * @param {LookUp} [options]
   */
  text(text, options) {
    return this.#theOne(`one element saying ${shown(text)}`, () => query(this.driver, "Text", text, options));
  }

  /**
   * Waits until no visible element has this role and name.
   * @param {string} role
   * @param {Text} [name]
   * @param {LookUp} [options]
   */
  async gone(role, name, options) {
    await this.until(`no ${role} ${shown(name)} is left`, async () => {
      const left = await this.findAll(role, name, options);
      return left.length === 0;
    });
  }

  /**
   * @param {string} what
   * @param {() => Promise<Element[]>} look
   */
  async #theOne(what, look) {
    let count = 0;
    const found = this.until(`there is ${what}`, async () => {
      const elements = await look();
      count = elements.length;
      return count === 1 ? elements[0] : undefined;
    });
    return found.catch((error) => {
      throw count > 1 ? new Error(`${error.message}; ${count} match`) : error;
    });
  }

  /**
   * Clicks the one visible element with this role and name.
   * @param {string} role
   * @param {Text} [name]
   * @param {LookUp} [options]
   */
  async click(role, name, options) {
    await this.until(`${role} ${shown(name)} takes a click`, async () => {
      const element = await this.find(role, name, options);
      await element.click();
      return true;
    });
  }

  /**
   * Replaces what a labelled field holds, key by key.
   * @param {Text} label
   * @param {string} value
   * @param {LookUp} [options]
   */
  async fill(label, value, options) {
    const element = await this.field(label, options);
    await element.click();
    await this.press("Control+a", "Delete");
    await this.type(value);
  }

  /**
   * Types into whatever has the focus.
   * @param {string} text
   */
  async type(text) {
    await this.driver.actions().sendKeys(text).perform();
  }

  /**
   * Chooses an option of a labelled native list by its text.
   * @param {Text} label
   * @param {string} option
   * @param {LookUp} [options]
   */
  async choose(label, option, options) {
    const list = await this.field(label, options);
    // The options of a closed list are drawn nowhere: they are asked of the list itself.
    const element = await this.until(`the list ${shown(label)} offers “${option}”`, () =>
      this.driver.executeScript(
        "return [...arguments[0].options].find((one) => one.text.trim() === arguments[1])",
        list,
        option,
      ),
    );
    await element.click();
  }

  /**
   * Presses keys one after the other: “a”, “Enter”, “Control+k”, “Shift+Tab”, “ArrowDown”.
   * @param {...string} keys
   */
  async press(...keys) {
    for (const combination of keys) {
      const names = combination === "+" ? ["+"] : combination.split("+");
      const codes = names.map(keyCode);
      const last = /** @type {string} */ (codes.pop());
      const actions = this.driver.actions();
      codes.forEach((code) => actions.keyDown(code));
      actions.keyDown(last).keyUp(last);
      codes.reverse().forEach((code) => actions.keyUp(code));
      await actions.perform();
    }
  }

  /** What has the focus, as a screen reader would say it. */
  async focused() {
    const element = await this.driver.switchTo().activeElement();
    const [role, name, value] = await Promise.all([
      element.getAriaRole(),
      element.getAccessibleName(),
      element.getProperty("value"),
    ]);
    return { role, name, value, element };
  }

  /** What can be pressed and lies under a notice, by its words; nothing should. */
  covered() {
    const script = `
      const boxOf = (element) => element.getBoundingClientRect();
      const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      const notices = [...document.querySelectorAll(".toast")].map(boxOf);
      return [...document.querySelectorAll("button, a[href], input, select, textarea")]
        .filter((one) => !one.closest(".toast") && boxOf(one).width > 0)
        .filter((one) => notices.some((box) => meet(box, boxOf(one))))
        .map((one) => one.textContent.trim() || one.getAttribute("aria-label"));`;
    return this.driver.executeScript(script);
  }

  /**
   * Presses Tab until the element with this role and name has the focus; fails when Tab never reaches it.
   * @param {string} role
   * @param {Text} name
   */
  async tabTo(role, name) {
    await this.tabToElement(await this.find(role, name), `the ${role} ${shown(name)}`);
  }

  /**
   * Presses Tab until the field with this label has the focus; fails when Tab never reaches it.
   * @param {Text} label
   */
  async tabToField(label) {
    await this.tabToElement(await this.field(label), `the field labelled ${shown(label)}`);
  }

  /**
   * Presses Tab until this element has the focus; fails when Tab never reaches it.
   * @param {Element} target
   * @param {string} what ends the sentence of a failure
   */
  async tabToElement(target, what) {
    for (let presses = 0; presses < 200; presses += 1) {
      if (await this.driver.executeScript("return document.activeElement === arguments[0]", target)) return;
      await this.press("Tab");
    }
    throw new Error(`Tab never reaches ${what}`);
  }

  /**
   * Drags an element onto another with the mouse, as a hand does: takes hold of what has stopped moving, sees that
   * it follows, sees that the target answers, then lets go.
   * @param {Element} from
   * @param {Element} to
   */
  async drag(from, to) {
    await this.atRest(from, to);
    const actions = () => this.driver.actions();
    await actions().move({ origin: from }).press().perform();
    await actions().move({ origin: Origin.POINTER, x: 8, y: 8 }).perform();
    // What a dragged thing looks like is told to the eye alone: the one place where classes are looked up.
    await this.until("what was pressed follows the pointer", () =>
      this.driver.executeScript('return arguments[0].closest(".is-dragged") !== null', from),
    );
    await actions().move({ origin: to, x: -8, y: -8 }).move({ origin: to }).perform();
    await this.until("the target shows that it would take it", () =>
      this.driver.executeScript('return arguments[0].classList.contains("is-over")', to),
    );
    await actions().release().perform();
  }

  /**
   * Waits until these elements are in view and stay where they are over two frames.
   * @param {...Element} elements
   */
  async atRest(...elements) {
    const script = `
      const done = arguments[arguments.length - 1];
      const elements = [...arguments].slice(0, -1);
      for (const element of elements) element.scrollIntoView({ block: "nearest", inline: "nearest" });
      const places = () => JSON.stringify(elements.map((element) => element.getBoundingClientRect()));
      let before = places();
      let frames = 0;
      requestAnimationFrame(function look() {
        const now = places();
        frames = now === before ? frames + 1 : 0;
        before = now;
        if (frames === 2) done();
        else requestAnimationFrame(look);
      });`;
    await this.driver.executeAsyncScript(script, ...elements);
  }

  /**
   * Fails with what to mend when the screen breaks a rule of WCAG 2.2 AA that axe-core can see.
   * @param {string} screen
   * @param {{ onlyColours?: boolean }} [options] only what a theme can break
   */
  async checkAccessibility(screen, options) {
    const found = await violations(this.driver, options);
    if (found.length > 0) throw new Error(`${screen}: ${found.length} rule(s) broken\n${found.join("\n")}`);
  }

  /**
   * Keeps a picture of the window in artifacts/screens/.
   * @param {string} name without an extension
   * @returns {Promise<string>} the path of the picture
   */
  async screenshot(name) {
    mkdirSync(SCREENS, { recursive: true });
    const path = join(SCREENS, `${name}.png`);
    writeFileSync(path, await this.driver.takeScreenshot(), "base64");
    return path;
  }
}

/** @param {string} name */
function keyCode(name) {
  if ([...name].length === 1) return name;
  const code = /** @type {Record<string, string>} */ (
    /** @type {unknown} */ ({
      ...Key,
      Control: Key.CONTROL,
      Shift: Key.SHIFT,
      Alt: Key.ALT,
      Enter: Key.ENTER,
      Escape: Key.ESCAPE,
      Tab: Key.TAB,
      F1: Key.F1,
      F6: Key.F6,
      Space: " ",
      Backspace: Key.BACK_SPACE,
      Delete: Key.DELETE,
      Home: Key.HOME,
      End: Key.END,
      PageUp: Key.PAGE_UP,
      PageDown: Key.PAGE_DOWN,
      ArrowUp: Key.ARROW_UP,
      ArrowDown: Key.ARROW_DOWN,
      ArrowLeft: Key.ARROW_LEFT,
      ArrowRight: Key.ARROW_RIGHT,
    })
  )[name];
  if (typeof code !== "string") throw new Error(`unknown key: ${name}`);
  return code;
}
