import { describe, expect, test } from "vitest";
import { type ErrorDetails, TsdbtError } from "../../../core/errors.ts";
import { renderError } from "../../../core/events/render-error.ts";

const error = (details: ErrorDetails, message = "something is wrong") =>
  new TsdbtError("TD1234", "Compilation Error", message, details);

describe("an error shows", () => {
  test("kind, message, place, line, caret, frames and hint", () => {
    const text = renderError(
      error({
        nodeId: "model.shop.orders",
        file: "models/orders.sql",
        source: "select *\nfrom {{ ref('custmers') }}\n",
        span: { line: 2, column: 9, endColumn: 24 },
        frames: [{ name: "macro cents (macros/money.sql)", line: 3 }, { name: "model orders (models/orders.sql)" }],
        hint: "did you mean 'customers'?",
      }),
    );
    expect(text).toBe(
      [
        "Compilation Error in model orders (models/orders.sql)",
        "  something is wrong",
        "  --> models/orders.sql:2:9 [TD1234]",
        "    |",
        "  2 | from {{ ref('custmers') }}",
        "    |         ^^^^^^^^^^^^^^^",
        "  > in macro cents (macros/money.sql):3",
        "  > called by model orders (models/orders.sql)",
        "  hint: did you mean 'customers'?",
      ].join("\n"),
    );
  });

  test("the node that the caller knows", () => {
    const node = { resource_type: "test", name: "unique_a", original_file_path: "models/a.yml" };
    expect(renderError(error({}), { node })).toBe(
      "Compilation Error in test unique_a (models/a.yml)\n  something is wrong\n  [TD1234]",
    );
    expect(renderError(error({ nodeId: "test.shop.unique_a.0123456789" })).split("\n")[0]).toBe(
      "Compilation Error in test unique_a",
    );
  });

  test("every line of a message indented", () => {
    expect(renderError(error({}, "a\n\nb"))).toBe("Compilation Error\n  a\n\n  b\n  [TD1234]");
  });

  test("carets under tabs, at the end, and over lines", () => {
    const excerpt = (source: string, span: ErrorDetails["span"]) =>
      renderError(error({ file: "f", source, span }))
        .split("\n")
        .slice(3)
        .join("\n");
    expect(excerpt("\t\tab", { line: 1, column: 3, endColumn: 5 })).toBe("    |\n  1 | \t\tab\n    | \t\t^^");
    expect(excerpt("ab", { line: 1, column: 3 })).toBe("    |\n  1 | ab\n    |   ^");
    expect(excerpt("ab", { line: 1, column: 99 })).toBe("    |\n  1 | ab\n    |   ^");
    expect(excerpt("abc\ndef", { line: 1, column: 2, endLine: 2, endColumn: 2 })).toBe("    |\n  1 | abc\n    |  ^^");
    expect(excerpt("a", { line: 7, column: 1 })).toBe("");
  });

  test("a piece of a very long line", () => {
    const source = `${"x".repeat(5000)}BAD${"y".repeat(5000)}`;
    const lines = renderError(error({ file: "f", source, span: { line: 1, column: 5001, endColumn: 5004 } })).split(
      "\n",
    );
    expect(lines[4]!.length).toBeLessThan(220);
    expect(lines[4]!.slice(lines[5]!.indexOf("^"), lines[5]!.lastIndexOf("^") + 1)).toBe("BAD");
  });

  test("no stack of what is not a TsdbtError", () => {
    expect(renderError(new TypeError("x is not a function"))).toBe("Internal Error\n  x is not a function");
    expect(renderError("text")).toBe("Internal Error\n  text");
  });
});
