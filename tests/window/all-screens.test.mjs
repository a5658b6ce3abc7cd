// @ts-check
/** Every screen and every dialog, in light and in dark: axe-core finds nothing, and its pictures are kept to be looked at. */
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Looks, openProgram } from "./harness.mjs";

/** @typedef {import("./harness.mjs").Program} Program */

const LIST = new URL("../fixtures/import/mairies-23-48.csv.gz", import.meta.url);
const PASSPHRASE = "vélo brume tilleul horloge";

/**
 * Starts an action by its name in the palette.
 * @param {Program} program
 * @param {string} label
 */
async function act(program, label) {
  await program.press("Control+Shift+k");
  const palette = await program.find("dialog", "Rechercher ou agir");
  await program.type(label);
  // The screens put unbreakable spaces where French wants them.
  const name = new RegExp(`^${label.replaceAll(" ", "\\s")}`, "i");
  await program.find("option", name, { within: palette, selected: true });
  await program.press("Enter");
}

/**
 * Opens a dialog by its action, looks at it, and closes it.
 * @param {Program} program
 * @param {Looks} looks
 * @param {string} label
 * @param {string} name of the pictures
 */
async function dialog(program, looks, label, name) {
  await act(program, label);
  await program.gone("dialog", "Rechercher ou agir");
  await program.find("dialog");
  await looks.at(name);
  await program.press("Escape");
  await program.gone("dialog");
}

/**
 * @param {Program} program
 * @param {Looks} [looks]
 */
async function begin(program, looks) {
  await looks?.at("s01-vous");
  await program.fill("Nom de ce poste", "Portable");
  await program.fill("Votre nom", "");
  await program.press("Enter");
  await looks?.at("s01-vous-incomplet");
  await program.fill("Votre nom", "Ada Roy");
  await program.press("Enter");
  await program.find("heading", "Votre phrase de passe");
  await program.fill("Phrase de passe", "tilleul");
  await looks?.at("s02-phrase-faible");
  await program.fill("Phrase de passe", PASSPHRASE);
  await program.fill("La même, une seconde fois", PASSPHRASE);
  await looks?.at("s02-phrase");
  await program.press("Enter");
  await program.click("radio", /Un carnet de démonstration/);
  await looks?.at("s03-emplacement");
  await program.click("button", /^Créer le carnet/);
  await program.find("heading", "La feuille de secours", { level: 1 });
  await looks?.at("s04-feuille");
  await program.click("button", /^Ouvrir le carnet/);
  await program.find("button", /^Ouvrir la séance/);
}

test("first run, closed carnet, today, palette, settings and help", async (t) => {
  const program = await openProgram(t);
  const looks = new Looks(program);
  await begin(program, looks);
  await looks.at("s10-aujourdhui");
  await program.press("Control+k");
  await looks.at("s11-palette");
  await program.type("laine");
  await program.find("option", /^Laine des hauts/, { selected: true });
  await looks.at("s11-palette-resultats");
  await program.press("Control+a");
  await program.type("zzzz");
  await program.text(/Aucune fiche ne contient/);
  await looks.at("s11-palette-rien");
  await program.press("Escape");
  await program.press("Alt+6");
  await program.find("heading", "Général", { level: 1 });
  await looks.at("s12-reglages");
  await program.press("F1");
  await program.find("heading", "Aide et clavier", { level: 1 });
  await looks.at("s13-aide");
  await program.press("Control+b");
  await looks.at("s14-barre-repliee");
  await program.press("Control+b");
  await dialog(program, looks, "Créer : Tâche, relance", "s15-nouvelle-tache");
  await dialog(program, looks, "Créer : Personne", "s15-nouvelle-personne");
  await program.driver.executeScript('location.hash = "#/ailleurs"');
  await program.find("heading", "Rien à cet endroit", { level: 1 });
  await looks.at("s16-nulle-part");
  await act(program, "Fermer le carnet");
  await program.find("heading", "Carnet fermé", { level: 1 });
  await looks.at("s17-ferme");
  await program.click("button", "Changer");
  await program.click("button", "Phrase oubliée");
  await looks.at("s17-ferme-choix");
  await program.fill("Phrase de passe", "une autre phrase");
  await program.press("Enter");
  await program.text(/pas la bonne phrase/);
  await looks.at("s17-phrase-refusee");
  looks.end();
});

