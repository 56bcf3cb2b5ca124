import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { randomNumbers } from "../scripts/fuzz/generate.ts";
import { startClickHouse } from "../tests/services/clickhouse.ts";
import type { Bench } from "./rows.ts";
import { memoryRow, speedRow, timed } from "./rows-of.ts";
import type { Line } from "./table.ts";
import { compare, toolsFor } from "./tools.ts";

const MODELS = 300;
const SEED_ROWS = 1_000_000;

/** Both tools on one engine behind HTTP, each with a schema of its own. */
export async function* clickhouse(bench: Bench): AsyncGenerator<Line> {
  const server = await startClickHouse();
  try {
    const tools = toolsFor(join(bench.scratch, "clickhouse"), bench, (dir) => writeProject(dir, server.port));
    for (const { name, dir } of tools) writeProfile(dir, server.port, `bench_${name}`);
    const build = { args: ["build", "--exclude", "big"], warm: ["parse"] };
    const what = `build of ${MODELS} models on ClickHouse, 4 threads`;
    const before = (dir: string) => empty(server.port, `bench_${basename(dir)}`);
    yield* timed(bench, what, tools, { ...build, before }, { ratio: 3 });
    yield* timed(bench, `${what}, again`, tools, build, { ratio: 3 });
    const rows = `seed of ${SEED_ROWS.toLocaleString("en")} rows on ClickHouse`;
    if (!bench.wants(rows)) return;
    const seed = await compare(tools, bench, { args: ["seed", "--full-refresh"] });
    yield speedRow(rows, seed, SEED_ROWS);
    yield memoryRow("  its peak memory", seed);
  } finally {
    server.stop();
  }
}

async function empty(port: number, schema: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    body: `drop database if exists ${schema} sync`,
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** A third each of views, tables and incrementals; each refers to one or two earlier ones. */
function writeProject(dir: string, port: number): void {
  const random = randomNumbers(11);
  for (const folder of ["models", "seeds"]) mkdirSync(join(dir, folder), { recursive: true });
  writeFileSync(join(dir, "dbt_project.yml"), "name: bench\nversion: '1.0'\nprofile: bench\n");
  writeProfile(dir, port, "bench");
  for (let i = 0; i < MODELS; i++) writeFileSync(join(dir, "models", `m${i}.sql`), model(i, random));
  writeSeed(join(dir, "seeds", "big.csv"));
}

function writeProfile(dir: string, port: number, schema: string): void {
  const output = { type: "clickhouse", host: "127.0.0.1", port, schema, threads: 4 };
  writeFileSync(join(dir, "profiles.yml"), JSON.stringify({ bench: { target: "dev", outputs: { dev: output } } }));
}

function model(i: number, random: () => number): string {
  const kind = ["view", "table", "incremental"][i % 3];
  const config =
    kind === "incremental"
      ? "materialized='incremental', engine='MergeTree()', order_by='id', unique_key='id', incremental_strategy='delete+insert'"
      : kind === "table"
        ? "materialized='table', engine='MergeTree()', order_by='id'"
        : "materialized='view'";
  if (i < 3) return `{{ config(${config}) }}\nselect number as id, number * 2 as amount from numbers(100)\n`;
  // Views rest on tables, so that no query becomes a tower of them.
  const parent = () => {
    const at = Math.floor(random() * (i - 2));
    return at % 3 === 0 ? at + 1 : at;
  };
  const [first, second] = [parent(), parent()];
  return [
    `{{ config(${config}) }}`,
    `select a.id as id, a.amount + b.amount as amount from {{ ref('m${first}') }} a`,
    `join {{ ref('m${second}') }} b on a.id = b.id`,
    kind === "incremental"
      ? "{% if is_incremental() %}where a.id > (select max(id) - 10 from {{ this }}){% endif %}"
      : "",
    "",
  ].join("\n");
}

function writeSeed(path: string): void {
  const random = randomNumbers(13);
  const lines = ["id,name,price,at,day,is_open,note"];
  for (let i = 0; i < SEED_ROWS; i++) {
    const two = (n: number) => String(n).padStart(2, "0");
    const [month, day, hour] = [1 + (i % 12), 1 + (i % 28), i % 24].map(two);
    lines.push(
      `${i},customer ${Math.floor(random() * 1e6)},${(random() * 1000).toFixed(2)},2024-${month}-${day} ${hour}:${two(i % 60)}:00,` +
        `2024-${month}-${day},${i % 2 === 0},"said ""yes"", then no"`,
    );
  }
  writeFileSync(path, `${lines.join("\n")}\n`);
}
