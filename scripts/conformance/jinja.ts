/**
 * Runs cases recorded from the real Jinja2: `npm run conformance:jinja -- FILE…`.
 * Prints each failing case with what came out, and ends with `N passed, M failed`.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Environment, JinjaError, PyDict } from "../../core/jinja/index.ts";
import { parseLossless } from "./lossless-json.ts";

export interface JinjaCase {
  id: string;
  area: string;
  template: string;
  expected?: string;
  error?: string;
  line?: number;
}

/** What is wrong with a case; `undefined` when it passes. */
export type CheckCase = (c: JinjaCase) => string | undefined;

/** Reads a file of cases: its cases, and a function that checks one. */
export function loadCases(text: string): { cases: JinjaCase[]; check: CheckCase } {
  const [first = "{}", ...rest] = text.split("\n").filter((line) => line.trim() !== "");
  const env = new Environment();
  const check: CheckCase = (c) => {
    // Templates change what they are given, so every case reads the context anew.
    const head = parseLossless(first, (entries) => PyDict.from(entries)) as PyDict;
    const context = head.get("context") as PyDict;
    return checkCase(env, context, c);
  };
  return { cases: rest.map((line) => JSON.parse(line) as JinjaCase), check };
}

const GROUPS = ["TemplateSyntaxError", "UndefinedError", "SecurityError", "TemplateRuntimeError"];

function sameKind(error: JinjaError, expected: string): boolean {
  if (error.is(expected)) return true;
  const group = GROUPS.find((g) => error.is(g));
  return group === "TemplateSyntaxError" && expected === "TemplateAssertionError";
}

function checkCase(env: Environment, context: PyDict, c: JinjaCase): string | undefined {
  let stage = "compiling";
  try {
    const template = env.compile(c.template);
    stage = "rendering";
    const text = template.render(context as { get(name: string): unknown });
    if (c.expected === undefined) return `rendered ${JSON.stringify(text)}, expected ${c.error}`;
    return text === c.expected ? undefined : `rendered ${JSON.stringify(text)}, expected ${JSON.stringify(c.expected)}`;
  } catch (e) {
    if (!(e instanceof JinjaError)) return `raised ${e instanceof Error ? (e.stack ?? e.message) : String(e)}`;
    if (c.error === undefined) return `raised ${e.pythonType}: ${e.message}, expected ${JSON.stringify(c.expected)}`;
    if (!sameKind(e, c.error)) return `raised ${e.pythonType}: ${e.message}, expected ${c.error}`;
    if (c.error === "TemplateSyntaxError" && stage !== "compiling") return `raised ${e.pythonType} while ${stage}`;
    if (typeof c.line === "number" && e.span?.line !== c.line)
      return `raised ${e.pythonType} on line ${e.span?.line}, expected line ${c.line}`;
    return undefined;
  }
}

function main(files: string[]): void {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const { cases, check } = loadCases(readFileSync(file, "utf8"));
    for (const c of cases) {
      const problem = check(c);
      if (problem === undefined) {
        passed++;
        continue;
      }
      failed++;
      console.log(`${c.id} (${c.area}) ${JSON.stringify(c.template)}\n  ${problem}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  main(process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["tests/conformance/jinja.jsonl"]);
