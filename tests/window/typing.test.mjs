// @ts-check
import assert from "node:assert/strict";
import { mkdirSync, renameSync } from "node:fs";
import { test } from "node:test";
import { PASSPHRASE, demonstrationCarnet, openProgram } from "./harness.mjs";
import { FIELD, chooseFolder, holds, openCopy, openSheet } from "./harness/two_copies.mjs";

/** @typedef {import("./harness.mjs").Program} Program */

const NOTE = "Besoin exprimé";
const CLASH = new RegExp(`^À trancher\\s: .*, ${NOTE}$`);

/** @param {Program} program */
async function openSession(program) {
  await program.click("link", /^Aujourd’hui/);
  await program.click("button", /^Ouvrir la séance/);
  await program.find("heading", /^Séance du/, { level: 1 });
}

/**
 * @param {Program} program
 * @param {string} text
 */
const noteHolds = (program, text) =>
  program.until(`the note holds “${text}”`, async () => {
    const field = await program.find("textbox", NOTE);
    return (await field.getProperty("value")) === text;
  });

/**
 * Types at the end of the note, and stays in it.
 * @param {Program} program
 * @param {string} text
 */
async function typeOn(program, text) {
  const field = await program.find("textbox", NOTE);
  await program.until("the note is being typed in", async () => {
    if ((await program.focused()).name !== NOTE) await field.click();
    return (await program.focused()).name === NOTE;
  });
  await program.press("Control+End");
  await program.type(text);
}

/**
 * What each side of the conflict on screen says.
 * @param {Program} program
 */
async function sides(program) {
  const clash = await program.find("article", CLASH);
  const options = await program.findAll("radio", undefined, { within: clash });
  const said = await Promise.all(options.map((one) => one.getAccessibleName()));
  return said.map((one) => one.replace(/\s+/gu, " "));
}

/**
 * Waits until the sides of the conflict on screen begin and end so.
 * @param {Program} program
 * @param {[string, string][]} expected
 */
async function standSideBySide(program, expected) {
  let last = /** @type {string[]} */ ([]);
  await program
    .until("both texts stand side by side", async () => {
      last = await sides(program);
      return (
        last.length === expected.length &&
        expected.every(([who, text], index) => last[index]?.startsWith(who) && last[index]?.endsWith(text))
      );
    })
    .catch((error) => {
      throw new Error(`${error.message}; they are ${JSON.stringify(last)}`);
    });
}

test("notes being typed meet those of another copy: both stand side by side, nothing is replaced until one is chosen", async (t) => {
  const here = await openProgram(t);
  await demonstrationCarnet(here);
  await openSession(here);
  await typeOn(here, "On voudrait coopérer");
  await here.press("Tab");
  await here.text(/^Enregistré à/);
  const there = await openProgram(t);
  await here.click("link", /^Échanges/);
  await openCopy(here, there);
  const folder = here.inDocuments("Échange");
  mkdirSync(folder);
  await chooseFolder(here, folder);
  await chooseFolder(there, folder);
  await openSession(here);
  await openSession(there);
  await noteHolds(there, "On voudrait coopérer");

  // The folder goes away; both go on from the same words, unaware.
  renameSync(folder, `${folder} absent`);
  await typeOn(there, ", mais pas seuls.");
  await there.press("Tab");
  await there.text(/^Enregistré à/);
  await typeOn(here, " cet hiver");
  await here.until("the words are saved while the field is held", async () => {
    const saved = await here.findAll("status");
    const said = await Promise.all(saved.map((one) => one.getText()));
    return said.some((one) => one.startsWith("Enregistré à"));
  });
  renameSync(`${folder} absent`, folder);

  // The conflict shows at the field, whose words, focus and caret stay.
  await here.find("article", CLASH);
  await noteHolds(here, "On voudrait coopérer cet hiver");
  assert.equal((await here.focused()).name, NOTE);
  await here.type(", avec qui ?");
  await noteHolds(here, "On voudrait coopérer cet hiver, avec qui ?");
  const mine = "On voudrait coopérer cet hiver, avec qui ?";
  const theirs = "On voudrait coopérer, mais pas seuls.";
  await standSideBySide(here, [
    ["Votre saisie", mine],
    ["Là-bas", theirs],
  ]);
  assert.equal((await here.focused()).name, NOTE);
  await here.checkAccessibility("words typed meet others");
  await here.screenshot("42-saisie-et-la-bas");

  // What was typed outlives the program; the other copy still has its own words.
  await here.close();
  await here.open();
  await here.fill("Phrase de passe", PASSPHRASE);
  await here.press("Enter");
  await here.find("link", "Échanges 1 à trancher");
  await openSession(here);
  await noteHolds(here, mine);
  await standSideBySide(here, [
    ["Votre saisie", mine],
    ["Là-bas", theirs],
  ]);
  await there.find("article", CLASH);

  // Typing goes on, then both are kept, as they are by then.
  await typeOn(here, " Avec quoi ?");
  await here.click("button", "Garder les deux");
  await here.gone("article", CLASH);
  const both = `${mine} Avec quoi ?\n\n${theirs}`;
  await noteHolds(here, both);
  await noteHolds(there, both);
  await there.gone("article", CLASH);

  // From then on the field saves itself again.
  await typeOn(here, " Fin.");
  await noteHolds(there, `${both} Fin.`);
  await here.gone("link", /à trancher/);
});

