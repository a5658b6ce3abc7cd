// @ts-check
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { test } from "node:test";
import { Looks, PASSPHRASE, openProgram } from "./harness.mjs";

/** @typedef {import("./harness.mjs").Program} Program */

const KEPT = "Les Fils de la laine";
const OTHER = "Les fils de la laine (asso)";
const PROJECT = "Lavage de la laine";

/**
 * Makes a carnet in which one association stands twice, and opens it.
 * @param {Program} program
 * @param {boolean} [isWrittenInElsewhere] the two were united while somebody wrote in one of them elsewhere
 */
async function openTwice(program, isWrittenInElsewhere = false) {
  const file = program.inDocuments("Doublons.carnet");
  const line = (/** @type {string[]} */ ...args) => program.commandLine(PASSPHRASE, ...args).trim();
  const body = (/** @type {string} */ name) =>
    line("set", file, "organisation", `name=${name}`, "organisation_type=group", "country=FR");
  line("new", file);
  const kept = body(KEPT);
  const other = body(OTHER);
  line(
    "set",
    file,
    kept,
    "strategy=Atelier ouvert le jeudi",
    "website=https://fils-laine.example",
    "languages=fr",
  );
  line("set", file, other, "strategy=Très motivée", "address=3 rue du Foirail, Saugues", "languages=it");
  line("set", file, other, "confidentiality=beneficiary");
  if (isWrittenInElsewhere) {
    const copy = program.inDocuments("Copie.carnet");
    copyFileSync(file, copy);
    line("set", file, other, `merged_into=${kept}`);
    line("set", copy, other, "address=2 place Basse, Langeac");
    line("merge", file, copy);
  }
  const person = line("set", file, "person", "first_name=Bruno", "last_name=Delorme");
  for (const organisation of [kept, other])
    line("set", file, "affiliation", `person=${person}`, `organisation=${organisation}`);
  const owner = [`organisation=${other}`, "maturity=lead", "phase=emergence", "status=active"];
  line("set", file, "project", `title=${PROJECT}`, ...owner);
  for (const name of ["Marie Teyssier", "Marie Teissier"]) {
    const [first, last] = name.split(" ");
    line("set", file, "person", `first_name=${first}`, `last_name=${last}`);
  }
  program.answerNextDialog(file);
  await program.click("button", /^J’ai déjà un carnet/);
  await program.fill("Phrase de passe", PASSPHRASE);
  await program.fill("Votre nom", "Ada Roy");
  await program.press("Enter");
  await program.find("navigation", "Navigation principale");
}

/**
 * Goes to the screen of duplicates without a click.
 * @param {Program} program
 */
async function openDuplicates(program) {
  await program.press("Control+k");
  await program.type("Doublons possibles");
  await program.find("option", /^Doublons possibles/, { selected: true });
  await program.press("Enter");
}

/**
 * Presses a button by the keyboard alone.
 * @param {Program} program
 * @param {string} name
 */
async function pressButton(program, name) {
  await program.tabTo("button", name);
  await program.press("Enter");
}

