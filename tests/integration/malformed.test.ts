import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Collected } from "../../core/cli/io.ts";
import { main } from "../../core/cli/main.ts";

interface Expected {
  args: string[];
  env?: { [name: string]: string };
  exitCode: number;
  output: string[];
  absent?: string[];
}

const fixtures = join(import.meta.dirname, "..", "fixtures", "malformed");
const cases = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();
const temporary = realpathSync(mkdtempSync(join(tmpdir(), "tsdbt-malformed-")));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Never right, whatever the mistake. */
const NEVER = [/^\s+at .*:\d+:\d+\)?$/m, /(?<!is )\bundefined\b(?! (alias|macro))/, /\[object \w+\]/, /\bNaN\b/];

/** What is on the screen besides the error, and is not recorded. */
const UNRELATED = new RegExp(
  "Running with tsdbt|^node version:|^node path:|^os info:|Registered adapter|Encountered an error:|^Usage: |^Try 'tsdbt " +
    "|^Found \\d|^Concurrency: | START | in \\d+\\.\\d\\ds\\]|\\(\\d+\\.\\d\\ds\\)|^Done\\. PASS",
);

describe("malformed projects", () => {
  test("there are at least 300", () => expect(cases.length).toBeGreaterThanOrEqual(300));

  test("there are at least 45 of projects and profiles", () => {
    const area = cases.filter((name) => /^(yaml|project|profile|flag|vars|package|selectors|clean|init)-/.test(name));
    expect(area.length).toBeGreaterThanOrEqual(45);
  });

  test.each(cases)("%s", async (name) => {
    const path = join(fixtures, name, "expected.json");
    const expected = JSON.parse(readFileSync(path, "utf8")) as Expected;
    const { exitCode, lines } = await run(name, expected);
    if (process.env.UPDATE_MALFORMED === "all" || process.env.UPDATE_MALFORMED === name) {
      const output = lines.filter((line) => line !== "" && !UNRELATED.test(line));
      writeFileSync(path, `${JSON.stringify({ ...expected, exitCode, output }, null, 2)}\n`);
      return;
    }
    const shown = lines.join("\n");
    for (const pattern of NEVER) expect(shown).not.toMatch(pattern);
    for (const text of expected.absent ?? []) expect(shown).not.toContain(text);
    expect(missingLine(lines, expected.output), shown).toBeUndefined();
    expect(exitCode, shown).toBe(expected.exitCode);
    expect(expected.output.length).toBeGreaterThan(0);
  });
});

async function run(name: string, expected: Expected): Promise<{ exitCode: number; lines: string[] }> {
  const root = join(temporary, name);
  cpSync(join(fixtures, name), root, { recursive: true, filter: (source) => basename(source) !== "expected.json" });
  const env: { [name: string]: string } = { HOME: join(temporary, "home"), NO_COLOR: "1" };
  for (const [key, value] of Object.entries(expected.env ?? {})) env[key] = value.replaceAll("@ROOT@", root);
  const output = new Collected();
  const exitCode = await main(expected.args, { stdout: output, stderr: output, env, cwd: root });
  const lines = output.text
    .replaceAll(root, "@ROOT@")
    .replaceAll(temporary, "@TMP@")
    .split("\n")
    .map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, "").trimEnd());
  return { exitCode, lines };
}

/** The first of the lines that does not come after the one before it. */
function missingLine(lines: string[], wanted: string[]): string | undefined {
  let from = 0;
  for (const line of wanted) {
    const at = lines.indexOf(line, from);
    if (at < 0) return line;
    from = at + 1;
  }
  return undefined;
}
