// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { demonstrationCarnet, openProgram } from "./harness.mjs";

/**
 * Makes the demonstration carnet and opens its projects.
 * @param {import("./harness.mjs").Program} program
 */
async function openProjects(program) {
  await demonstrationCarnet(program);
  await program.click("link", /^Projets/);
}

test("a card goes to the next maturity by the keyboard, is taken back, and both views say the same", async (t) => {
  const program = await openProgram(t);
  await openProjects(program);
  const ideas = await program.find("region", "Idée, 2 fiches");
  await program.find("region", "Piste, 3 fiches");
  await program.text(/^Premier échange/, { within: ideas });
  await program.checkAccessibility("board");
  await program.screenshot("10-projets");

  const [first] = await program.findAll("link", undefined, { within: ideas });
  assert.ok(first);
  const title = await first.getAccessibleName();
  await program.tabTo("link", title);
  await program.press("ArrowRight");
  assert.notEqual((await program.focused()).name, title);
  await program.press("ArrowLeft");
  assert.equal((await program.focused()).name, title);

  await program.press("Control+ArrowRight");
  const dialog = await program.find("dialog", /^Passer à «\sPiste\s»$/);
  await program.checkAccessibility("passage");
  await program.screenshot("11-passage");
  await program.click("button", /^Passer à «\sPiste\s»$/, { within: dialog });
  await program.find("region", "Idée, 1 fiche");
  await program.find("region", "Piste, 4 fiches");
  await program.find("button", "Annuler");
  await program.text(/Ctrl.Z pour revenir en arrière/, { hidden: true });
  await program.until("the keyboard follows the card", async () => (await program.focused()).name === title);

  await program.press("Control+z");
  await program.find("region", "Idée, 2 fiches");
  await program.find("region", "Piste, 3 fiches");

  await program.click("radio", "Tableau");
  await program.find("grid", "Projets");
  await program.fill("Filtrer les projets", "laine");
  await program.text("1 fiche sur 13");
  await program.checkAccessibility("table");
  await program.screenshot("12-projets-tableau");
});

/**
 * Notes at every frame from now on where each card of the board stands; gives what has moved since it was first drawn.
 * @param {import("./harness.mjs").Program} program
 */
async function followCards(program) {
  await program.driver.executeScript(`
    const first = new Map();
    window.movedCards = new Map();
    requestAnimationFrame(function look() {
      for (const card of document.querySelectorAll("main [data-card]")) {
        const { top, left, width, height } = card.getBoundingClientRect();
        const place = [top, left, width, height].map(Math.round).join(" ");
        const before = first.get(card.dataset.card) ?? place;
        first.set(card.dataset.card, before);
        if (place !== before) window.movedCards.set(card.querySelector("a").textContent, before + " → " + place);
      }
      requestAnimationFrame(look);
    });`);
  return () => program.driver.executeScript("return [...window.movedCards]");
}

test("nothing moves on the board once it is drawn, while what comes next is still being read", async (t) => {
  const program = await openProgram(t);
  await openProjects(program);
  await program.click("link", /^Aujourd’hui/);
  await program.find("button", /^Ouvrir la séance/);
  const moved = await followCards(program);
  await program.click("link", /^Projets/);
  const lanes = [/^Idée, 2/, /^Piste, 3/, /^Pré-projet, 3/, /^Projet, 3/];
  for (const name of lanes) {
    const lane = await program.find("region", name);
    await program.until("each card says what comes next", () =>
      program.driver.executeScript(
        'return arguments[0].querySelector("li") !== null && arguments[0].querySelector("li > [aria-hidden=true]") === null',
        lane,
      ),
    );
  }
  assert.deepEqual(await moved(), []);
});

test("a card dropped on another lane asks before anything changes", async (t) => {
  const program = await openProgram(t);
  await openProjects(program);
  const card = await program.find("link", "Burons ouverts");
  const lane = await program.find("region", "Pré-projet, 3 fiches");
  await program.drag(card, lane);
  const dialog = await program.find("dialog", /^Passer à «\sPré-projet\s»$/);
  await program.find("checkbox", /réseau/i, { within: dialog });
  await program.press("Escape");
  await program.gone("dialog");
  await program.find("region", "Idée, 2 fiches");
});

test("the file of a project says who, what and when, and leaves the board with an undo", async (t) => {
  const program = await openProgram(t);
  await openProjects(program);
  await program.click("link", "Laine des hauts plateaux");
  await program.find("heading", "Laine des hauts plateaux", { level: 1 });
  await program.find("heading", "Partenaires", { level: 2 });
  await program.gone("status", /Chargement/);
  await program.checkAccessibility("project");
  await program.screenshot("13-projet");

  await program.click("button", "Autres actions");
  await program.click("menuitem", "Supprimer le projet");
  await program.find("region", "Projet, 2 fiches");
  await program.click("button", "Annuler");
  await program.find("region", "Projet, 3 fiches");
});