test("a form field that somebody is in meets a value written after theirs: going on typing replaces nothing unseen", async (t) => {
  const program = await openProgram(t);
  await demonstrationCarnet(program);
  await openSheet(program);
  const file = program.inDocuments("Carnet d’appui.carnet");
  const line = (/** @type {string[]} */ ...args) => program.commandLine(PASSPHRASE, ...args);
  await program.fill(FIELD, "Écrit ici");
  const found = await program.until("the words are saved and published while the field is held", () =>
    line("list", file, "project", "--where", "expected_result=Écrit ici", "--json").trim(),
  );
  line("set", file, `project/${JSON.parse(found).id}`, "expected_result=Écrit ici, repris là-bas");

  // Who is in the field is told; the words stay under their hands.
  await program.text(/^Ce champ vient d’être modifié ailleurs/);
  await holds(program, "Écrit ici");
  assert.equal((await program.focused()).name, FIELD);
  await program.press("End");
  await program.type(", suite");
  const clash = await program.find("article", new RegExp(`, ${FIELD}$`));
  const options = await program.findAll("radio", undefined, { within: clash });
  const said = await Promise.all(options.map((one) => one.getAccessibleName()));
  assert.equal(said.length, 2, JSON.stringify(said));
  assert.match(String(said[0]), /^Votre saisie.*Écrit ici, suite$/su);
  assert.match(String(said[1]), /^Là-bas.*Écrit ici, repris là-bas$/su);
  await program.checkAccessibility("a form field meets another value");
  await program.screenshot("43-fiche-saisie-et-la-bas");

  // Theirs is taken from the keyboard; undoing would put what was typed over it unseen, and says where it is instead.
  await program.tabTo("radio", /^Votre saisie/);
  await program.press("2", "Enter");
  await program.gone("article");
  await holds(program, "Écrit ici, repris là-bas");
  await program.find("heading", /./, { level: 1 });
  await program.press("Tab", "Control+z");
  await program.text(/dans l’historique de la fiche \(Résultat attendu\)/);
  await holds(program, "Écrit ici, repris là-bas");
});

test("a dialog writes over what it showed: a value from elsewhere is said first, and replaced only knowingly", async (t) => {
  const program = await openProgram(t);
  await demonstrationCarnet(program);
  await openSession(program);
  const file = program.inDocuments("Carnet d’appui.carnet");
  const line = (/** @type {string[]} */ ...args) => program.commandLine(PASSPHRASE, ...args);
  await program.fill("Sujet travaillé", "Le plan à trois");
  await program.press("Tab");
  const found = await program.until("the words are published", () =>
    line("list", file, "session", "--where", "topic=Le plan à trois", "--json").trim(),
  );
  const session = `session/${JSON.parse(found).id}`;
  await program.click("button", "Clore la séance");
  await program.fill("Durée", "1 h 30");
  await program.fill(/^Préparation/, "20");
  line("set", file, session, "preparation_min=45", "place=Mairie de Cunlhat");
  await program.text(/^Mairie de Cunlhat/);

  await program.click("button", "Clore, bilan ce soir");
  await program.text(/^Écrit ailleurs entre-temps\s: «\s45\smin\s»/);
  assert.match((await program.focused()).name, /^Préparation/);
  const kept = await program.field(/^Préparation/);
  assert.match(String(await kept.getProperty("value")), /^20/);
  await program.checkAccessibility("a dialog that meets another value");
  await program.screenshot("44-dialogue-et-la-bas");

  await program.click("button", "Clore, bilan ce soir");
  await program.gone("dialog");
  const both = ["--where", "preparation_min=20", "--where", "place=Mairie de Cunlhat"];
  await program.until("what was written knowingly stands, beside the other’s place", () =>
    line("list", file, "session", ...both, "--json").trim(),
  );
});
