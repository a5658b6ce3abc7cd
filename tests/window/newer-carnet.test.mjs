// @ts-check
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { openProgram } from "./harness.mjs";
import { openDemonstration } from "./harness/first_run.mjs";

/** Where a database without a passphrase keeps `PRAGMA user_version`, big-endian (sqlite.org/fileformat2.html). */
const USER_VERSION_AT = 60;

test("a carnet of a later version is read, says why nothing can be changed, and stays as it is", async (t) => {
  const program = await openProgram(t);
  await openDemonstration(program);
  await program.close();

  const file = program.inDocuments("Carnet d’appui.carnet");
  const later = readFileSync(file);
  later.writeUInt32BE(9999, USER_VERSION_AT);
  writeFileSync(file, later);

  await program.open();
  await program.click("button", /^Ouvrir$/);
  const band = await program.find("region", "Carnet d’une version plus récente");
  assert.match(await band.getText(), /rien ne peut y être modifié ici.*installez/s);
  await program.find("button", /^Ouvrir la séance/);
  await program.checkAccessibility("today, newer carnet");
  await program.screenshot("30-carnet-plus-recent");
  await program.click("link", /^Projets/);
  await program.find("region", "Idée, 2 fiches");
  await program.find("region", "Carnet d’une version plus récente");
  assert.equal(await (await program.find("button", "Nouvelle idée")).isEnabled(), false);
  const card = await program.find("link", "Burons ouverts");
  await card.click();
  await program.find("heading", "Burons ouverts", { level: 1 });
  await program.checkAccessibility("project, newer carnet");
  await program.screenshot("31-projet-plus-recent");
  await program.close();
  assert.ok(readFileSync(file).equals(later), "no byte has changed");
});
