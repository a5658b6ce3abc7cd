// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { openProgram } from "./harness.mjs";

test("the program opens its window on the first-run screen", async (t) => {
  const program = await openProgram(t);

  assert.match(await program.driver.getTitle(), /Carnet d’appui$/);
  await program.find("heading", undefined, { level: 1 });
  await program.checkAccessibility("first run");
  await program.screenshot("01-premier-lancement");
});