test("supports, one support, its dialogs", async (t) => {
  const program = await openProgram(t);
  const looks = new Looks(program);
  await begin(program);
  await program.press("Alt+2");
  await program.until("the supports are listed", async () => (await program.findAll("row")).length > 5);
  await looks.at("s20-appuis");
  await program.click("button", /^\d+ demandes? /);
  await looks.at("s20-appuis-demandes");
  await dialog(program, looks, "Nouvel appui", "s21-nouvel-appui");
  await dialog(program, looks, "Coup de main", "s21-coup-de-main");
  await dialog(program, looks, "Prendre des notes", "s21-prendre-des-notes");
  await program.press("/");
  await program.type("laine des hauts");
  await program.until("one support is left", async () => (await program.findAll("row")).length === 2);
  await looks.at("s22-appuis-filtre");
  await program.press("Control+a");
  await program.type("zzzz");
  await program.find("heading", "Aucun appui ne correspond");
  await looks.at("s22-appuis-rien");
  await program.press("Control+k");
  await program.type("laine des hauts plateaux : de la grange");
  await program.find("option", /^Laine des hauts plateaux\s: de/, { selected: true });
  await program.press("Enter");
  await program.find("heading", /^Laine des hauts plateaux/, { level: 1 });
  await looks.at("s23-appui");
  await dialog(program, looks, "Modifier le cadre", "s24-cadre");
  await dialog(program, looks, "Fiche complète", "s24-fiche-complete");
  await dialog(program, looks, "Corriger l’état", "s24-corriger");
  await dialog(program, looks, "Clore l’appui", "s24-clore");
  looks.end();
});

test("a session, its dialogs, its documents", async (t) => {
  const program = await openProgram(t);
  const looks = new Looks(program);
  await begin(program);
  await program.click("button", /^Ouvrir la séance/);
  await program.find("heading", /^Séance du/, { level: 1 });
  await program.type("On voudrait coopérer, mais on ne sait pas avec qui.");
  await program.press("Tab");
  await program.text(/Enregistré à/);
  await looks.at("s30-seance");
  await dialog(program, looks, "Clore la séance", "s31-clore");
  await dialog(program, looks, "Annuler la séance", "s31-annuler");
  await dialog(program, looks, "Détails de la séance", "s31-details");
  await dialog(program, looks, "Corriger l’état", "s31-corriger");
  await program.press("Control+e");
  await program.find("dialog");
  await program.until("the page is shown", async () => (await program.findAll("img")).length > 0);
  await looks.at("s32-exporter-fiche");
  await program.choose("Document", "Relevé de décisions");
  await program.find("button", /^Exporter pour le bénéficiaire/);
  await program.until("the page is shown", async () => (await program.findAll("img")).length > 0);
  await looks.at("s32-exporter-releve");
  await program.press("Escape");
  await program.gone("dialog");
  await program.click("button", "Aperçu du relevé");
  await program.until("the record is shown", async () => (await program.findAll("img")).length > 0);
  await looks.at("s33-releve");
  looks.end();
});

