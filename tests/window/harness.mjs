// @ts-check
/**
 * Drives the built program in its real window, as an officer would.
 *
 *     import assert from "node:assert/strict";
 *     import { test } from "node:test";
 *     import { openProgram, pdfText } from "./harness.mjs";
 *
 *     test("a carnet is created and its brief is on disk", async (t) => {
 *       const program = await openProgram(t); // its own display, folders and writer; closed after the test
 *       await program.click("button", "Créer un carnet");
 *       await program.fill("Nom de ce poste", "Portable");
 *       await program.press("Tab", "Enter"); // or "Control+k", "Shift+Tab", "ArrowDown"
 *       await program.find("heading", /^Bonjour/); // waits; exactly one, visible, by role and name
 *       await program.gone("progressbar"); // waits until no such element is left
 *       await program.checkAccessibility("accueil"); // axe-core, WCAG 2.2 AA; fails with what to mend
 *       await program.screenshot("01-accueil"); // artifacts/screens/01-accueil.png
 *       const pdf = program.inDocuments("fiche.pdf");
 *       program.answerNextDialog(pdf); // before the click that opens the dialog; null cancels it
 *       await program.click("button", "Enregistrer le PDF");
 *       await program.until("the PDF is there", () => existsSync(pdf));
 *       assert.match(pdfText(pdf), /Fiche de préparation/);
 *       await program.reopen(); // ends the program and starts it again on the same folders
 *     });
 *
 * Names are compared whole when they are text, and searched when they are a RegExp. Elements are
 * looked up by what assistive technology is told (role, name, label), never by class: a screen
 * whose button has no name fails its story as well as axe. Everything waits for what it needs and
 * gives up after {@link PATIENCE_MS} with a sentence and a screenshot; nothing sleeps.
 *
 * Where things are:
 *   harness/processes.mjs      Xvfb and WebKitWebDriver, each on a free number, ended with the test
 *   harness/folders.mjs        the temporary home that the program takes for the officer's own
 *   harness/page.mjs           looking up elements by role, label and text inside the page
 *   harness/program.mjs        the program under test: everything a story can do with it
 *   harness/first_run.mjs      the carnet that a story begins with, made by the first run
 *   harness/looks.mjs          one state of a screen in light and dark: both checked, both pictures kept
 *   harness/accessibility.mjs  axe-core, and its findings as sentences
 *   harness/words.mjs          what a French reader would stumble on: keys, apostrophes, spaces
 *   harness/pdf.mjs            the text of a PDF
 *   closing-line.mjs           the last line of a run: “window: N passed, N failed”
 *
 * What cannot be driven is a dialog of the desktop (file to open, where to save): under automation
 * the program takes the answers from a file that `answerNextDialog` writes (src-tauri/src/dialogs.rs).
 */
export { openProgram, Program, PATIENCE_MS } from "./harness/program.mjs";
export { PASSPHRASE, demonstrationCarnet, emptyCarnet } from "./harness/first_run.mjs";
export { Looks } from "./harness/looks.mjs";
export { pdfText } from "./harness/pdf.mjs";
