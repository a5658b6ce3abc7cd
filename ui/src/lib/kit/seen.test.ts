import type { Patch, RecordView } from "$lib/api";
import { describe, expect, it } from "vitest";
import { Seen } from "./seen.svelte";

const UNSEEN = { code: "unseen", params: { entity: "session", field: "duration_min" } };
const session = (fields: Patch, id = "s") =>
  ({ entity: "session", id, title: "Séance", fields: { ...fields } }) as unknown as RecordView;

/** What a dialog showed, and what the carnet holds by the time it is sent. */
const dialog = (shown: Patch, stored: Patch) =>
  new Seen([session(shown)], () => Promise.resolve(session(stored)));

describe("what a dialog showed of a record", () => {
  it("is what its edits are made over", () => {
    const seen = dialog({ duration_min: 60 }, {});
    expect(seen.edit({ duration_min: 90, travel_min: 20 })).toEqual({
      entity: "session",
      id: "s",
      patch: { duration_min: 90, travel_min: 20 },
      over: { duration_min: 60, travel_min: null },
    });
  });

  it("is written again only where somebody changed it", () => {
    const seen = dialog({ duration_min: 60, travel_min: 20, projects: ["a"] }, {});
    const draft = { duration_min: 60, travel_min: null, preparation_min: null, projects: ["a"] };
    expect(seen.changed(draft)).toEqual({ travel_min: null });
  });

  it("says, once something else stands there, what that is; sent again, it is over that", async () => {
    const seen = dialog({ duration_min: 60, travel_min: 20 }, { duration_min: 45 });
    const patch = { duration_min: 90, travel_min: 30 };
    const said = await seen.refused(UNSEEN, Object.keys(patch), ["duration_min"]);
    expect(said.errors.duration_min).toMatch(/^Écrit ailleurs.*«\s45\smin\s»/u);
    expect(said.refusal).toMatch(/^Trajet\s: Retiré ailleurs/u);
    expect(seen.edit(patch).over).toEqual({ duration_min: 45, travel_min: null });
  });

  it("goes on saying so of a field put back to what it first showed", async () => {
    const seen = dialog({ duration_min: 60 }, { duration_min: 45 });
    await seen.refused(UNSEEN, ["duration_min"], ["duration_min"]);
    expect(seen.changed({ duration_min: 60 })).toEqual({ duration_min: 60 });
  });

  it("does not take for seen what it does not write: that stays as it is", async () => {
    const seen = dialog({ duration_min: 60, travel_min: 20 }, { duration_min: 45, travel_min: 5 });
    await seen.refused(UNSEEN, ["duration_min"], ["duration_min", "travel_min"]);
    expect(seen.changed({ duration_min: 90, travel_min: 20 })).toEqual({ duration_min: 90 });
    expect(seen.edit({ travel_min: 30 }).over).toEqual({ travel_min: 20 });
  });

  it("leaves it to the record where several values stand", async () => {
    const seen = dialog({ duration_min: 60 }, { duration_min: 60 });
    const said = await seen.refused(UNSEEN, ["duration_min"], ["duration_min"]);
    expect(said.errors.duration_min).toMatch(/sur la fiche/u);
  });

  it("names the records where there are several", async () => {
    const [a, b] = [session({ status: "held" }, "a"), session({ status: "held" }, "b")];
    const stored = [a, session({ status: "cancelled" }, "b")];
    const seen = new Seen([a, b], (_entity, id) =>
      Promise.resolve(stored.find((one) => one.id === id) as RecordView),
    );
    const said = await seen.refused(UNSEEN, ["status"], []);
    expect(said.refusal).toMatch(/Séance.*Annulée/u);
  });

  it("hands on any other refusal, at its field where it has a place", async () => {
    const seen = dialog({}, {});
    const refused = {
      code: "invalid",
      params: { entity: "session", field: "travel_min", reason: "required" },
    };
    expect(Object.keys((await seen.refused(refused, [], ["travel_min"])).errors)).toEqual(["travel_min"]);
    expect((await seen.refused({ code: "disk_full", params: {} }, [], ["travel_min"])).refusal).not.toBe("");
  });
});
