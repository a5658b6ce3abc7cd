import type { RecordView, Value } from "$lib/api/types";
import { describe, expect, it, vi } from "vitest";

vi.mock("@tauri-apps/api/core", () => ({ invoke: vi.fn() }));
vi.mock("@tauri-apps/api/event", () => ({ listen: vi.fn() }));
const { initialsOf, isPast, years } = await import("./positions");

const position = (fields: Record<string, Value>): RecordView => ({
  entity: "affiliation",
  id: "a",
  title: "",
  fields,
  level: "beneficiary",
  default_level: "beneficiary",
  field_levels: {},
  effective_levels: {},
  created_at: "",
  created_by: "",
  modified_at: "",
  modified_by: "",
  is_deleted: false,
  united_with: null,
  refs: {},
});

describe("a position", () => {
  it("is past from the day it ends", () => {
    expect(isPast(position({ ends_on: "2026-10-06" }), "2026-10-06")).toBe(true);
    expect(isPast(position({ ends_on: "2026-10-07" }), "2026-10-06")).toBe(false);
    expect(isPast(position({}), "2026-10-06")).toBe(false);
  });

  it("says since when it is held, and until when if it is over", () => {
    expect(years(position({ starts_on: "2019-03-01" }))).toBe("depuis mars 2019");
    expect(years(position({ starts_on: "2019-03-01", ends_on: "2024-06-30" }))).toBe(
      "de mars 2019 à juin 2024",
    );
    expect(years(position({ ends_on: "2024-06-30" }))).toBe("jusqu’en juin 2024");
    expect(years(position({}))).toBe("");
  });

  it("shows the initials of the first and of the last name", () => {
    expect(initialsOf("Jean-Marc de la Fayolle")).toBe("JF");
    expect(initialsOf("Béal")).toBe("B");
    expect(initialsOf("")).toBe("");
  });
});