test("projects by maturity and as a table, one project, its tabs and dialogs", async (t) => {
  const program = await openProgram(t);
  const looks = new Looks(program);
  await begin(program);
  await program.press("Alt+3");
  await program.find("region", "Idée, 2 fiches");
  await looks.at("s40-projets");
  await program.click("button", /^Ouvrir la colonne|clos/i);
  await looks.at("s40-projets-clos");
  await dialog(program, looks, "Nouvelle idée", "s41-nouvelle-idee");
  await act(program, "Voir les projets en tableau");
  await program.find("grid", "Projets");
  await looks.at("s42-tableau");
  await program.press("/");
  await program.type("zzzz");
  await program.find("heading", /^Aucun projet ne correspond/);
  await looks.at("s42-tableau-rien");
  await program.press("Control+k");
  await program.type("Routes de la châtaigne");
  await program.find("option", /^Routes de la châtaigne/, { selected: true });
  await program.press("Enter");
  await program.find("heading", "Routes de la châtaigne", { level: 1 });
  await looks.at("s43-projet");
  for (const tab of ["Fiche", "Appuis et suivi", "Partenaires", "Actions", "Financement", "Documents"]) {
    await program.click("tab", new RegExp(`^${tab}`));
    await looks.at(`s44-projet-${tab.toLowerCase().replaceAll(" ", "-")}`);
  }
  await program.click("button", "Historique");
  await program.find("complementary", "Historique");
  await looks.at("s45-historique");
  await program.click("button", "Historique");
  await dialog(program, looks, "Corriger l’état", "s46-corriger");
  await dialog(program, looks, "Clore ou mettre de côté", "s46-clore");
  await program.click("button", "Synthèse");
  await program.find("dialog");
  await program.until("the page is shown", async () => (await program.findAll("img")).length > 0);
  await looks.at("s47-synthese");
  looks.end();
});

test("organisations, one organisation, its tabs and dialogs", async (t) => {
  const program = await openProgram(t);
  const looks = new Looks(program);
  await begin(program);
  await program.press("Alt+4");
  await program.until("the organisations are listed", async () => (await program.findAll("row")).length > 3);
  await looks.at("s50-structures");
  await dialog(program, looks, "Nouvelle structure", "s51-nouvelle-structure");
  await program.press("Control+k");
  await program.type("PNR des Monts Cézallins");
  await program.find("option", /^PNR des Monts Cézallins/, { selected: true });
  await program.press("Enter");
  await program.find("heading", "PNR des Monts Cézallins", { level: 1 });
  await looks.at("s52-structure");
  for (const tab of ["Fiche complète", "Documents", "Historique"]) {
    await program.click("tab", new RegExp(`^${tab}`));
    await looks.at(`s53-structure-${tab.toLowerCase().replaceAll(" ", "-").replaceAll("è", "e")}`);
  }
  await program.click("tab", /^Vue d’ensemble/);
  await program.click("button", "Ajouter la personne");
  await program.find("dialog");
  await looks.at("s54-ajouter-une-personne");
  await program.press("Escape");
  await program.click("button", "Noter un échange");
  const about = await program.find("combobox", /^GST/);
  await program.until(
    "what the form already knows is named",
    async () => (await about.getProperty("value")) === "PNR des Monts Cézallins",
  );
  await looks.at("s54-noter-un-echange");
  await program.press("Escape");
  await act(program, "Doublons possibles");
  await program.find("heading", "Aucun doublon trouvé");
  await looks.at("s55-doublons-aucun");
  looks.end();
});

test("a list brought in, step by step, and what is refused", async (t) => {
  const program = await openProgram(t);
  const looks = new Looks(program);
  await begin(program);
  await act(program, "Importer une liste");
  await program.find("heading", /Quelle liste importer/);
  await looks.at("s60-import-fichier");
  const bad = program.inDocuments("note.pdf");
  writeFileSync(bad, "%PDF-1.7\n");
  program.answerNextDialog(bad);
  await program.click("button", /^Choisir un fichier/);
  await program.find("alert");
  await looks.at("s60-import-refuse");
  const list = program.inDocuments("mairies.csv");
  writeFileSync(list, `${gunzipSync(readFileSync(LIST)).toString()}"trop";"court"\n`);
  program.answerNextDialog(list);
  await program.click("button", /^Choisir un (autre )?fichier/);
  await program.find("button", /^Vérifier les \d+ lignes/);
  await looks.at("s61-import-colonnes");
  await program.click("button", /^Vérifier les \d+ lignes/);
  await program.find("button", /^Importer \d+ lignes/);
  await looks.at("s62-import-lignes");
  await program.click("button", /^Importer \d+ lignes/);
  await program.text(/fiches importées/);
  await looks.at("s63-import-bilan");
  looks.end();
});
