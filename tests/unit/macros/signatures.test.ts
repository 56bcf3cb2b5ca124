import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type MacroDefinition, parseMacroFile } from "../../../core/jinja/index.ts";
import { OURS_ALONE } from "../../../scripts/parity/ours-alone.ts";

const root = join(import.meta.dirname, "../../..");
const packages = {
  dbt: "macros",
  dbt_duckdb: "adapters/duckdb/macros",
  dbt_clickhouse: "adapters/clickhouse/macros",
};

describe.each(Object.entries(packages))("the macros of %s", (name, folder) => {
  const files = sqlFiles(join(root, folder));
  const definitions = files.flatMap((file) => parseMacroFile(readFileSync(file, "utf8"), file));

  it("have dbt's names and arguments, and there are no others than COMPATIBILITY.md names", () => {
    const known = definitions.filter((definition) => !OURS_ALONE.includes(definition.name));
    expect(known.map(signatureOf).sort()).toEqual(expected(name));
  });

  it("are the only content of their files", () => {
    for (const file of files) expect(outsideBlocks(readFileSync(file, "utf8")), file).toBe("");
  });
});

/** `kind name(argument,argument=default)`, for a materialization `kind name [languages]`. */
function signatureOf(definition: MacroDefinition): string {
  if (definition.kind === "materialization") {
    return `materialization ${definition.name} [${definition.supportedLanguages ?? "sql"}]`;
  }
  const name = definition.kind === "test" ? definition.name.replace(/^test_/, "") : definition.name;
  const args = definition.args.map((arg) => (arg.default === undefined ? arg.name : `${arg.name}=${arg.default}`));
  return squeeze(`${definition.kind} ${name}(${args})`);
}

function expected(packageName: string): string[] {
  const rows = readFileSync(join(import.meta.dirname, "expected.tsv"), "utf8")
    .trim()
    .split("\n")
    .slice(1);
  return rows
    .map((row) => row.split("\t") as [string, string, string])
    .filter(([name]) => name === packageName)
    .map(([, kind, signature]) =>
      kind === "materialization" ? materialization(signature) : squeeze(`${kind} ${signature}`),
    )
    .sort();
}

/** `table, adapter="duckdb", supported_languages=['sql', 'python']` in the form of {@link signatureOf}. */
function materialization(signature: string): string {
  const [, name, adapter] = /^(\w+), (?:default|adapter=["'](\w+)["'])/.exec(signature) ?? [];
  const languages = /supported_languages=\[(.*)\]/.exec(signature)?.[1] ?? "'sql'";
  return `materialization materialization_${name}_${adapter ?? "default"} [${languages.replace(/['\s]/g, "")}]`;
}

function squeeze(signature: string): string {
  return signature.replace(/(?<=\(.*)\s+/g, "");
}

function sqlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".sql"))
    .map((path) => join(folder, path));
}

function outsideBlocks(source: string): string {
  return source
    .replace(/\{%-?\s*(macro|materialization|test)\b.*?\bend\1\s*-?%\}/gs, "")
    .replace(/\{#.*?#\}/gs, "")
    .trim();
}
