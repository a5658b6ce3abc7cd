import { expect, it } from "vitest";
import { formFields, opening } from "./form_fields";

it("a new record opens on its first state, its country and today, where these are required", () => {
  expect(opening("organisation", "2026-10-06")).toMatchObject({ country: "FR" });
  expect(opening("project", "2026-10-06")).toMatchObject({ maturity: "idea" });
  expect(opening("request", "2026-10-06")).toMatchObject({ received_on: "2026-10-06" });
  expect(opening("person", "2026-10-06")).toEqual({});
});

it("a form shows first what was asked for, what is required before a record is made, and folds the others", () => {
  const fields = ["acronym", "name"];
  const names = (list: { name: string }[]) => list.map((one) => one.name);
  const edited = formFields("organisation", { fields, hidden: ["siren"], isNew: false });
  expect(names(edited.first)).toEqual(fields);
  expect(names(edited.groups.flatMap((group) => group.fields))).not.toContain("siren");
  expect(names(edited.groups.flatMap((group) => group.fields))).toContain("country");
  const made = formFields("organisation", { fields, hidden: [], isNew: true });
  expect(names(made.first)).toContain("country");
  expect(names(made.groups.flatMap((group) => group.fields))).not.toContain("country");
});