test("one association that stands twice is united by the keyboard, what linked to it follows, and that is undone", async (t) => {
  const program = await openProgram(t);
  const looks = new Looks(program);
  await openTwice(program);
  await program.press("Alt+4");
  await program.click("link", OTHER);
  await program.find("heading", OTHER, { level: 1 });
  await openDuplicates(program);
  await program.find("heading", KEPT, { level: 1 });
  const list = await program.find("listbox", "Paires de fiches");
  assert.equal((await program.findAll("option", undefined, { within: list })).length, 2);
  await looks.at("s56-doublons");

  // The name of the right is chosen; what only one has is proposed, texts and lists are kept both.
  await program.find("radio", /^Adresse, Autre fiche/, { checked: true });
  // Where they differ, who wrote each value and when.
  await program.find("radio", /^Nom, Fiche gardée.*aujourd’hui à \d/s);
  await program.find("radio", /^Stratégie.*Les deux, réunis$/, { checked: true });
  await program.tabTo("radio", /^Nom, Fiche gardée/);
  await program.press("ArrowRight");
  await program.find("radio", /^Nom, Autre fiche/, { checked: true });
  await pressButton(program, "Réunir ces deux fiches");
  await program.text(/^Fiches réunies/);
  await program.find("heading", "Marie Teyssier", { level: 1 });

  // The file of the one that went says with which it was united, and leads there.
  await program.press("Alt+ArrowLeft");
  await program.text(/^Cette fiche a été réunie avec/);
  await program.checkAccessibility("united");
  await program.screenshot("56-fiche-reunie");
  await program.click("button", /^Voir/);
  await program.gone("button", /^Voir «/);

  // What linked to the other record is found on the one that stands, and Bruno once.
  await program.press("Alt+4");
  await program.find("row", new RegExp(OTHER.replace(/[()]/g, "\\$&")));
  assert.equal((await program.findAll("row", /fils de la laine/i)).length, 1);
  await program.click("link", OTHER);
  await program.find("heading", OTHER, { level: 1 });
  await program.text(PROJECT);
  await program.text("Bruno Delorme");
  await program.text(/3 rue du Foirail/);

  await openDuplicates(program);
  await program.find("heading", "Marie Teyssier", { level: 1 });
  await program.press("Control+z");
  await program.find("heading", KEPT, { level: 1 });
  await program.press("Alt+4");
  await program.until("both records are listed again", async () => {
    const rows = await program.findAll("row", /fils de la laine/i);
    return rows.length === 2;
  });
  looks.end();
});

test("two people who are not one are said to be two, and are found no more until that is undone", async (t) => {
  const program = await openProgram(t);
  const looks = new Looks(program);
  await openTwice(program);
  await openDuplicates(program);
  await program.find("heading", KEPT, { level: 1 });
  await program.tabTo("listbox", "Paires de fiches");
  await program.press("ArrowDown", "Enter");
  await program.find("heading", "Marie Teyssier", { level: 1 });
  await program.text("2 sur 2");
  await looks.at("s56-doublons-personnes");
  await pressButton(program, "Ce ne sont pas des doublons");
  await program.text(/^Notées comme distinctes/);
  await program.find("heading", KEPT, { level: 1 });
  await pressButton(program, "Réunir ces deux fiches");
  await program.find("heading", "Aucun doublon trouvé");
  await program.press("Control+z");
  await program.find("heading", KEPT, { level: 1 });
  await program.press("Control+z");
  await program.until("both pairs are back", async () => (await program.findAll("option")).length === 2);
  looks.end();
});

test("a union and what somebody wrote unaware of it are chosen between with both records in view", async (t) => {
  const program = await openProgram(t);
  const looks = new Looks(program);
  await openTwice(program, true);
  await program.press("Alt+4");
  await program.until("the record written in elsewhere is listed", async () => {
    const rows = await program.findAll("row", /fils de la laine/i);
    return rows.length === 2;
  });
  await program.click("link", OTHER);
  await program.find("heading", OTHER, { level: 1 });
  await program.text(`Réunie avec « ${KEPT} »`);
  await program.text("À part, avec ce qui y a été écrit");
  await looks.at("s56-reunie-ou-a-part");
  await program.tabTo("link", "Comparer les deux fiches");
  await program.press("Enter");
  await program.find("heading", KEPT, { level: 1 });
  await program.text(/sans le savoir, écrivait dans celle de droite/);
  await looks.at("s56-doublons-reunis-puis-modifies");
  // What was written since is the later word: it is proposed, and what the first union took can still be chosen.
  await program.find("radio", /^Adresse, Autre fiche/, { checked: true });
  await pressButton(program, "Réunir ces deux fiches");
  await program.text(/^Fiches réunies/);
  await program.press("Alt+4");
  await program.click("link", KEPT);
  await program.find("heading", KEPT, { level: 1 });
  await program.text(/2 place Basse, Langeac/);
  await program.press("Control+z");
  await program.press("Alt+4");
  await program.until("both are apart again", async () => {
    const rows = await program.findAll("row", /fils de la laine/i);
    return rows.length === 2;
  });
  looks.end();
});
