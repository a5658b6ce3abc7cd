import { describe, expect, it } from "vitest";
import { matchRoute, readAddress, recordPath, writeAddress, type Route } from "./routes";

const route = (path: string): Route => ({
  path,
  title: "entity.project",
  screen: () => Promise.reject(new Error("not loaded in this test")),
});
const routes = ["/aujourdhui", "/projets", "/projets/:id", "/projets/nouveau"].map(route);

describe("addresses", () => {
  it("read a path and its parameters", () => {
    const address = readAddress("#/projets?vue=tableau&q=bois+local");
    expect(address.path).toBe("/projets");
    expect(address.query.get("q")).toBe("bois local");
    expect(readAddress("").path).toBe("/");
  });

  it("leave empty parameters out", () => {
    expect(writeAddress("/projets", { vue: "tableau", q: "" })).toBe("/projets?vue=tableau");
    expect(writeAddress("/projets", { q: null })).toBe("/projets");
  });

  it("survive being written and read again", () => {
    expect(readAddress(`#${writeAddress("/a", { q: "à & é" })}`).query.get("q")).toBe("à & é");
  });
});

describe("matching a screen", () => {
  it("hands over the parts that vary, decoded", () => {
    expect(matchRoute(routes, "/projets/a%2Fb")?.params).toEqual({ id: "a/b" });
  });

  it("prefers a fixed part to one that varies", () => {
    expect(matchRoute(routes, "/projets/nouveau")?.route.path).toBe("/projets/nouveau");
  });

  it("finds nothing for an address nobody registered", () => {
    expect(matchRoute(routes, "/ailleurs")).toBeNull();
    expect(matchRoute(routes, "/projets/1/2")).toBeNull();
  });

  it("gives a record its screen only where one exists", () => {
    expect(recordPath("support", "42")).toBe("/appuis/42");
    expect(recordPath("tag", "42")).toBeNull();
  });
});
