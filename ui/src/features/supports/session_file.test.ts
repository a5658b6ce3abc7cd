import type { RecordView } from "$lib/api";
import { describe, expect, it } from "vitest";
import { newcomers } from "./session_file";

const attendance = (person: string, fields: RecordView["fields"] = {}) =>
  ({ entity: "attendance", id: `a-${person}`, fields: { person, ...fields } }) as unknown as RecordView;
const names = (file: Parameters<typeof newcomers>[0]) => newcomers(file).map((one) => one.fields.person);
const officers = new Set(["officer"]);

describe("who has not heard the frame", () => {
  it("is whoever comes without having been told in this support", () => {
    const attendances = [attendance("hugo"), attendance("sophie", { frame_restated_on: "2026-10-06" })];
    expect(names({ attendances, elsewhere: [], officers })).toEqual(["hugo"]);
  });

  it("is not someone told in an earlier session", () => {
    const elsewhere = [attendance("hugo", { frame_restated_on: "2026-09-08" })];
    expect(names({ attendances: [attendance("hugo")], elsewhere, officers })).toEqual([]);
  });

  it("is still someone who came before and was never told", () => {
    expect(names({ attendances: [attendance("hugo")], elsewhere: [attendance("hugo")], officers })).toEqual([
      "hugo",
    ]);
  });

  it("is neither the officer nor someone who did not come", () => {
    const attendances = [attendance("officer"), attendance("hugo", { was_present: false })];
    expect(names({ attendances, elsewhere: [], officers })).toEqual([]);
  });
});
