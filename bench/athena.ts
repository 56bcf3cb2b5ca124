import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { randomNumbers } from "../scripts/fuzz/generate.ts";
import { addAthena, referenceDbt } from "../scripts/parity/reference.ts";
import { type InstantAthena, startInstantAthena } from "./instant-athena.ts";
import { type Layers, writeLayers } from "./layers.ts";
import { measure } from "./measure.ts";
import type { Bench } from "./rows.ts";
import { seconds, timed } from "./rows-of.ts";
import type { Line } from "./table.ts";
import { type Tool, toolsFor } from "./tools.ts";

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
    yield* polling(bench, server, tools, build.env);
  } finally {
    server.stop();
  }
}

/** How long after its end a query is seen to have ended, when queries take up to three seconds. */
async function* polling(
  bench: Bench,
  server: InstantAthena,
  tools: readonly Tool[],
  env: NodeJS.ProcessEnv,
): AsyncGenerator<Line> {
  const what = "how late the end of a query on Athena is seen, at most";
  if (!bench.wants(what)) return;
  const worst: string[] = [];
  const mean: string[] = [];
  let met = true;
  for (const { name, command, dir } of tools) {
    const random = randomNumbers(17);
    server.take(() => random() * 3);
    await measure([...command, "run", "-s", ...Array.from({ length: 30 }, (_, i) => `m${i}`)], dir, env);
    const late = server.late();
    if (name === "tsdbt") met = Math.max(...late) <= POLL_INTERVAL + A_REQUEST;
    worst.push(seconds(Math.max(...late)));
    mean.push(seconds(late.reduce((sum, each) => sum + each, 0) / late.length));
  }
  const line = ([ours, theirs = ""]: string[]) => ({ ours: ours!, theirs, ratio: "" });
  yield { what, ...line(worst), target: `<= ${POLL_INTERVAL} s and a request`, met };
  yield { what: "  on average", ...line(mean), target: "", met: null };
}

/** Seconds between two questions for a query's state, as dbt-athena's profiles have it where they say nothing. */
const POLL_INTERVAL = 1;
/** Seconds. */
const A_REQUEST = 0.1;

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
