// @ts-check
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { demonstrationCarnet, openProgram, pdfText } from "./harness.mjs";

const WORDS = "On voudrait coopérer, mais on ne sait pas avec qui.";

test("notes are typed in a session, kept by themselves, and the brief on disk says them", async (t) => {
  const program = await openProgram(t);
  await demonstrationCarnet(program);

  await program.find("button", /^Ouvrir la séance/);
  await program.checkAccessibility("today");
  await program.screenshot("06-aujourdhui");
  await program.click("link", /^Appuis/);
  await program.until("the supports are listed", async () => (await program.findAll("row")).length > 5);
  await program.checkAccessibility("supports");
  await program.screenshot("07-appuis");

  await program.click("link", /^Aujourd’hui/);
  await program.click("button", /^Ouvrir la séance/);
  await program.find("heading", /^Séance du/, { level: 1 });
  await program.checkAccessibility("session");
  await program.type(WORDS);
  await program.press("Tab");
  await program.text(/Enregistré à/);
  await program.screenshot("08-seance");

  await program.press("Control+e");
  await program.find("dialog");
  await program.until("the page is shown", async () => (await program.findAll("img")).length > 0);
  await program.checkAccessibility("export");
  await program.screenshot("09-export");
  const pdf = program.inDocuments("fiche.pdf");
  program.answerNextDialog(pdf);
  await program.click("button", /^Exporter pour moi/);
  await program.until("the PDF is on disk", () => existsSync(pdf));
  await program.text(/Document écrit/);
  const said = pdfText(pdf).replace(/\s+/g, " ");
  assert.match(said, /Document personnel/);
  assert.ok(said.includes("On voudrait coopérer"), said);
});
