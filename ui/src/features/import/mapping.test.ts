import type { ImportPlan } from "$lib/api";
import { describe, expect, it, vi } from "vitest";

vi.mock("@tauri-apps/api/core", () => ({ invoke: vi.fn(), Channel: vi.fn() }));
vi.mock("@tauri-apps/api/event", () => ({ listen: vi.fn() }));
const { filledFields, mappingOf, missing, readingOnly, sameForAll, toSend, withDefault, withField } =
  await import("./mapping");

const column = (index: number, header: string, field: string | null) => ({
  index,
  header,
  samples: [],
  field,
  suggestion_reason: null,
});
const plan: ImportPlan = {
  path: "liste.csv",
  entity: "organisation",
  encoding: "UTF-8",
  separator: ";",
  header_line: 1,
  row_count: 2,
  columns: [column(0, "Nom", "name"), column(1, "SIREN", "siren"), column(2, "Obs.", null)],
  defaults: { country: { value: "FR", reason: "usual" } },
  key: ["siren"],
  warnings: [],
  preview_rows: [],
};
const names = (fields: { name: string }[]) => fields.map((field) => field.name);

describe("the columns of a file", () => {
  it("fill the fields that the plan proposes", () => {
    const mapping = mappingOf(plan);
    expect(filledFields(mapping)).toEqual(["name", "siren"]);
    expect(mapping.defaults).toEqual({ country: "FR" });
  });

  it("give a field that holds one value to the last column that asks for it", () => {
    const mapping = withField(mappingOf(plan), 2, "name");
    expect(mapping.columns).toEqual({ 0: null, 1: "siren", 2: "name" });
  });

  it("may share a field that holds several values", () => {
    const mapping = withField(withField(mappingOf(plan), 1, "roles"), 2, "roles");
    expect(mapping.columns).toEqual({ 0: "name", 1: "roles", 2: "roles" });
  });

  it("of a linked record recognise by the link", () => {
    const mapping = { ...withField(mappingOf(plan), 2, "territory.insee_code"), key: ["siren", "territory"] };
    expect(withField(mapping, 1, null).key).toEqual(["territory"]);
  });

  it("recognise no record once they are left aside", () => {
    expect(withField(mappingOf(plan), 1, null).key).toEqual([]);
  });
});

describe("the values that are the same for every row", () => {
  it("are asked for each required field without a column", () => {
    const mapping = mappingOf(plan);
    expect(names(sameForAll(mapping))).toEqual(["organisation_type", "country"]);
    expect(names(missing(mapping))).toEqual(["organisation_type"]);
    expect(missing(withDefault(mapping, "organisation_type", "structure"))).toEqual([]);
  });

  it("are not sent where a column fills the field", () => {
    const mapping = withField(withDefault(mappingOf(plan), "organisation_type", ""), 2, "country");
    expect(toSend(mapping).defaults).toEqual({});
  });
});

it("a required link is filled by a column of the record it names", () => {
  const projects = withField(
    { ...mappingOf(plan), entity: "project", columns: { 0: "title" } },
    1,
    "organisation.name",
  );
  expect(names(missing(projects))).not.toContain("organisation");
  const people = { ...mappingOf(plan), entity: "person", columns: { 0: "full_name" } };
  expect(missing(people)).toEqual([]);
});

it("reading the file otherwise proposes everything anew", () => {
  const { encoding, separator, header_line } = plan;
  expect(readingOnly("person", { encoding, separator, header_line })).toMatchObject({
    entity: "person",
    columns: {},
    key: [],
  });
});
