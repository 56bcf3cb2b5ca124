import { join } from "node:path";
import type * as library from "../../../core/index.ts";
import { makeProject, writeFiles } from "../project.ts";
import { type FaultResult, failEach } from "./each.ts";
import { type FaultProxy, isReading } from "./proxy.ts";

/** A model (or seed, snapshot …) before and after a change, and the command that makes the change. */
export interface Scenario {
  materialization: string;
  operation: "first build" | "rebuild" | "full refresh" | "schema change" | "change of kind";
  /** What makes it differ from others of the same two. */
  variation?: string;
  /** The engine of its database: tables of an `Ordinary` one cannot be exchanged. */
  engine?: "Atomic" | "Ordinary";
  /** Run on a database `raw` before all. */
  prepare?: string[];
  /** What was built before; nothing for a first build. */
  before?: { [path: string]: string };
  /** The command that built it, if not the same. */
  beforeArgs?: string[];
  /** Run after that. */
  between?: string[];
  after: { [path: string]: string };
  args: string[];
  /** A project that is built in a database `prod` first and whose state the command is given. */
  state?: { [path: string]: string };
  /** More keys of the profile. */
  profile?: { [key: string]: unknown };
  /** States that may be seen on the way, beside what was before and what is to be. */
  meanwhile?: unknown[][][];
  /** Whose rows are compared; `select * from shop.m order by all` if not given. */
  check?: string;
  /** What `check` answers in the end. */
  rows: unknown[][];
  /** For what is filled as its source is written to: how a row is written, and how it comes out at last. */
  live?: { write: string; row: unknown[] };
}

export interface ScenarioResult {
  scenario: Scenario;
  /** As many as the change takes. */
  statements: string[];
  results: FaultResult[];
}

/** The name under which a scenario is listed. */
export function titleOf({
  materialization,
  operation,
  variation,
  engine,
}: Pick<Scenario, "materialization" | "operation" | "variation" | "engine">): string {
  const details = [variation, engine === "Ordinary" ? "no EXCHANGE" : undefined].filter(Boolean).join(", ");
  return `${materialization}: ${operation}${details ? ` (${details})` : ""}`;
}

const PROFILE = (port: number, schema: string, keys: Scenario["profile"]) =>
  JSON.stringify({
    shop: {
      target: "dev",
      outputs: {
        dev: { type: "clickhouse", host: "127.0.0.1", port, schema, threads: 1, retries: 0, ...keys },
      },
    },
  });

/** What is built: it keeps what it has parsed, and starts at once. */
const BUILT = new URL("../../../dist/index.js", import.meta.url).href;

/** Runs a command in this process, where the proxy is. */
export async function run(
  cwd: string,
  command: readonly string[],
  env: { [name: string]: string } = {},
): Promise<{ code: number; text: string }> {
  const { invoke } = (await import(BUILT)) as typeof library;
  const done = await invoke([...command, "--log-level-file", "none"], {
    cwd,
    env: { ...env, HOME: cwd, DBT_PROFILES_DIR: cwd },
  });
  return { code: done.exitCode, text: done.output };
}

/** Fails each statement of a scenario in turn, and says what was wrong then or after running it again. */
export async function runScenario(
  proxy: FaultProxy,
  scenario: Scenario,
  { thorough = true }: { thorough?: boolean } = {},
): Promise<ScenarioResult> {
  const { live } = scenario;
  const setup: string[] = [];
  const folder = (files: { [path: string]: string }, schema = "shop") => {
    const root = makeProject(files, "clickhouse");
    writeFiles(root, { "profiles.yml": PROFILE(proxy.port, schema, scenario.profile) });
    return root;
  };
  const quiet = (cwd: string, command: string[]) => run(cwd, [...command, "--no-write-json"]);
  const build = async (cwd: string, command: string[]) => {
    proxy.watch();
    const built = await run(cwd, command);
    if (built.code !== 0) throw new Error(`${titleOf(scenario)}: cannot build what was before:\n${built.text}`);
    setup.push(...proxy.changes);
  };
  const read = async (): Promise<string | undefined> => {
    try {
      return JSON.stringify(await proxy.query(scenario.check ?? "select * from shop.m order by all"));
    } catch (error) {
      if (/UNKNOWN_TABLE|UNKNOWN_DATABASE/.test(String(error))) return undefined;
      return String(error);
    }
  };
  const tables = async () =>
    (await proxy.query("select name, engine from system.tables where database = 'shop' order by 1")).join(" ");

  const reset = async () => {
    for (const sql of setup) await proxy.query(sql);
  };
  const after = folder(scenario.after);
  setup.push(
    "drop database if exists shop sync",
    "drop database if exists raw sync",
    "drop database if exists prod sync",
    "create database raw",
    `create database shop engine ${scenario.engine ?? "Atomic"}`,
    ...(scenario.prepare ?? []),
  );
  await reset();
  const args = [...scenario.args];
  if (scenario.state) {
    const prod = folder(scenario.state, "prod");
    await build(prod, ["run"]);
    args.push("--state", join(prod, "target"));
  }
  if (scenario.before) {
    const command = scenario.beforeArgs ?? scenario.args.filter((arg) => arg !== "--full-refresh");
    await build(folder(scenario.before), command);
  }
  for (const sql of scenario.between ?? []) await proxy.query(sql);
  setup.push(...(scenario.between ?? []));

  const rows = JSON.stringify(scenario.rows);
  const meanwhile = (scenario.meanwhile ?? []).map((state) => JSON.stringify(state));
  const fine = scenario.before ? meanwhile : [undefined, "[]", ...meanwhile];
  const found = await failEach(
    {
      title: titleOf(scenario),
      reset,
      async change(plan) {
        proxy.watch(plan);
        const { code, text } = await quiet(after, args);
        return { code, text, statements: [...proxy.statements], struck: proxy.struck };
      },
      read,
      standing: tables,
      mayBe: (now) => fine.includes(now),
      isReading,
      rows,
      ...(live && {
        live: {
          write: async () => void (await proxy.query(live.write)),
          rows: JSON.stringify([...scenario.rows, live.row].sort(byText)),
        },
      }),
    },
    { thorough },
  );
  return { scenario, ...found };
}

function byText(a: unknown[], b: unknown[]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
