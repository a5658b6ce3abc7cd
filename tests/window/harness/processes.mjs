// @ts-check
/** Xvfb and WebKitWebDriver: starts each on a free number and ends it. Knows nothing of the program. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

/** What is still running, so that nothing outlives a run that is cut short. */
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => process.exit(1));

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 */
function start(command, args, options) {
  const child = spawn(command, args, options);
  running.add(child);
  child.once("exit", () => running.delete(child));
  const failed = once(child, "error").then(([error]) => {
    throw new Error(`${command} does not start (${error.message}); "make test" installs what the tests need`);
  });
  failed.catch(() => {});
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`${command} ended at once (${signal ?? code})`);
  });
  ended.catch(() => {});
  return { child, brokenOff: Promise.race([failed, ended]) };
}

/**
 * Runs a program that ends by itself, and gives its exit code; it is stopped when `signal` says so.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @param {AbortSignal} signal
 */
export async function run(command, args, env, signal) {
  const child = spawn(command, args, { env, stdio: "ignore", signal });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const [code] = await once(child, "exit");
  return /** @type {number | null} */ (code);
}

/** @param {import("node:child_process").ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** Starts a display of the size of the smallest laptop that officers use; gives its name, like “:7”. */
export async function startDisplay() {
  const { child, brokenOff } = start(
    "Xvfb",
    ["-displayfd", "3", "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-noreset"],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  const pipe = /** @type {import("node:stream").Readable} */ (child.stdio[3]);
  const [number] = await Promise.race([once(pipe, "data"), brokenOff]);
  return { name: `:${String(number).trim()}`, stop: () => stop(child) };
}

/**
 * Starts WebKitWebDriver; the program that it opens inherits its environment and its log.
 * @param {Record<string, string>} env
 * @param {string} log file that takes what both have to say
 */
export async function startDriver(env, log) {
  const port = await freePort();
  const output = openSync(log, "a");
  const { child, brokenOff } = start("WebKitWebDriver", [`--port=${port}`], {
    env,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([answers(url), brokenOff]);
  return { url, stop: () => stop(child) };
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/** @param {string} url */
async function answers(url) {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const response = await fetch(`${url}/status`).catch(() => null);
    if (response?.ok) return;
    await pause(25);
  }
  throw new Error("WebKitWebDriver does not answer");
}
