/**
 * npm run parity:athena [-- PROJECT…] : Python dbt-athena and tsdbt on copies of the same projects, on the same stand-in for
 * Athena: tests/athena/options and examples/crypto, if none is named. Each is built twice and documented; compared are the
 * statements of each node in their order, statuses, messages, what run_results.json says of each, the catalog, and the rows of
 * every table. Ends with `N passed, M failed`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { uploadCryptoFeed } from "../../tests/athena/crypto-feed.ts";
import { Look } from "../../tests/athena/look.ts";
import { startAthena } from "../../tests/services/athena/start.ts";
import { addAthena, referenceDbt } from "../parity/reference.ts";
import { rowsOfSchemas } from "./rows.ts";
import { type RunOutcome, runSide, type Side, sideOf, stageExternalSources } from "./run.ts";
import { isSameStatement, statementsOf } from "./statements.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROJECTS = ["tests/athena/options", "examples/crypto"];
const COMMANDS = [["build"], ["build", "--vars", "{round: 2}"], ["build", "--full-refresh"], ["docs", "generate"]];

const named = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const { python } = referenceDbt();
addAthena(python);
const at = await startAthena();
const look = new Look(at);
const scratch = mkdtempSync(join(tmpdir(), "tsdbt-athena-parity-"));
let passed = 0;
let failed = 0;
try {
  for (const project of named.length > 0 ? named : PROJECTS) await compare(join(ROOT, project));
} finally {
  await at.stop();
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function check(what: string, dbt: unknown, tsdbt: unknown): void {
  const [a, b] = [JSON.stringify(dbt), JSON.stringify(tsdbt)];
  if (a === b) {
    passed++;
    return;
  }
  failed++;
  console.log(`DIFFERENT ${what}\n    dbt   ${shortened(a)}\n    tsdbt ${shortened(b)}`);
}

function shortened(text: string | undefined): string {
  return text !== undefined && text.length > 1500 ? `${text.slice(0, 1500)}…` : String(text);
}

async function compare(project: string): Promise<void> {
  const name = basename(project);
  const sides = { dbt: sideOf("dbt", project, scratch, at), tsdbt: sideOf("tsdbt", project, scratch, at) };
  if (name === "crypto") {
    Object.assign(at.env, await uploadCryptoFeed(look, at.bucket));
    // Python dbt has no such operation: its external table is made by tsdbt too.
    for (const side of Object.values(sides)) stageExternalSources(side, at);
  }
  for (const command of COMMANDS) {
    const label = `${name}: ${command.join(" ")}`;
    const dbt = await runSide(sides.dbt, at, python, command);
    const tsdbt = await runSide(sides.tsdbt, at, python, command);
    console.log(`${label}: dbt ${dbt.seconds} s, tsdbt ${tsdbt.seconds} s, ${passed} passed, ${failed} failed so far`);
    check(`${label}: exit code`, dbt.code, tsdbt.code);
    if (dbt.code !== tsdbt.code) console.log(`${dbt.text.slice(-3000)}\n${tsdbt.text.slice(-3000)}`);
    if (command[0] === "build") {
      compareStatements(label, dbt, tsdbt, sides);
      compareResults(label, dbt, tsdbt, sides);
      await compareRows(label, sides);
    } else check(`${label}: catalog.json`, catalogOf(sides.dbt), catalogOf(sides.tsdbt));
  }
}

function compareStatements(label: string, dbt: RunOutcome, tsdbt: RunOutcome, sides: { dbt: Side; tsdbt: Side }): void {
  const wanted = statementsOf(dbt.calls, sides.dbt.schema);
  const sent = statementsOf(tsdbt.calls, sides.tsdbt.schema);
  for (const node of new Set([...wanted.keys(), ...sent.keys()])) {
    const [ours, theirs] = [sent, wanted].map((all) => all.get(node) ?? []) as [string[], string[]];
    // Schemas are made before all nodes, in the order of a Python set.
    if (node === "") for (const statements of [ours, theirs]) statements.sort();
    const at = ours.findIndex((sql, i) => !isSameStatement(sql, theirs[i]));
    const i = at < 0 ? ours.length : at;
    if (ours.length === theirs.length && at < 0) passed++;
    else check(`${label}: statement ${i} of ${node}`, theirs[i] ?? "none", ours[i] ?? "none");
  }
}

function compareResults(label: string, dbt: RunOutcome, tsdbt: RunOutcome, sides: { dbt: Side; tsdbt: Side }): void {
  const ours = new Map(tsdbt.results.map((result) => [result.unique_id, result]));
  for (const { unique_id, status, message, adapter_response } of dbt.results) {
    const own = ours.get(unique_id);
    const text = (said: string | null | undefined, side: Side) => said?.replaceAll(side.schema, "SCHEMA").trim();
    check(`${label}: status of ${unique_id}`, status, own?.status);
    if (status !== "error")
      check(`${label}: message of ${unique_id}`, text(message, sides.dbt), text(own?.message, sides.tsdbt));
    const { query_id: _id, execution_time_in_millis: _time, ...rest } = own?.adapter_response ?? {};
    const plain = ({ data_scanned_in_bytes: bytes, ...others }: { [key: string]: unknown }) => ({
      ...others,
      ...(bytes !== undefined && { data_scanned_in_bytes: typeof bytes }),
    });
    check(`${label}: adapter_response of ${unique_id}`, sorted(plain(adapter_response)), sorted(plain(rest)));
  }
}

async function compareRows(label: string, sides: { dbt: Side; tsdbt: Side }): Promise<void> {
  const wanted = await rowsOfSchemas(look, sides.dbt.schema);
  const found = await rowsOfSchemas(look, sides.tsdbt.schema);
  for (const table of new Set([...wanted.keys(), ...found.keys()])) {
    check(`${label}: rows of ${table}`, wanted.get(table), found.get(table));
  }
}

function sorted(object: { [key: string]: unknown }): [string, unknown][] {
  return Object.entries(object).sort();
}

function catalogOf({ dir, schema }: Side): unknown {
  const { nodes, sources } = JSON.parse(
    readFileSync(join(dir, "target", "catalog.json"), "utf8").replaceAll(schema, "SCHEMA"),
  );
  return [Object.entries(nodes).sort(), Object.entries(sources).sort()];
}
