// @ts-check
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { openProgram, pdfText } from "./harness.mjs";

const PASSPHRASE = "vélo brume tilleul horloge";
const WORDS = "On voudrait coopérer, mais on ne sait pas avec qui.";

/**
 * Replaces what the field under the keyboard holds.
 * @param {import("./harness.mjs").Program} program
 * @param {string} text
 */
async function replace(program, text) {
  await program.press("Control+a");
  await program.type(text);
}

/**
 * Goes from the first screen to the demonstration carnet without a click.
 * @param {import("./harness.mjs").Program} program
 */
async function begin(program) {
  await program.tabToField("Votre nom");
  await replace(program, "Ada Roy");
  await program.tabToField("Nom de ce poste");
  await replace(program, "Portable");
  await program.press("Enter");
  await program.find("heading", "Votre phrase de passe", { level: 1 });
  await program.tabToField("Phrase de passe");
  await program.type(PASSPHRASE);
  await program.tabToField("La même, une seconde fois");
  await program.type(PASSPHRASE);
  await program.press("Enter");
  const empty = await program.find("radio", /vide/i);
  await program.tabToElement(empty, "the choice of an empty carnet");
  await program.press("ArrowDown");
  await program.find("radio", /Un carnet de démonstration/, { checked: true });
  await program.tabTo("button", /^Créer le carnet/);
  await program.press("Enter");
  await program.find("heading", "La feuille de secours", { level: 1 });
}

test("from the first screen to the brief on disk, with nothing but keys", async (t) => {
  const program = await openProgram(t);
  await begin(program);
  const sheet = program.inDocuments("secours.pdf");
  program.answerNextDialog(sheet);
  await program.tabTo("button", "Enregistrer la feuille à imprimer");
  await program.press("Space");
  await program.until("the sheet is on disk", () => existsSync(sheet));
  await program.tabTo("button", /^Ouvrir le carnet/);
  await program.press("Enter");

  await program.tabTo("button", /^Ouvrir la séance/);
  await program.press("Enter");
  await program.find("heading", /^Séance du/, { level: 1 });
  await program.until("the keyboard is in the notes", async () => {
    const { role } = await program.focused();
    return role === "textbox";
  });
  await program.type(WORDS);
  await program.press("Control+Enter");
  await program.text(/Enregistré à/);

  await program.press("Control+e");
  await program.find("dialog");
  await program.until("the page is shown", async () => (await program.findAll("img")).length > 0);
  const pdf = program.inDocuments("fiche.pdf");
  program.answerNextDialog(pdf);
  await program.tabTo("button", /^Exporter pour moi/);
  await program.press("Enter");
  await program.until("the PDF is on disk", () => existsSync(pdf));
  await program.text(/Document écrit/);
  const said = pdfText(pdf).replace(/\s+/g, " ");
  assert.match(said, /Document personnel/);
  assert.ok(said.includes("On voudrait coopérer"), said);
  await program.until("the keyboard is back in the session", async () => {
    const isInPage =
      "return document.activeElement !== document.body && !document.querySelector('dialog[open]')";
    return program.driver.executeScript(isInPage);
  });
});

test("every entry of the sidebar opens by its own key, and the zones of the window by F6", async (t) => {
  const program = await openProgram(t);
  await begin(program);
  await program.tabTo("button", /^Ouvrir le carnet/);
  await program.press("Enter");
  await program.find("button", /^Ouvrir la séance/);
  const bar = await program.find("navigation", "Navigation principale");
  const screens = [
    /^Aujourd’hui/,
    /^Appuis/,
    /^Projets/,
    /^Structures et territoires/,
    /^Échanges/,
    /^Réglages/,
    /^Aide/,
  ];
  for (const [index, name] of screens.entries()) {
    await program.press(index === screens.length - 1 ? "F1" : `Alt+${index + 1}`);
    await program.find("link", name, { within: bar, current: "page" });
  }
  await program.press("Alt+ArrowLeft");
  await program.find("link", /^Réglages/, { within: bar, current: "page" });

  await program.press("Alt+3");
  await program.find("region", "Idée, 2 fiches");
  const isInZone = (/** @type {string} */ zone) => () =>
    program.driver.executeScript(
      "return document.activeElement.closest('[data-zone]')?.dataset.zone === arguments[0]",
      zone,
    );
  await program.press("F6");
  await program.until("the keyboard is somewhere on the screen", async () => {
    const zones = await Promise.all(["sidebar", "topbar", "content"].map((zone) => isInZone(zone)()));
    return zones.includes(true);
  });
  for (const zone of ["sidebar", "topbar", "content", "sidebar"]) {
    for (let presses = 0; presses < 3 && !(await isInZone(zone)()); presses += 1) await program.press("F6");
    assert.ok(await isInZone(zone)(), `F6 reaches the ${zone}`);
  }

  await program.press("Control+k");
  await program.type("laine des hauts");
  await program.find("option", /^Laine des hauts plateaux/, { selected: true });
  await program.press("Enter");
  await program.find("heading", /^Laine des hauts plateaux/, { level: 1 });
  await program.press("Alt+4");
  await program.until("the organisations are listed", async () => (await program.findAll("row")).length > 3);
  await program.press("/");
  assert.equal((await program.focused()).role, "searchbox");
  await program.press("Escape");
});
