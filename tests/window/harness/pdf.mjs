// @ts-check
/** The text of a PDF, as a reader would copy it. */
import { execFileSync } from "node:child_process";

/**
 * @param {string} path
 * @returns {string}
 */
export function pdfText(path) {
  return execFileSync("pdftotext", ["-enc", "UTF-8", "-layout", path, "-"], { encoding: "utf8" });
}
