/**
 * npm run lineage:public -- CHECKOUTS [NAME…] : how many columns of public projects (scripts/public-parity lists them) are resolved,
 * and what `check` says of these projects' own models. `--sample N` prints N columns drawn at random, with the SQL they stand in,
 * to be checked by hand; `--seed` makes the draw another one.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { renderError } from "../../core/events/render-error.ts";
import type { LineageDialect } from "../../core/lineage/index.ts";
import { findCheckout } from "../public-parity/checkout.ts";
import { COMMITS } from "../public-parity/commits.ts";
import { PROJECTS, type PublicProject } from "../public-parity/projects.ts";
import { type Checkouts, layOut } from "../public-parity/scratch.ts";
import { type ReadProject, readProject } from "./open.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: "string" }, seed: { type: "string", default: "1" } },
});
const [folder, ...names] = positionals;
if (!folder) {
  console.error("usage: npm run lineage:public -- [--sample N] [--seed N] CHECKOUTS [NAME…]");
  process.exit(2);
}

/** Projects written for a warehouse that is read neither here nor as one that is: what `check` says of their SQL is not counted. */
const FOREIGN: { [name: string]: string } = {
  balboa: "Snowflake",
  "cal-itp": "BigQuery",
  "dagster-open-platform": "Snowflake",
  "dbt-unit-testing": "BigQuery",
  "ethereum-models": "Snowflake",
  "fsc-evm": "Snowflake",
  "livequery-models": "Snowflake",
  "mattermost-analytics": "Snowflake",
  "mattermost-snowflake": "Snowflake",
};

/** Projects whose SQL is not that of the profile that is written for them. */
const DIALECTS: { [repository: string]: LineageDialect } = { "duneanalytics/spellbook": "trino" };

interface Drawn {
  project: string;
  id: string;
  column: string;
  found: string;
  sql: string;
}

const total = { models: 0, failed: 0, unread: 0, columns: 0, resolved: 0 };
/** Of projects written for a warehouse that is read. */
const native = { columns: 0, resolved: 0 };
const findings = new Map<string, number>();
const reasons = new Map<string, number>();
const drawn: Drawn[] = [];
console.log(
  "project: models, not compiled, not read; columns resolved of all, unknown and unlisted ones counted as misses, of a model that " +
    "is not read as many as the others have on average",
);
for (const project of PROJECTS.filter((one) => names.length === 0 || names.includes(one.name))) {
  const scratch = mkdtempSync(join(tmpdir(), "tsdbt-lineage-"));
  try {
    const read = await open(project, scratch);
    if (read) count(project, read);
  } catch (error) {
    console.log(`${project.name}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
const share = ({ columns, resolved }: typeof native) => (columns === 0 ? 0 : (100 * resolved) / columns).toFixed(1);
console.log(`all: ${total.models} models, ${total.failed} not compiled, ${total.unread} not read`);
console.log(`columns: ${total.resolved} of ${total.columns} resolved, ${share(total)} %`);
console.log(`  without foreign SQL ${native.resolved} of ${native.columns}, ${share(native)} %`);
for (const [reason, n] of [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 12)) console.log(`  ${n} ${reason}`);
console.log(`findings: ${[...findings].map(([kind, n]) => `${n} ${kind}`).join(", ") || "none"}`);
if (values.sample) printSample(Number(values.sample), Number(values.seed));

async function open(project: PublicProject, scratch: string): Promise<ReadProject | null> {
  const checkouts: Checkouts = new Map();
  for (const repository of [project.repository, ...Object.values(project.packages ?? {})]) {
    const dir = findCheckout(resolve(folder!), repository);
    if (!dir) {
      console.log(`${project.name}: ${repository} is not under ${folder}`);
      return null;
    }
    checkouts.set(repository, { dir, commit: COMMITS[repository]! });
  }
  const laid = layOut(project, checkouts, scratch);
  const env = { ...laid.env, ...project.env };
  const deps = [join(ROOT, "bin", "tsdbt"), "deps"];
  spawnSync(process.execPath, deps, { cwd: laid.dir, env: { ...process.env, DBT_PROFILES_DIR: laid.dir, ...env } });
  return readProject(laid.dir, env, DIALECTS[project.repository]);
}

function count(project: PublicProject, { lineage, findings: found, failed, sqlOf }: ReadProject): void {
  const own = { models: lineage.size, unread: 0, columns: 0, resolved: 0 };
  for (const [id, { columns, open: stars, error }] of lineage) {
    if (error !== undefined) {
      own.unread++;
      bump(reasons, `not read: ${error.replace(/line \d+, column \d+|near .*|'.*'/g, "…")}`);
      continue;
    }
    own.columns += columns.length + stars.length;
    for (const star of stars) bump(reasons, `star: ${general(star.reason)}`);
    for (const { name, kind, sources, reason } of columns) {
      if (kind === "unknown") bump(reasons, general(reason!));
      else own.resolved++;
      const from = sources.map((source) => `${source.relation}.${source.column}`).join(", ");
      drawn.push({ project: project.name, id, column: name, found: `${kind} ${reason ?? from}`, sql: sqlOf(id) });
    }
  }
  // What else would count them as one column each, however many they have.
  const read = Math.max(1, own.models - own.unread);
  own.columns += own.unread * Math.max(1, Math.round(own.columns / read));
  const foreign = FOREIGN[project.name];
  for (const { kind, error } of found) {
    bump(findings, foreign ? `${kind} in the SQL of ${foreign}` : kind);
    if (!foreign) console.log(renderError(error));
  }
  for (const key of ["models", "unread", "columns", "resolved"] as const) total[key] += own[key];
  if (!foreign) for (const key of ["columns", "resolved"] as const) native[key] += own[key];
  total.failed += failed;
  const percent = own.columns === 0 ? 100 : (100 * own.resolved) / own.columns;
  console.log(
    `${project.name}: ${own.models}, ${failed}, ${own.unread}; ${own.resolved} of ${own.columns} = ${percent.toFixed(1)} %; ${found.length} findings`,
  );
}

function bump(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** A reason without its names. */
function general(reason: string): string {
  return reason.replace(/\b(model|source|seed|snapshot)\.[\w.]+/g, "$1 …").replace(/from .* or .*,/, "from … or …,");
}

/** Draws columns without favour: the same number draws the same ones. */
function printSample(size: number, seed: number): void {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < size && drawn.length > 0; i++) {
    const [one] = drawn.splice(Math.floor(next() * drawn.length), 1) as [Drawn];
    console.log(`\n=== ${i + 1} ${one.project} ${one.id} ${one.column}\n--> ${one.found}\n${one.sql}`);
  }
}
