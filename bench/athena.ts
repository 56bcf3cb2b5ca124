import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { addAthena, referenceDbt } from "../scripts/parity/reference.ts";
import { startInstantAthena } from "./instant-athena.ts";
import { type Layers, writeLayers } from "./layers.ts";
import type { Bench } from "./rows.ts";
import { timed } from "./rows-of.ts";
import type { Line } from "./table.ts";
import { toolsFor } from "./tools.ts";

const MODELS = 200;
const LAYERS: Omit<Layers, "models"> = {
  configs: {
    view: "materialized='view'",
    table: "materialized='table'",
    incremental: "materialized='incremental', incremental_strategy='append'",
  },
  first: "select 1 as id, 2 as amount",
};

/** What both tools add to Athena's own time: it answers at once. */
export async function* athena(bench: Bench): AsyncGenerator<Line> {
  if (bench.referenceRuns > 0) addAthena(referenceDbt().python);
  const server = await startInstantAthena();
  try {
    const models = Math.min(MODELS, bench.models);
    const tools = toolsFor(join(bench.scratch, "athena"), bench, (dir) => writeLayers(dir, { models, ...LAYERS }));
    for (const { name, dir } of tools) writeProfile(dir, `bench_${name}`);
    const build = { args: ["build"], warm: ["parse"], env: server.env };
    const what = `build of ${models} models on Athena that answers at once, 4 threads`;
    const before = (dir: string) => server.empty(`bench_${basename(dir)}`);
    yield* timed(bench, what, tools, { ...build, before }, { ratio: 5 });
    yield* timed(bench, `${what}, again`, tools, build, { ratio: 5 });
  } finally {
    server.stop();
  }
}

/** With dbt-athena's own pause between two questions for a query's state. */
function writeProfile(dir: string, schema: string): void {
  const output = {
    type: "athena",
    database: "awsdatacatalog",
    schema,
    region_name: "us-east-1",
    s3_staging_dir: "s3://bench/results/",
    s3_data_dir: `s3://bench/${schema}/`,
    threads: 4,
  };
  writeFileSync(join(dir, "profiles.yml"), JSON.stringify({ bench: { target: "dev", outputs: { dev: output } } }));
}
