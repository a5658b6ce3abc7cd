// @ts-check
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { emptyCarnet, openProgram } from "./harness.mjs";

/**
 * Chooses a list of the fixtures, as it was sent, for an import.
 * @param {import("./harness.mjs").Program} program
 * @param {string} name
 */
async function chooseList(program, name) {
  const list = program.inDocuments(name);
  writeFileSync(list, gunzipSync(readFileSync(new URL(`../fixtures/import/${name}.gz`, import.meta.url))));
  await program.press("Control+k");
  await program.type("Importer une liste");
  await program.press("Enter");
  await program.find("heading", /Quelle liste importer/);
  await program.checkAccessibility("import, file");
  program.answerNextDialog(list);
  await program.click("button", /^Choisir un fichier/);
}

test("a list as it was sent is tried row by row, imported, and taken back at once", async (t) => {
  const program = await openProgram(t);
  const bar = await emptyCarnet(program);
  await program.click("link", /^Structures et territoires/, { within: bar });
  await program.checkAccessibility("structures, none yet");
  await program.screenshot("20-structures-vide");
  await chooseList(program, "mairies-23-48.csv");
  await program.find("button", /^Vérifier les 407 lignes/);
  await program.checkAccessibility("import, columns");
  await program.screenshot("21-import-colonnes");
  await program.click("button", /^Vérifier les 407 lignes/);
  await program.find("button", /^Importer 407 lignes/);
  await program.checkAccessibility("import, rows");
  await program.screenshot("22-import-lignes");
  await program.click("button", /^Importer 407 lignes/);
  await program.text(/407 fiches importées/);
  await program.checkAccessibility("import, result");
  await program.screenshot("23-import-bilan");
  await program.click("button", /^Défaire l’import/);
  await program.text(/L’import est défait/);
  await program.click("link", /^Structures et territoires/, { within: bar });
  await program.gone("row", /Mairie/);
});

// One subsidy has no description, which a project needs: it is refused with its reason.
for (const [name, rows, imported] of /** @type {const} */ ([
  ["fonds-vert-2023.csv", /^Vérifier les 10\s782 lignes/, /10\s782 fiches importées/],
  ["reserve-2016-extrait-windows1252.csv", /^Vérifier les 2\s500 lignes/, /2\s499 fiches importées/],
]))
  test(`${name} comes in from the window with the counts that its description states`, async (t) => {
    const program = await openProgram(t);
    await emptyCarnet(program);
    await chooseList(program, name);
    await program.click("button", rows);
    await program.click("button", /^Importer .* lignes/);
    await program.text(imported);
  });
