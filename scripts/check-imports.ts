/**
 * Fails when a file imports what its room may not know, or when imports go in a circle.
 * The rule is in ARCHITECTURE.md: an import may only point to a room further right, and core/ never names an adapter.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Rooms from the outermost to the innermost: each may import those after it, and `also` names exceptions with a reason. */
const ORDER = [
  "sink",
  "sink/protocol",
  "core/index.ts",
  "core/cli",
  "site",
  "core/run",
  "core/compile",
  "core/parse",
  "project",
  "core/context",
  "core/select",
  "core/lineage",
  "core/artifacts",
  "adapters",
  "core/config",
  "core/events",
  "core/manifest",
  "core/agate",
  "core/yaml",
  "core/python",
  "core/jinja",
  "core/errors.ts",
];
/** Only types may be imported against the order: they vanish when compiled. */
const TYPES_FROM_ANYWHERE = true;
const ALONE = ["core/jinja", "sink", "sink/protocol"];

function* sources(dir: string): Generator<string> {
  for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== "node_modules" && entry.name !== "target") yield* sources(path);
    } else if (/\.tsx?$/.test(path)) yield path;
  }
}

function room(path: string): string | undefined {
  return ORDER.findLast((r) => within(path, r));
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

const IMPORT = /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^"'`;]*?\sfrom\s+)?["'](\.[^"']+)["']/g;
const DYNAMIC = /\bimport\(\s*["'](\.[^"']+)["']\s*\)/g;

const problems: string[] = [];
const graph = new Map<string, string[]>();

for (const top of ["core", "adapters", "project", "sink", "site"]) {
  for (const file of sources(top)) {
    const text = readFileSync(join(root, file), "utf8");
    const from = room(file);
    if (!from) {
      problems.push(`${file}: stands in no room of the dependency rule`);
      continue;
    }
    const edges: string[] = [];
    const check = (target: string, typeOnly: boolean, dynamic: boolean) => {
      const path = relative(root, normalize(join(root, dirname(file), target)))
        .split(sep)
        .join("/");
      const to = room(path);
      if (!to) {
        problems.push(`${file}: imports ${path}, which stands in no room of the dependency rule`);
        return;
      }
      if (!typeOnly && !dynamic) edges.push(path);
      if (ALONE.includes(from) && !within(to, from))
        problems.push(`${file}: ${from} is usable alone, yet imports ${path}`);
      const adapterFolder = /^adapters\/[^/]+\/[^/]+\.ts$/.test(path);
      if (adapterFolder && from !== "adapters") problems.push(`${file}: only adapters/registry.ts may know ${path}`);
      if (adapterFolder && from === "adapters" && !dynamic && dirname(file) !== dirname(path) && !typeOnly)
        problems.push(`${file}: an adapter is loaded lazily, not imported: ${path}`);
      if (typeOnly && TYPES_FROM_ANYWHERE) return;
      if (ORDER.indexOf(to) < ORDER.indexOf(from)) problems.push(`${file} (${from}) must not import ${path} (${to})`);
    };
    for (const match of text.matchAll(IMPORT)) check(match[3]!, Boolean(match[2]), false);
    for (const match of text.matchAll(DYNAMIC)) check(match[1]!, false, true);
    graph.set(file, edges);
  }
}

const state = new Map<string, "open" | "done">();
function visit(file: string, path: string[]): void {
  state.set(file, "open");
  for (const next of graph.get(file) ?? []) {
    if (state.get(next) === "open")
      problems.push(`circle: ${[...path.slice(path.indexOf(next)), file, next].join(" -> ")}`);
    else if (!state.has(next)) visit(next, [...path, file]);
  }
  state.set(file, "done");
}
for (const file of graph.keys()) if (!state.has(file)) visit(file, []);

for (const problem of problems) console.error(problem);
console.log(`${graph.size} files, ${problems.length} forbidden imports`);
process.exit(problems.length ? 1 : 0);
