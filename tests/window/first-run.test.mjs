// @ts-check
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { openProgram, pdfText } from "./harness.mjs";

const PASSPHRASE = "vélo brume tilleul horloge";

test("a protected carnet is made, its sheet is on disk, and only its passphrase opens it again", async (t) => {
  const program = await openProgram(t);
  await program.fill("Nom de ce poste", "Portable");
  await program.fill("Votre nom", "Ada Roy");
  await program.screenshot("02-vous");
  await program.click("button", /^Continuer/);
  await program.fill("Phrase de passe", PASSPHRASE);
  await program.fill("La même, une seconde fois", PASSPHRASE);
  await program.checkAccessibility("passphrase");
  await program.click("button", /^Continuer/);
  await program.click("radio", /Un carnet de démonstration/);
  await program.checkAccessibility("place");
  await program.screenshot("03-emplacement");
  await program.click("button", /^Créer le carnet/);

  await program.find("heading", "La feuille de secours", { level: 1 });
  const sheet = program.inDocuments("secours.pdf");
  program.answerNextDialog(sheet);
  await program.click("button", "Enregistrer la feuille à imprimer");
  await program.until("the sheet is on disk", () => existsSync(sheet));
  await program.text(/Feuille enregistrée/);
  const said = pdfText(sheet);
  assert.match(said, /Feuille de secours/);
  // The file that the officer named, wherever its lines break.
  const [named] = readdirSync(program.inDocuments("")).filter((name) => name.endsWith(".carnet"));
  const joined = (/** @type {string} */ text) => text.replaceAll(/[\s\u200B]/gu, "");
  assert.ok(joined(said).includes(joined(`${named}`)), said);
  await program.click("button", /^Ouvrir le carnet/);

  await program.find("navigation", undefined);
  await program.checkAccessibility("today");
  await program.screenshot("04-aujourdhui");

  await program.reopen();
  await program.fill("Phrase de passe", "une autre phrase");
  await program.press("Enter");
  await program.text(/pas la bonne phrase/);
  await program.checkAccessibility("locked");
  await program.screenshot("05-phrase-refusee");

  // A copy that the file manager asks for is proposed rather than the carnet opened last.
  const [made] = readdirSync(program.inDocuments("")).filter((name) => name.endsWith(".carnet"));
  assert.ok(made);
  const copy = program.inDocuments("copie de la clé.carnet");
  copyFileSync(program.inDocuments(made), copy);
  await program.reopen(copy);
  await program.text(/copie de la clé/);
  await program.fill("Phrase de passe", PASSPHRASE);
  await program.press("Enter");
  await program.find("navigation", undefined);
});
