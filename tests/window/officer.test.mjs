// @ts-check
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { test } from "node:test";
import { openProgram } from "./harness.mjs";
import { openDemonstration } from "./harness/first_run.mjs";

/** @typedef {import("./harness.mjs").Program} Program */

/**
 * The name that a screen reader gives to what has the focus.
 * @param {Program} program
 */
const focusedName = async (program) => (await program.focused()).name;

test("who writes owns steps, decides nothing, and is asked for again on a second computer", async (t) => {
  const program = await openProgram(t);
  await program.fill("Votre nom", " ");
  await program.click("button", /^Continuer/);
  await program.text(/Indiquez votre nom/);
  await openDemonstration(program);

  await program.click("button", /^Ouvrir la séance/);
  await program.find("heading", /^Séance du/, { level: 1 });
  await program.press("Control+j");
  const owner = await program.field("À faire par");
  assert.equal(await owner.getAttribute("value"), "Ada Roy");
  await program.click("button", "Noter l’étape");
  await program.until("the focus is on the step’s words", async () =>
    /Quoi/.test(await focusedName(program)),
  );
  await program.type("Appeler la région");
  await program.screenshot("60-etape-par-defaut");
  await program.press("Enter");
  await program.until("the focus stays nearby", async () =>
    /prochaine étape/.test(await focusedName(program)),
  );

  await program.click("button", /^Ajouter une décision/);
  await program.type("On retient deux pistes");
  const decided = await program.find("combobox", "Décidé par");
  await decided.click();
  await program.type("ada ro");
  await program.find("option", /Ada Roy/);
  await program.until("everything is read", async () => (await decided.getAttribute("aria-busy")) !== "true");
  await program.press("ArrowDown");
  await program.until("the option is reached", () => decided.getAttribute("aria-activedescendant"));
  await program.press("Enter");
  await program.find("button", /Ada Roy/);
  await program.screenshot("61-decision");
  await program.click("button", "Noter la décision");
  await program.text(/Le chargé d’appui ne décide pas/);
  await program.until("the focus is on who decided", async () =>
    /Décidé par/.test(await focusedName(program)),
  );
  assert.equal((await program.findAll("button", /Ada Roy/)).length > 0, true);
  await program.checkAccessibility("decision refused");
  await program.screenshot("62-decision-refusee");
  await program.click("button", "Annuler");

  await program.click("link", /^Réglages/);
  await program.click("button", "Modifier ces deux noms");
  await program.checkAccessibility("names");
  await program.fill("Nom de ce poste", "Fixe");
  await program.screenshot("63-deux-noms");
  await program.click("button", "Garder ces noms");
  await program.text("Fixe");

  const other = await openProgram(t);
  const copy = other.inDocuments("copie.carnet");
  await program.close();
  copyFileSync(program.inDocuments("Carnet d’appui.carnet"), copy);
  await other.reopen(copy);
  await other.fill("Votre nom", "Noé Lac");
  await other.fill("Nom de ce poste", "Bureau");
  await other.checkAccessibility("joining");
  await other.screenshot("64-rejoindre");
  await other.click("button", /^Ouvrir$/);
  await other.find("button", /^Ouvrir la séance/);
  await other.click("link", /^Réglages/);
  await other.text("Noé Lac");
  await other.text("Bureau");
});

test("a request opened from today becomes a support, or says what is missing", async (t) => {
  const program = await openProgram(t);
  await openDemonstration(program);
  const requests = await program.find("region", /^Demandes/);
  const [first] = await program.findAll("button", undefined, { within: requests });
  assert.ok(first);
  await first.click();
  await program.find("dialog");
  await program.choose("État", "Devenue un appui");
  await program.text(/Une demande devient un appui quand/);
  assert.equal((await program.findAll("status", /Non enregistré/)).length, 0);
  await program.checkAccessibility("request");
  await program.screenshot("65-demande");
  await program.click("button", "Ouvrir un appui");
  await program.find("button", "Ouvrir l’appui");
});
