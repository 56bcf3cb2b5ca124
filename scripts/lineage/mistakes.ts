/**
 * npm run lineage:mistakes : seeds 200 mistakes, one at a time, into projects of this repository (a renamed column, an alias that is
 * none, a column that the upstream loses, a join of unlike types) and counts those that `check` finds where they were made. The
 * projects were built, and `docs generate` has written their catalog, before; `--no-catalog` has `check` do without. The number
 * given makes another draw.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { query } from "../../tests/support/tsdbt.ts";
import { readProject } from "./open.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROJECTS = ["examples/crypto", "tests/fixtures/projects/lineage", "tests/fixtures/projects/lineage_shop"];
const WANTED = 200;
/** Tables that a project reads and does not make: in which file, and how they come to be. */
const TABLES: { [project: string]: [file: string, ...statements: string[]] } = {
  "tests/fixtures/projects/lineage": [
    "lineage.duckdb",
    "create table customers (id integer, full_name varchar)",
    "create table events (id integer, kind varchar)",
  ],
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { "no-catalog": { type: "boolean" } } });

interface Mistake {
  kind: "renamed column" | "wrong alias" | "dropped column" | "unlike types";
  file: string;
  /** The file's text with the mistake. */
  text: string;
  what: string;
}

let state = Number(positionals[0] ?? 1) >>> 0;
function draw(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const found = new Map<string, [found: number, made: number]>();
const mistakes: { project: string; mistake: Mistake }[] = [];
const catalogs = mkdtempSync(join(tmpdir(), "tsdbt-catalogs-"));
for (const project of PROJECTS) {
  if (!values["no-catalog"]) await writeCatalog(project);
  for (const mistake of mistakesIn(join(ROOT, project))) mistakes.push({ project, mistake });
}
console.log(`${mistakes.length} mistakes can be made`);
const kinds = [...new Set(mistakes.map(({ mistake }) => mistake.kind))];
const byKind = new Map(kinds.map((kind) => [kind, mistakes.filter(({ mistake }) => mistake.kind === kind)]));
for (let made = 0; made < WANTED && [...byKind.values()].some((all) => all.length > 0); ) {
  for (const [kind, left] of byKind) {
    if (left.length === 0 || made >= WANTED) continue;
    const [{ project, mistake }] = left.splice(draw(left.length), 1) as [(typeof left)[number]];
    const counts = found.get(kind) ?? [0, 0];
    counts[1]++;
    made++;
    if (await isFound(project, mistake)) counts[0]++;
    else console.log(`not found: ${mistake.kind} in ${project}/${mistake.file}: ${mistake.what}`);
    found.set(kind, counts);
  }
}
const [hits, all] = [...found.values()].reduce(([a, b], [x, y]) => [a + x, b + y], [0, 0]);
for (const [kind, [n, of]] of found) console.log(`${kind}: ${n} of ${of}`);
rmSync(catalogs, { recursive: true });
console.log(`found ${hits} of ${all}, ${((100 * hits) / Math.max(1, all)).toFixed(1)} %`);
process.exit(all >= WANTED && hits / all >= 0.95 ? 0 : 1);

function copy(project: string, dir: string): void {
  cpSync(join(ROOT, project), dir, {
    recursive: true,
    filter: (path) => !/^(target|logs)$/.test(basename(path)) && !/\.duckdb/.test(path),
  });
}

function catalogOf(project: string): string {
  return join(catalogs, basename(project), "target", "catalog.json");
}

/** Builds the project, and has `docs generate` write what the warehouse has. */
async function writeCatalog(project: string): Promise<void> {
  const dir = join(catalogs, basename(project));
  copy(project, dir);
  const tables = TABLES[project];
  if (tables) await query(join(dir, tables[0]), ...tables.slice(1));
  for (const args of [["build"], ["docs", "generate"]]) {
    const run = [join(ROOT, "bin", "tsdbt"), ...args, "--project-dir", dir, "--profiles-dir", dir];
    const { status, stdout } = spawnSync(process.execPath, run, { cwd: dir, encoding: "utf8" });
    if (args[0] === "docs" && status !== 0) throw new Error(stdout);
  }
}

async function isFound(project: string, { file, text }: Mistake): Promise<boolean> {
  const scratch = mkdtempSync(join(tmpdir(), "tsdbt-mistakes-"));
  const dir = join(scratch, basename(project));
  try {
    copy(project, dir);
    if (existsSync(catalogOf(project))) {
      mkdirSync(join(dir, "target"));
      cpSync(catalogOf(project), join(dir, "target", "catalog.json"));
    }
    writeFileSync(join(dir, file), text);
    return (await readProject(dir)).findings.length > 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What can be got wrong in the models of a project. */
function mistakesIn(root: string): Mistake[] {
  const models = join(root, "models");
  const files = readdirSync(models, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sql"));
  return files.flatMap((name) => {
    const file = relative(root, join(models, name));
    const text = readFileSync(join(root, file), "utf8");
    return [
      ...renamed(file, text),
      ...wrongAliases(file, text),
      ...dropped(root, files, file, text),
      ...unlike(file, text),
    ];
  });
}

function replaced(text: string, at: number, length: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + length);
}

/** `o.amount` becomes `o.amount_x`. */
function renamed(file: string, text: string): Mistake[] {
  return [...text.matchAll(/\b([a-z]\w*)\.([a-z]\w+)\b(?!['"(])/g)].filter(inSql(text)).map((match) => {
    const at = match.index + match[1]!.length + 1;
    const what = `${match[0]} as ${match[0]}_x`;
    return { kind: "renamed column", file, what, text: replaced(text, at + match[2]!.length, 0, "_x") };
  });
}

/** `o.amount` becomes `zz.amount`. */
function wrongAliases(file: string, text: string): Mistake[] {
  return [...text.matchAll(/\b([a-z]\w*)\.([a-z]\w+)\b(?!['"(])/g)].filter(inSql(text)).map((match) => {
    const what = `${match[0]} as zz.${match[2]}`;
    return { kind: "wrong alias", file, what, text: replaced(text, match.index, match[1]!.length, "zz") };
  });
}

/** A model loses a column that another one names. */
function dropped(root: string, files: readonly string[], file: string, text: string): Mistake[] {
  const model = basename(file, ".sql");
  const readers = files
    .map((name) => readFileSync(join(root, "models", name), "utf8"))
    .filter((other) => other.includes(`ref('${model}')`));
  const lines = text.split("\n");
  return lines.flatMap((line, i): Mistake[] => {
    const column = /^\s+(?:[\w.]+|.* as (\w+)),$/.exec(line);
    const name = column?.[1] ?? /(\w+),$/.exec(line)?.[1];
    if (!column || !name || !readers.some((other) => new RegExp(`\\b\\w+\\.${name}\\b`).test(other))) return [];
    const without = lines.filter((_, j) => j !== i).join("\n");
    return [{ kind: "dropped column", file, what: `line ${i + 1}, ${name}`, text: without }];
  });
}

/** One side of a join's condition becomes text, the other a number. */
function unlike(file: string, text: string): Mistake[] {
  return [...text.matchAll(/\bon (\w+\.\w+) = (\w+\.\w+)/g)].flatMap((match) => {
    const [, left, right] = match as unknown as [string, string, string];
    return [
      [`cast(${left} as varchar)`, `cast(${right} as integer)`],
      [`cast(${left} as date)`, `cast(${right} as integer)`],
      [`cast(${left} as double)`, `cast(${right} as varchar)`],
      [`cast(${left} as bigint)`, `cast(${right} as timestamp)`],
    ].map(([a, b]): Mistake => {
      const by = `on ${a} = ${b}`;
      return { kind: "unlike types", file, what: by, text: replaced(text, match.index, match[0].length, by) };
    });
  });
}

/** Not within a comment or Jinja. */
function inSql(text: string) {
  return ({ index }: { index: number }): boolean => {
    const line = text.slice(text.lastIndexOf("\n", index) + 1, index);
    const before = text.slice(0, index);
    const inJinja =
      before.lastIndexOf("{{") > before.lastIndexOf("}}") || before.lastIndexOf("{%") > before.lastIndexOf("%}");
    return !line.includes("--") && !inJinja && line.split("'").length % 2 === 1;
  };
}
