// @ts-check
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { openProgram } from "./harness.mjs";

const LIST = new URL("../fixtures/import/mairies-23-48.csv.gz", import.meta.url);
const PASSPHRASE = "vélo brume tilleul horloge";

test("a list as it was sent is tried row by row, imported, and taken back at once", async (t) => {
  const program = await openProgram(t);
  await program.fill("Nom de ce poste", "Portable");
  await program.fill("Votre nom", "Ada Roy");
  await program.click("button", /^Continuer/);
  await program.fill("Phrase de passe", PASSPHRASE);
  await program.fill("La même, une seconde fois", PASSPHRASE);
  await program.click("button", /^Continuer/);
  await program.click("button", /^Créer le carnet/);
  await program.find("heading", "La feuille de secours", { level: 1 });
  await program.click("button", /^Ouvrir le carnet/);

  const bar = await program.find("navigation", "Navigation principale");
  await program.click("link", /^Structures et territoires/, { within: bar });
  await program.checkAccessibility("structures, none yet");
  await program.screenshot("20-structures-vide");
  const list = program.inDocuments("mairies.csv");
  writeFileSync(list, gunzipSync(readFileSync(LIST)));
  await program.press("Control+k");
  await program.type("Importer une liste");
  await program.press("Enter");
  await program.find("heading", /Quelle liste importer/);
  await program.checkAccessibility("import, file");
  program.answerNextDialog(list);
  await program.click("button", /^Choisir un fichier/);
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
