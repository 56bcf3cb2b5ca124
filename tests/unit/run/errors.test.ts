import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { TsdbtError } from "../../../core/errors.ts";
import { renderError } from "../../../core/events/render-error.ts";
import { JinjaError } from "../../../core/jinja/index.ts";
import { errorText, nodeError } from "../../../core/run/errors.ts";

const root = mkdtempSync(join(tmpdir(), "tsdbt-errors-"));
afterAll(() => rmSync(root, { recursive: true }));

const node = (more: object = {}) => ({
  unique_id: "model.shop.orders",
  resource_type: "model" as const,
  name: "orders",
  original_file_path: "models/orders.sql",
  ...more,
});

describe("nodeError", () => {
  it("says what an undefined name may have meant", () => {
    const thrown = new JinjaError("UndefinedError", "'cent' is undefined");
    const error = nodeError(thrown, node(), { root, names: () => ["cents"] });
    expect(error.kind).toBe("Compilation Error");
    expect(error.message).toMatch(/^'cent' is undefined\. This can happen when calling a macro that does not exist\./);
    expect(error.details).toMatchObject({ hint: expect.stringContaining("cents"), nodeId: "model.shop.orders" });
  });
  it("points into the written statement where the engine was given just that", () => {
    mkdirSync(join(root, "target"), { recursive: true });
    writeFileSync(join(root, "target", "orders.sql"), "create view v as\nselect nope");
    const source = "/* comment */\ncreate view v as\nselect nope";
    const thrown = new TsdbtError("TD5210", "Database Error", "no such column", {
      source,
      span: { line: 3, column: 8 },
    });
    const error = nodeError(thrown, node({ build_path: "target/orders.sql" }), { root });
    expect(error.details).toMatchObject({ file: "target/orders.sql", span: { line: 2, column: 8 } });
  });
  it("names the node's file, without a line, where another statement failed", () => {
    const thrown = new TsdbtError("TD5210", "Database Error", "x", { source: "drop", span: { line: 1, column: 1 } });
    const { details } = nodeError(thrown, node({ build_path: "target/orders.sql" }), { root });
    expect(details).toMatchObject({ file: "models/orders.sql", detached: true });
  });
  it("leaves built-in macros out of the engine's errors", () => {
    const frames = [
      { name: "macro statement (./runtime/statement.sql)", file: "./runtime/statement.sql" },
      { name: "macro mine (macros/m.sql)", file: "macros/m.sql" },
    ];
    const error = nodeError(new TsdbtError("TD5210", "Database Error", "x", { frames }), node(), { root });
    expect(renderError(error)).toContain("> in macro mine (macros/m.sql)");
    expect(renderError(error)).not.toContain("statement");
  });
  it("takes a mistake of the program for an internal error", () => {
    expect(nodeError(new RangeError("oops"), node(), { root })).toMatchObject({
      kind: "Internal Error",
      message: "oops",
    });
  });
});

describe("errorText", () => {
  const text = (
    kind: "Compilation Error" | "Database Error" | "Runtime Error",
    details: object = {},
    more: object = {},
  ) => errorText(new TsdbtError("TD1", kind, "first\nsecond", details), node(more));
  it("has the heading, the message and the macros on the way", () => {
    const frames = [{ name: "macro inner (macros/a.sql)" }, { name: "macro outer (macros/b.sql)" }];
    expect(text("Compilation Error", { frames })).toBe(
      "Compilation Error in model orders (models/orders.sql)\n  first\n  second\n  \n  > in macro inner (macros/a.sql)\n" +
        "  > called by macro outer (macros/b.sql)\n  > called by model orders (models/orders.sql)",
    );
  });
  it("has the compiled file of a statement that failed, and no macros", () => {
    const frames = [{ name: "macro statement (a.sql)" }];
    expect(text("Database Error", { frames }, { build_path: "target/run/o.sql" })).toBe(
      "Database Error in model orders (models/orders.sql)\n  first\n  second\n  compiled code at target/run/o.sql",
    );
  });
  it("has the engine's own words where the adapter keeps them", () => {
    expect(text("Runtime Error", { engineText: "first\n\nLINE 1: x\n        ^" })).toBe(
      "Runtime Error in model orders (models/orders.sql)\n  first\n  \n  LINE 1: x\n          ^",
    );
  });
});
