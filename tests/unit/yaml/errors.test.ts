import { expect, test } from "vitest";
import { TsdbtError } from "../../../core/errors.ts";
import { loadYaml } from "../../../core/yaml/index.ts";

function errorOf(source: string): TsdbtError {
  try {
    loadYaml(source, { file: "models/schema.yml" });
  } catch (error) {
    if (error instanceof TsdbtError) return error;
    throw error;
  }
  throw new Error(`no error: ${JSON.stringify(source)}`);
}

test.each([
  ["a tab", "a:\n\tb: 1\n", "TD1104", 2, 1, /spaces/],
  ["Jinja without quotes", "a: {{ var('x') }}\n", "TD1105", 1, 5, /Quote the Jinja: "\{\{ var\('x'\) \}\}"/],
  ["a Jinja block without quotes", "a: 1\nb: {% if x %}\n", "TD1105", 2, 5, /Quote the Jinja/],
  ["no space after the colon", "a: 1\nname:orders\n", "TD1101", 3, 1, /colon/],
  ["a second colon", "a: b: c\n", "TD1101", 1, 5, /quoted/],
  ["bad indentation", "a:\n  b: 1\n c: 2\n", "TD1103", 3, 2, /not indented like/],
  ["an open quote", 'a: "x\nb: 1\n', "TD1102", 3, 1, /opens in line 1/],
  ["an open bracket", "a: [1, 2\nb: 3\n", "TD1101", 2, 2, /bracket that opens in line 1/],
  ["an unknown alias", "a: *nope\n", "TD1106", 1, 4, /quote it/],
  ["an unknown tag", "a: !nope x\n", "TD1106", 1, 4, /quote it/],
  ["two documents", "a: 1\n---\nb: 2\n", "TD1107", 2, 1, /remove the second/],
  ["a control character", "a: \x01\n", "TD1108", 1, 4, /control character/],
  ["a list as key", "? [1]\n: x\n", "TD1110", 1, 3, /key/],
  ["an indicator", "a: @x\n", "TD1101", 1, 4, /Quote a value that begins with `@`/],
  ["a list after its key", "a: - b\n", "TD1101", 1, 4, /line of its own/],
  ["a backslash", 'a: "\\q"\n', "TD1101", 1, 6, /twice/],
])("%s", (_what, source, code, line, column, hint) => {
  const error = errorOf(source);
  expect(error).toMatchObject({ code, kind: "Parsing Error" });
  expect(error.details).toMatchObject({ file: "models/schema.yml", source, span: { line, column } });
  expect(error.details.hint).toMatch(hint);
});
