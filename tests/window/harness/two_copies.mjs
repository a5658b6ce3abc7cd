// @ts-check
/** Two copies of the demonstration carnet, one on each of two programs, that meet in a folder. */
import { copyFileSync, existsSync } from "node:fs";
import { PASSPHRASE } from "./first_run.mjs";

/** @typedef {import("./program.mjs").Program} Program */

const FILE = "Carnet d’appui.carnet";
export const PROJECT = "Laine des hauts plateaux";
export const FIELD = "Résultat attendu";

/**
 * Opens on one program a copy of the other's file.
 * @param {Program} from
 * @param {Program} to
 */
export async function openCopy(from, to) {
  await from.until("the file is there", () => existsSync(from.inDocuments(FILE)));
  copyFileSync(from.inDocuments(FILE), to.inDocuments(FILE));
  to.answerNextDialog(to.inDocuments(FILE));
  await to.click("button", /^J’ai déjà un carnet/);
  await to.fill("Phrase de passe", PASSPHRASE);
  await to.fill("Votre nom", "Jeanne Prat");
  await to.press("Enter");
  await to.find("navigation", "Navigation principale");
}

/**
 * @param {Program} program
 * @param {string} folder
 */
export async function chooseFolder(program, folder) {
  await program.click("link", /^Échanges/);
  program.answerNextDialog(folder);
  await program.click("button", "Choisir un dossier d’échange");
  await program.text("Accessible");
}

/**
 * Opens the sheet of the project.
 * @param {Program} program
 */
export async function openSheet(program) {
  await program.click("link", /^Projets/);
  await program.click("link", PROJECT);
  await program.find("heading", PROJECT, { level: 1 });
  // What is still being read moves the tabs: a click may miss.
  await program.until("the sheet shows", async () => {
    await program.click("tab", "Fiche");
    const shown = await program.findAll("tab", "Fiche", { selected: true });
    return shown.length === 1;
  });
  await program.field("Intitulé");
  // A clash in the folded fields has unfolded them.
  const unfold = await program.findAll("button", "Afficher tous les champs");
  if (unfold[0]) await unfold[0].click();
}

/**
 * Writes the field and leaves it.
 * @param {Program} program
 * @param {string} text
 */
export async function write(program, text) {
  await program.until("the field takes the words", async () => {
    await program.fill(FIELD, text);
    return true;
  });
  await program.press("Tab");
  await program.text(/^Enregistré à/);
}

/**
 * @param {Program} program
 * @param {string} text
 */
export const holds = (program, text) =>
  program.until(`« ${FIELD} » holds “${text}”`, async () => {
    const field = await program.field(FIELD);
    return (await field.getProperty("value")) === text;
  });
