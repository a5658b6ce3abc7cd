// @ts-check
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, renameSync, statSync, truncateSync } from "node:fs";
import { test } from "node:test";
import { PASSPHRASE, demonstrationCarnet, openProgram } from "./harness.mjs";
import { FIELD, PROJECT, chooseFolder, holds, openCopy, openSheet, write } from "./harness/two_copies.mjs";

/** @typedef {import("./harness.mjs").Program} Program */

/** @param {Program} program */
async function exchangeNow(program) {
  await program.click("link", /^Échanges/);
  await program.click("button", "Échanger maintenant");
  await program.until("the exchange has ended", async () => {
    const button = await program.find("button", "Échanger maintenant");
    return button.isEnabled();
  });
}

test("two copies meet in a folder: an edit arrives by itself, a clash is settled on its field, a batch is undone", async (t) => {
  const here = await openProgram(t);
  await demonstrationCarnet(here);
  const there = await openProgram(t);
  await openCopy(here, there);
  const folder = here.inDocuments("Échange");
  mkdirSync(folder);
  await here.click("link", /^Échanges/);
  await here.checkAccessibility("no folder");
  await here.screenshot("30-echanges-sans-dossier");
  await chooseFolder(here, folder);
  await chooseFolder(there, folder);

  // An edit on one shows on the other, which nobody touches.
  await openSheet(there);
  await openSheet(here);
  await write(here, "Trois ateliers de filature");
  await holds(there, "Trois ateliers de filature");

  // The folder goes away; both write in the same field, unaware.
  renameSync(folder, `${folder} absent`);
  await write(here, "Trois ateliers, un par saison");
  await write(there, "Trois ateliers et une boutique");
  await here.click("link", /^Échanges/);
  await here.find("heading", "Dossier d’échange");
  await here.text("Introuvable");
  await here.checkAccessibility("folder missing");
  await here.screenshot("31-dossier-introuvable");
  renameSync(`${folder} absent`, folder);
  await exchangeNow(there);
  await exchangeNow(here);
  await here.find("link", "Échanges 1 à trancher");
  await here.find("article", new RegExp(`${PROJECT}, ${FIELD}`));
  await here.checkAccessibility("exchanges");
  await here.screenshot("32-echanges");

  // The band leads to the first card, where the keys are told and act.
  await here.click("button", "Trancher");
  await here.text("garder");
  await here.until("the value written here is first reached", async () =>
    /^Ici/.test((await here.focused()).name),
  );

  // What changed, by record; who joined has arrived before, with an exchange of its own.
  await here.until("the latest exchange opens", async () => {
    const [latest, joined] = await here.findAll("link", /^Ce qui a changé\s:/);
    if (joined) await latest?.click();
    return joined;
  });
  await here.find("heading", PROJECT, { level: 1 });
  await here.find("article", new RegExp(`${PROJECT}, ${FIELD}`));
  await here.checkAccessibility("what changed");
  await here.screenshot("33-ce-qui-a-change");

  // On its field, from the keyboard.
  await openSheet(here);
  await here.find("article", new RegExp(`${PROJECT}, ${FIELD}`));
  await here.checkAccessibility("clash");
  await here.screenshot("34-conflit-sur-la-fiche");
  await here.click("button", "Trancher");
  // Nothing is pointed at yet: Enter alone settles nothing.
  await here.press("Enter");
  await here.text("Choisissez la valeur à garder.");
  assert.equal((await here.findAll("radio", undefined, { checked: true })).length, 0);
  await here.press("2", "1", "Enter");
  await here.gone("article", new RegExp(`${PROJECT}, ${FIELD}`));
  await holds(here, "Trois ateliers, un par saison");
  await here.until(
    "the field that was settled has the focus",
    async () => (await here.focused()).name === FIELD,
  );
  await exchangeNow(here);
  await exchangeNow(there);
  await openSheet(there);
  await there.gone("article");
  await there.gone("link", /trancher/);
  await holds(there, "Trois ateliers, un par saison");
  await there.screenshot("35-tranche-la-bas");

  // A whole batch goes back; the edits made here stay.
  await write(there, "Rien de tout cela");
  await exchangeNow(there);
  await exchangeNow(here);
  await openSheet(here);
  await holds(here, "Rien de tout cela");
  await here.click("link", /^Échanges/);
  await here.until("the latest exchange opens", async () => {
    const [latest] = await here.findAll("link", /^Ce qui a changé\s:/);
    await latest?.click();
    return latest;
  });
  await here.click("button", "Défaire tout");
  await here.text(/^L’échange est défait/);
  await here.screenshot("36-echange-defait");
  await openSheet(here);
  await holds(here, "Trois ateliers, un par saison");

  // The history says who and where, and puts a value back.
  await here.click("button", "Historique");
  await here.find("complementary", "Historique");
  await here.click("button", /^Filtrer par\s: Champ/);
  await here.click("option", FIELD);
  await here.click("button", /^Revenir à cette valeur\s: Trois ateliers de filature/);
  await holds(here, "Trois ateliers de filature");
  await here.screenshot("37-historique");
  await here.checkAccessibility("history");
});

