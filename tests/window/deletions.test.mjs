// @ts-check
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { test } from "node:test";
import { openProgram } from "./harness.mjs";
import { openDemonstration } from "./harness/first_run.mjs";
import { chooseFolder } from "./harness/two_copies.mjs";

const FILE = "Carnet d’appui.carnet";
/** More than one record in twenty of the demonstration. */
const MANY = 64;

/**
 * A copy of the open carnet in which much was deleted, and one organisation added.
 * @param {import("./harness.mjs").Program} program
 */
async function copyWithDeletions(program) {
  await program.until("the file is there", () => existsSync(program.inDocuments(FILE)));
  const copy = program.inDocuments("Portable de secours.carnet");
  copyFileSync(program.inDocuments(FILE), copy);
  const rows = ["person", "task", "need"].flatMap((entity) => {
    const lines = program
      .commandLine("", "list", copy, entity, "--limit", "100", "--json")
      .trim()
      .split("\n");
    return lines.map((line) => `${entity}/${JSON.parse(line).id}`);
  });
  assert.ok(rows.length >= MANY, `${rows.length} records to delete`);
  for (const row of rows.slice(0, MANY)) program.commandLine("", "delete", copy, row);
  program.commandLine(
    "",
    "set",
    copy,
    "organisation",
    "name=Foyer rural",
    "organisation_type=group",
    "country=FR",
  );
  return copy;
}

test("deletions in number are shown, wait for an answer, and can be declined: all else comes in", async (t) => {
  const program = await openProgram(t);
  await openDemonstration(program);
  const copy = await copyWithDeletions(program);
  const kept = (/** @type {string} */ entity) =>
    program.commandLine("", "list", program.inDocuments(FILE), entity, "--limit", "1000").trim().split("\n")
      .length;
  const people = kept("person");

  // Brought in by hand: looked at, and asked about.
  await program.click("link", /^Échanges/);
  program.answerNextDialog(copy);
  await program.click("button", /^Intégrer une copie/);
  await program.find("heading", "Aperçu avant d’intégrer", { level: 1 });
  await program.find("button", "Intégrer sans les suppressions");
  await program.checkAccessibility("preview of deletions");
  await program.screenshot("42-apercu-suppressions");
  await program.click("button", "Intégrer la copie");
  await program.find("dialog", /^Supprimer 64 fiches sur/);
  await program.checkAccessibility("deletions are asked about");
  await program.screenshot("43-suppressions-demandees");
  await program.press("Escape");
  await program.gone("dialog");
  await program.click("link", "Plus tard");
  await program.find("heading", "Derniers échanges");

  // Through the folder: they wait, and keep all else waiting.
  const folder = program.inDocuments("Échange");
  mkdirSync(folder);
  program.commandLine("", "exchange", copy, folder);
  await chooseFolder(program, folder);
  await program.text(/64 fiches sur .* seraient supprimées/);
  await program.text(/Supprimées par .+ \(.+\)\./);
  const list = await program.text(/^Voir les 64 fiches/);
  await list.click();
  await program.find("region", "personnes");
  await program.checkAccessibility("deletions wait");
  await program.screenshot("44-suppressions-en-attente");
  await program.tabTo("button", "Les refuser");
  await program.press("Enter");
  await program.gone("button", "Les refuser");
  await program.until("what came of it has the focus", async () =>
    /^Les 64 suppressions sont refusées\s: ces fiches restent/.test(
      await (await program.focused()).element.getText(),
    ),
  );
  await program.find("link", /^Ce qui a changé\s:/);
  await program.screenshot("44-suppressions-refusees");
  await program.until("the file has the new organisation and all the people", () =>
    program.commandLine("", "search", program.inDocuments(FILE), "Foyer rural").includes("Foyer rural"),
  );
  assert.equal(kept("person"), people);
});
