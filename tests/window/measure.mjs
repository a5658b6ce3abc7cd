// @ts-check
/**
 * Measures what only real windows can tell (architecture.md §9), and prints it as `xtask bench` does; part of `make bench`.
 *
 * How long until what is written in one window shows in another, and what the program costs beside an empty window.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { builtProgram, openProgram } from "./harness/program.mjs";
import { PASSPHRASE, demonstrationCarnet } from "./harness/first_run.mjs";
import { chooseFolder, holds, openCopy, openSheet, write } from "./harness/two_copies.mjs";

const EDITS = 11;
const STARTS = 5;
const FILE = "grand.carnet";

/** @typedef {import("./harness.mjs").Program} Program */
/** @typedef {{ most?: number, times?: number, floor?: number, unit: string }} Budget */

/**
 * @param {string} work
 * @param {number} ours
 * @param {Budget} budget
 */
function row(work, ours, { most, times, floor, unit }) {
  const ratio = floor === undefined ? 0 : ours / floor;
  const isOver = (most !== undefined && ours > most) || (times !== undefined && ratio > times);
  const number = (/** @type {number} */ value, /** @type {number} */ width) =>
    value.toFixed(2).padStart(width);
  const beside = floor === undefined ? "" : `floor ${number(floor, 9)}   × ${number(ratio, 5)}`;
  const limit = times !== undefined ? `× ${times}` : most !== undefined ? `${most} ${unit}` : "";
  console.log(
    `${work.padEnd(52)} ${number(ours, 9)} ${unit.padEnd(3)}   ${beside.padEnd(27)}   ${limit.padEnd(16)} ${isOver ? "OVER" : ""}`,
  );
}

/** @param {number[]} values */
const median = (values) => /** @type {number} */ ([...values].sort((a, b) => a - b)[values.length >> 1]);

/**
 * Gives `work` what a test gets, and ends what it opened.
 * @param {(context: import("node:test").TestContext) => Promise<void>} work
 */
async function opened(work) {
  /** @type {(() => unknown)[]} */
  const ends = [];
  const after = (/** @type {() => unknown} */ end) => void ends.push(end);
  try {
    await work(/** @type {import("node:test").TestContext} */ (/** @type {unknown} */ ({ after })));
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** @param {() => Promise<unknown>} work */
async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** @param {import("node:test").TestContext} context */
async function delays(context) {
  const here = await openProgram(context);
  await demonstrationCarnet(here);
  const there = await openProgram(context);
  await openCopy(here, there);
  const folder = here.inDocuments("Échange");
  mkdirSync(folder);
  await chooseFolder(here, folder);
  await chooseFolder(there, folder);
  await openSheet(there);
  await openSheet(here);
  /** @type {number[]} */
  const took = [];
  for (let edit = 0; edit < EDITS; edit += 1) {
    const words = `Résultat ${edit}`;
    // Acknowledged: from then on it is on its way.
    await write(here, words);
    took.push(await seconds(() => holds(there, words)));
  }
  row("an edit shows in another window, median", median(took), { most: 3, unit: "s" });
  row("an edit shows in another window, slowest", Math.max(...took), { most: 3, unit: "s" });
}

/** The memory of a process and of those that it started, each shared page counted once, in MiB (proc(5), Pss). */
function memory(/** @type {string} */ program) {
  const status = (/** @type {string} */ pid, /** @type {string} */ file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
      return ""; // it has ended meanwhile
    }
  };
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parent = new Map(pids.map((pid) => [pid, /^PPid:\s*(\d+)/m.exec(status(pid, "status"))?.[1] ?? ""]));
  const isOurs = (/** @type {string} */ pid) => status(pid, "cmdline").split("\0")[0] === program;
  /** @param {string} pid @returns {boolean} */
  const isOfOurs = (pid) => pid !== "" && (isOurs(pid) || isOfOurs(parent.get(pid) ?? ""));
  const kib = pids
    .filter(isOfOurs)
    .map((pid) => Number(/^Pss:\s*(\d+)/m.exec(status(pid, "smaps_rollup"))?.[1] ?? 0));
  return kib.reduce((sum, one) => sum + one, 0) / 1024;
}

/** @param {Program} program */
async function tour(program) {
  for (const key of ["2", "3", "4", "5", "6", "1"]) {
    await program.press(`Alt+${key}`);
    await program.find("heading", undefined, { level: 1 });
    await program.until("everything is read", () =>
      program.driver.executeScript('return document.querySelector("[aria-busy=true]") === null'),
    );
  }
}

/** @param {import("node:test").TestContext} context */
async function starts(context) {
  const program = await openProgram(context);
  const file = program.inDocuments(FILE);
  execFileSync(join(dirname(builtProgram()), "xtask"), ["bench", "--fill", file]);
  program.answerNextDialog(file);
  await program.click("button", /^J’ai déjà un carnet/);
  await program.fill("Votre nom", "Ada Roy");
  await program.fill("Nom de ce poste", "Portable");
  await program.fill("Phrase de passe", PASSPHRASE);
  const enter = async () => {
    await program.press("Enter");
    await program.find("navigation", "Navigation principale");
    await program.until("today is read", () =>
      program.driver.executeScript(
        'return document.querySelector("main[aria-busy=true], main [aria-busy=true]") === null',
      ),
    );
  };
  await enter();
  await tour(program);
  const full = memory(builtProgram());
  /** @type {number[]} */
  const asked = [];
  /** @type {number[]} */
  const read = [];
  for (let start = 0; start < STARTS; start += 1) {
    await program.close();
    const toPassphrase = await seconds(async () => {
      await program.open();
      await program.field("Phrase de passe");
    });
    asked.push(toPassphrase);
    await program.fill("Phrase de passe", PASSPHRASE);
    read.push(await seconds(enter));
  }
  await program.close();
  const empty = join(dirname(builtProgram()), "examples/empty_window");
  /** @type {number[]} */
  const floor = [];
  let least = 0;
  for (let start = 0; start < STARTS; start += 1) {
    floor.push(await seconds(() => program.openEmpty(empty)));
    least = memory(empty);
    await program.close();
  }
  const both = asked.map((time, start) => time + /** @type {number} */ (read[start]));
  row("start, until the passphrase is asked", median(asked), { floor: median(floor), unit: "s" });
  row("from the passphrase to today, 100 000 records", median(read), { unit: "s" });
  row("both, beside an empty window", median(both), { floor: median(floor), times: 1.3, unit: "s" });
  row("memory after a tour of the screens", full, { floor: least, times: 1.5, unit: "MiB" });
}

await opened(delays);
await opened(starts);