test("a backup is looked into, and one record comes back as it was", async (t) => {
  const program = await openProgram(t);
  await demonstrationCarnet(program);
  await openSheet(program);
  await write(program, "Avant la sauvegarde");
  await program.click("link", /^Échanges/);
  await program.tabTo("button", "Sauvegarder");
  await program.press("Enter");
  await program.text(/^Sauvegarde faite et relue/);
  assert.equal((await program.focused()).name, "Sauvegarder");
  assert.deepEqual(await program.covered(), []);
  await openSheet(program);
  await write(program, "Après la sauvegarde");
  await program.click("link", /^Échanges/);
  await program.click("link", "Restaurer d’une sauvegarde");
  await program.find("heading", "Sauvegardes", { level: 1 });
  await program.checkAccessibility("backups");
  await program.screenshot("38-sauvegardes");
  await program.until("the latest backup opens", async () => {
    const [latest] = await program.findAll("link", /^Regarder dedans/);
    await latest?.click();
    return latest;
  });
  await program.find("grid", "Contenu de la sauvegarde");
  // Words are looked for in every kind of record, until one is chosen.
  await program.fill("Filtrer les fiches", "laine");
  await program.find("row", /^.*Laine des hauts plateaux.*Appui/);
  await program.screenshot("39-toutes-les-fiches");
  await program.choose("Sorte de fiche", "Projets");
  await program.text("Modifiée depuis");
  await program.checkAccessibility("inside a backup");
  await program.screenshot("39-dans-la-sauvegarde");
  await program.tabTo("grid", "Contenu de la sauvegarde");
  await program.press("Enter");
  const values = await program.find("region", "Valeurs de la fiche");
  await program.text("Avant", { within: values });
  await program.text("Après la sauvegarde", { within: values });
  await program.checkAccessibility("values of a backup");
  await program.screenshot("39-valeurs-de-la-sauvegarde");
  await program.click("checkbox", "Seulement ce qui diffère");
  await program.text(/^1 fiche$/);
  await program.click("button", "Restaurer la fiche");
  const asked = await program.find("dialog", /^Restaurer/);
  await program.checkAccessibility("restore");
  await program.click("button", "Restaurer la fiche", { within: asked });
  await program.text(/est comme dans la sauvegarde/);
  await program.until("the focus is on the record beside the list", async () =>
    /^Valeurs de la fiche/.test((await program.focused()).name),
  );
  await openSheet(program);
  await holds(program, "Avant la sauvegarde");
  await program.press("Control+z");
});

test("a damaged carnet is put right from its backup, and says from which and where the damaged file is", async (t) => {
  const program = await openProgram(t);
  await demonstrationCarnet(program);
  await program.click("link", /^Échanges/);
  await program.click("button", "Sauvegarder");
  await program.text(/^Sauvegarde faite et relue/);
  await program.close();
  const place = program.inData("working");
  const carnets = () => readdirSync(place).filter((name) => name.endsWith(".carnet"));
  const [working] = carnets();
  const path = `${place}/${working}`;
  truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096);
  await program.open();
  await program.fill("Phrase de passe", PASSPHRASE);
  await program.press("Enter");
  const band = await program.find("region", "Carnet réparé");
  const said = await band.getText();
  const [kept] = carnets().filter((name) => name !== working);
  assert.match(said, /sauvegarde du \d/);
  assert.ok(kept && said.includes(kept), said);
  await program.checkAccessibility("repaired");
  await program.screenshot("41-carnet-repare");
  await program.click("button", "Masquer ce message");
  await program.gone("region", "Carnet réparé");
  await openSheet(program);
});

test("the history of a support, of a session and of any record is one action away", async (t) => {
  const program = await openProgram(t);
  await demonstrationCarnet(program);
  await program.click("link", /^Appuis/);
  await program.click("link", /^Laine des hauts plateaux/);
  await program.click("button", "Autres actions");
  await program.click("menuitem", "Historique");
  await program.find("dialog", /^Historique/);
  await program.find("button", /^Défaire/);
  await program.checkAccessibility("support history");
  await program.screenshot("40-historique-appui");
});
