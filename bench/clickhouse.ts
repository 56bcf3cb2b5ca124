import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { randomNumbers } from "../scripts/fuzz/generate.ts";
import { startClickHouse } from "../tests/services/clickhouse.ts";
import { type Layers, writeLayers } from "./layers.ts";
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

const LAYERS: Layers = {
  models: MODELS,
  configs: {
    view: "materialized='view'",
    table: "materialized='table', engine='MergeTree()', order_by='id'",
    incremental:
      "materialized='incremental', engine='MergeTree()', order_by='id', unique_key='id', incremental_strategy='delete+insert'",
  },
  first: "select number as id, number * 2 as amount from numbers(100)",
};

function writeProject(dir: string, port: number): void {
  writeLayers(dir, LAYERS);
  mkdirSync(join(dir, "seeds"), { recursive: true });
  writeProfile(dir, port, "bench");
  writeSeed(join(dir, "seeds", "big.csv"));
}

function writeProfile(dir: string, port: number, schema: string): void {
  const output = { type: "clickhouse", host: "127.0.0.1", port, schema, threads: 4 };
  writeFileSync(join(dir, "profiles.yml"), JSON.stringify({ bench: { target: "dev", outputs: { dev: output } } }));
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
