/**
 * Runs cases recorded from Python dbt's base context: `npm run conformance:dbt -- FILE…`.
 * Prints each failing case with what came out, and ends with `N passed, M failed`.
 */
import { pathToFileURL } from "node:url";
import { dataTypes, Table, tableOutput } from "../../core/agate/index.ts";
import { createBaseContext } from "../../core/context/base.ts";
import { FlagsObject } from "../../core/context/shared/flags.ts";
import type { Vars } from "../../core/context/vars.ts";
import { TsdbtError } from "../../core/errors.ts";
import { Environment, JinjaError, MacroReturn, PyDict, pyStr, toData } from "../../core/jinja/index.ts";
import { PyDate, PyDecimal } from "../../core/python/index.ts";
import type { Flags } from "../../project/types.ts";
import { encode, isSame } from "./encode.ts";
import { parseLossless } from "./lossless-json.ts";
import { parseLines, runFiles, type Suite } from "./report.ts";

export interface DbtCase {
  id: string;
  area: string;
  template: string;
  native?: boolean;
  expected?: unknown;
  error?: string;
}

/** Reads a file of cases: the first line holds what every case sees. */
export function loadCases(text: string): Suite<DbtCase> {
  const [head = "{}"] = text.split("\n");
  const world = parseLossless(head, (entries) => PyDict.from(entries)) as PyDict;
  const [, ...cases] = parseLines<DbtCase>(text);
  const environment = new Environment({ blocks: true });
  tableOutput.write = () => {};
  return { cases, check: (c) => checkCase(environment, world, c) };
}

function checkCase(environment: Environment, world: PyDict, c: DbtCase): string | undefined {
  const base = createBaseContext({
    cliVars: toData(world.get("vars")) as Vars,
    env: toData(world.get("env")) as { [name: string]: string },
    invocationId: "00000000-0000-0000-0000-000000000000",
    flags: new FlagsObject({ full_refresh: false, store_failures: false, which: "run", use_colors: true } as Flags),
  });
  const table = makeTable(world.get("table") as PyDict);
  const scope = { get: (name: string) => (name === "table" ? table : base.get(name)) };
  let result: unknown;
  try {
    // dbt returns a text without Jinja as it is.
    if (!c.native && !/\{[{%#]|[#}%]\}/.test(c.template))
      return c.template === c.expected ? undefined : "is not rendered";
    const template = environment.compile(c.template);
    result = c.native ? encode(template.renderNative(scope)) : template.render(scope);
  } catch (e) {
    const raised = classOf(e);
    if (raised === undefined) return `raised ${e instanceof Error ? (e.stack ?? e.message) : String(e)}`;
    const shown = `raised ${raised}: ${e instanceof Error ? e.message : ""}`;
    if (c.error === undefined) return `${shown}, expected ${JSON.stringify(c.expected)}`;
    return raised === c.error ? undefined : `${shown}, expected ${c.error}`;
  }
  if (c.error !== undefined) return `rendered ${JSON.stringify(result)}, expected ${c.error}`;
  return isSame(result, c.expected)
    ? undefined
    : `rendered ${JSON.stringify(result)}, expected ${JSON.stringify(c.expected)}`;
}

const CLASSES: Readonly<Record<string, string>> = {
  TD2330: "SecretEnvVarLocationError",
  TD2331: "EnvVarMissingError",
  TD2332: "RequiredVarNotFoundError",
  TD2340: "SetStrictWrongTypeError",
  TD2341: "ZipStrictWrongTypeError",
};

/** dbt's class of an error; `undefined` for one that no template can cause. */
function classOf(error: unknown): string | undefined {
  if (error instanceof TsdbtError) return CLASSES[error.code] ?? "CompilationError";
  if (error instanceof MacroReturn) return "CompilationError";
  if (!(error instanceof JinjaError)) return undefined;
  if (error.is("UndefinedError")) return "UndefinedMacroError";
  if (/^materialization '.*' received unknown argument/.test(error.message)) return "MaterializationArgError";
  return /^Could not convert value .* into type/.test(error.message) ? "JinjaRenderingError" : "CompilationError";
}

function makeTable(description: PyDict): Table {
  const kinds = description.get("types") as string[];
  const typeOf: Readonly<Record<string, dataTypes.DataType>> = {
    integer: dataTypes.INTEGER,
    text: dataTypes.TEXT,
    decimal: dataTypes.NUMBER,
    date: dataTypes.DATE,
    boolean: dataTypes.BOOLEAN,
  };
  const rows = (description.get("rows") as unknown[][]).map((row) => row.map((value, i) => typed(kinds[i]!, value)));
  const types = kinds.map((kind) => typeOf[kind] ?? dataTypes.TEXT);
  return Table.fromRows(description.get("columns") as string[], rows, types);
}

function typed(kind: string, value: unknown): unknown {
  if (value === null) return null;
  if (kind === "decimal") return PyDecimal.parse(pyStr(value)) ?? null;
  if (kind !== "date") return value;
  const [year, month, day] = String(value).split("-").map(Number) as [number, number, number];
  return new PyDate(year, month, day);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const files = process.argv.slice(2);
  runFiles(files.length > 0 ? files : ["tests/conformance/dbt.jsonl"], loadCases, (c) => JSON.stringify(c.template));
}
