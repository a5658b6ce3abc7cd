// @ts-check
/** What a story begins with: the carnet that the first run makes. How the first run behaves is told by its own story. */

/** @typedef {import("./program.mjs").Program} Program */

/** The passphrase of every carnet made here. */
export const PASSPHRASE = "vélo brume tilleul horloge";

/**
 * Goes from the first screen to the choice of what the carnet opens on.
 * @param {Program} program
 */
async function sayWhoAndPhrase(program) {
  await program.fill("Nom de ce poste", "Portable");
  await program.fill("Votre nom", "Ada Roy");
  await program.click("button", /^Continuer/);
  await program.fill("Phrase de passe", PASSPHRASE);
  await program.fill("La même, une seconde fois", PASSPHRASE);
  await program.click("button", /^Continuer/);
}

/**
 * Makes the demonstration carnet without a passphrase, so that the command line reads it at once, and opens it.
 * @param {Program} program
 */
export async function openDemonstration(program) {
  await program.fill("Nom de ce poste", "Portable");
  await program.fill("Votre nom", "Ada Roy");
  await program.click("button", /^Continuer/);
  await program.click("checkbox", /sans phrase de passe/i);
  await program.click("button", /^Continuer/);
  await program.click("radio", /Un carnet de démonstration/);
  await program.click("button", /^Créer le carnet/);
  return program.find("navigation", "Navigation principale");
}

/**
 * Makes an empty carnet and opens it; returns its main navigation.
 * @param {Program} program
 */
export async function emptyCarnet(program) {
  await sayWhoAndPhrase(program);
  await program.click("button", /^Créer le carnet/);
  await program.find("heading", "La feuille de secours", { level: 1 });
  await program.click("button", /^Ouvrir le carnet/);
  return program.find("navigation", "Navigation principale");
}

/**
 * Makes the demonstration carnet, keeps its recovery sheet, and opens it; returns its main navigation.
 * @param {Program} program
 */
export async function demonstrationCarnet(program) {
  await sayWhoAndPhrase(program);
  await program.click("radio", /Un carnet de démonstration/);
  await program.click("button", /^Créer le carnet/);
  await program.find("heading", "La feuille de secours", { level: 1 });
  program.answerNextDialog(program.inDocuments("secours.pdf"));
  await program.click("button", "Enregistrer la feuille à imprimer");
  await program.text(/Feuille enregistrée/);
  await program.click("button", /^Ouvrir le carnet/);
  return program.find("navigation", "Navigation principale");
}
