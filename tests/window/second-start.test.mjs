// @ts-check
import assert from "node:assert/strict";
import { copyFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { openProgram } from "./harness.mjs";
import { PASSPHRASE, demonstrationCarnet, emptyCarnet } from "./harness/first_run.mjs";

/** @param {import("./harness.mjs").Program} program */
function published(program) {
  const [name] = readdirSync(program.inDocuments("")).filter((one) => one.endsWith(".carnet"));
  assert.ok(name);
  return program.inDocuments(name);
}

test("a second start joins the window that is open, and brings it the copy that was double-clicked", async (t) => {
  const program = await openProgram(t);
  await demonstrationCarnet(program);
  const copy = program.inDocuments("copie de Jeanne.carnet");
  copyFileSync(published(program), copy);

  assert.equal(await program.startAgain(), 0, "it ends at once");
  assert.equal(await program.startAgain(copy), 0, "it ends at once");
  const asked = await program.find("dialog", /copie de Jeanne/);
  await program.text(/n’apporte rien de nouveau/, { within: asked });
  await program.find("button", "L’ouvrir à la place");
  await program.press("Escape");
  await program.gone("dialog");

  program.commandLine(
    PASSPHRASE,
    "--author",
    "Jeanne Prat",
    "set",
    copy,
    "organisation",
    ...["name=Foyer de la Truyère", "organisation_type=group", "country=FR"],
  );
  assert.equal(await program.startAgain(copy), 0, "it ends at once");
  await program.text(/apporte du nouveau/);
  await program.checkAccessibility("a copy is asked for");
  await program.screenshot("45-copie-demandee");
  await program.tabTo("button", "Voir ce qu’elle apporte");
  await program.press("Enter");
  await program.find("heading", "Aperçu avant d’intégrer", { level: 1 });
  await program.find("heading", "Foyer de la Truyère");
  await program.click("button", "Intégrer la copie");
  await program.find("button", "Défaire tout");
  await program.find("heading", "Foyer de la Truyère", { level: 1 });
});

test("another carnet that is double-clicked opens in the place of the open one, and a closed window proposes it", async (t) => {
  const program = await openProgram(t);
  await emptyCarnet(program);
  const other = program.inDocuments("Autre.carnet");
  program.commandLine("une autre phrase", "new", other);
  assert.equal(await program.startAgain(other), 0);
  const asked = await program.find("dialog", /Autre/);
  await program.text(/Ce n’est pas une copie/, { within: asked });
  await program.screenshot("46-autre-carnet-demande");
  await program.click("button", "L’ouvrir à la place");
  await program.find("heading", "Carnet fermé", { level: 1 });
  await program.text("Autre.carnet");
  await program.fill("Phrase de passe", "une autre phrase");
  await program.press("Enter");
  await program.find("navigation", "Navigation principale");
  assert.equal((await program.findAll("dialog")).length, 0);

  // Closed, whatever is double-clicked is proposed.
  await program.press("Control+Shift+k");
  await program.type("fermer");
  await program.find("option", /^Fermer le carnet/, { selected: true });
  await program.press("Enter");
  await program.find("heading", "Carnet fermé", { level: 1 });
  const third = program.inDocuments("Troisième.carnet");
  copyFileSync(other, third);
  assert.equal(await program.startAgain(third), 0);
  await program.text("Troisième.carnet");
  await program.text(/Si c’est une copie de votre carnet/);
  await program.checkAccessibility("a file is asked for while closed");
  await program.screenshot("47-fichier-demande-ferme");
});
