/**
 * Runs cases recorded from the real PyYAML: `npm run conformance:yaml -- FILE…`.
 * Prints each failing case with what came out, and ends with `N passed, M failed`.
 */
import { pathToFileURL } from "node:url";
import { TsdbtError } from "../../core/errors.ts";
import { loadYaml } from "../../core/yaml/index.ts";
import { encode, isSame } from "./encode.ts";
import { parseLines, runFiles, type Suite } from "./report.ts";

export interface YamlCase {
  id: string;
  area: string;
  source: string;
  expected?: unknown;
  error?: string;
  line?: number;
}

/** Reads a file of cases: its cases, and a function that checks one. */
export function loadCases(text: string): Suite<YamlCase> {
  return { cases: parseLines<YamlCase>(text), check: checkCase };
}

function checkCase(c: YamlCase): string | undefined {
  let value: unknown;
  try {
    value = encode(loadYaml(c.source, { dialect: "pyyaml" }));
  } catch (e) {
    if (!(e instanceof TsdbtError)) return `raised ${e instanceof Error ? (e.stack ?? e.message) : String(e)}`;
    if (c.error === undefined) return `raised ${e.code}: ${e.message}, expected ${JSON.stringify(c.expected)}`;
    const line = e.details.span?.line;
    if (typeof c.line !== "number" || (line !== undefined && Math.abs(line - c.line) <= 1)) return undefined;
    return `raised ${e.code} in line ${line}, expected line ${c.line}`;
  }
  if (c.error !== undefined) return `loaded ${JSON.stringify(value)}, expected ${c.error}`;
  return isSame(value, c.expected)
    ? undefined
    : `loaded ${JSON.stringify(value)}, expected ${JSON.stringify(c.expected)}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const files = process.argv.slice(2);
  runFiles(files.length > 0 ? files : ["tests/conformance/yaml.jsonl"], loadCases, (c) => JSON.stringify(c.source));
}
