import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findCheckout, hasCommit } from "../scripts/public-parity/checkout.ts";
import { COMMITS } from "../scripts/public-parity/commits.ts";
import { PROJECTS } from "../scripts/public-parity/projects.ts";
import { layOut } from "../scripts/public-parity/scratch.ts";
import { athena } from "./athena.ts";
import { writeBigProject } from "./big-project.ts";
import { clickhouse } from "./clickhouse.ts";
import { docs } from "./docs.ts";
import { lineage } from "./lineage.ts";
import { measure, median } from "./measure.ts";
import { renderTimes, TEMPLATES } from "./render.ts";
import { replay } from "./replay.ts";
import { memoryRow, row, seconds, timed } from "./rows-of.ts";
import { sink } from "./sink.ts";
import type { Line } from "./table.ts";
import { compare, type Medians, type Options, ROOT, type Task, type Tool, toolsFor } from "./tools.ts";

export interface Bench extends Options {
  scratch: string;
  /** Whether a row is asked for. */
  wants(what: string): boolean;
  /** Models of the big project. */
  models: number;
  /** Where clones of public projects lie. */
  checkouts: string | undefined;
}

/** A group of rows that share a project. */
export type Group = (bench: Bench) => AsyncGenerator<Line>;

const COLD = ["parse", "--no-partial-parse"];

/** The groups by the names that the command line takes. */
export const GROUPS: { [name: string]: Group } = {
  crypto,
  start,
  big,
  dex,
  build,
  clickhouse,
  athena,
  render,
  growth,
  sink,
  docs,
  lineage,
};

async function* crypto(bench: Bench): AsyncGenerator<Line> {
  const tools = toolsFor(join(bench.scratch, "crypto"), bench, (dir) =>
    cpSync(join(ROOT, "examples", "crypto"), dir, {
      recursive: true,
      filter: (path) => !/^(target|logs)$/.test(basename(path)) && !/\.duckdb(\.wal)?$/.test(path),
    }),
  );
  const forget = (dir: string) => {
    for (const file of ["crypto.duckdb", "crypto.duckdb.wal"]) rmSync(join(dir, file), { force: true });
  };
  const warm = ["build"];
  yield* timed(bench, "examples/crypto: ls, warm", tools, { args: ["--quiet", "ls"], warm }, { below: 0.35 });
  yield* timed(bench, "examples/crypto: parse, cold", tools, { args: COLD });
  yield* timed(bench, "examples/crypto: build on DuckDB", tools, { args: ["build"], before: forget }, { below: 3 });
  yield* timed(bench, "examples/crypto: test -s crypto_curated", tools, {
    args: ["test", "-s", "crypto_curated"],
    warm,
  });
}

/** What a process takes beyond a bare `node -e 0`. */
async function* start(bench: Bench): AsyncGenerator<Line> {
  const [ours] = toolsFor(join(bench.scratch, "start"), { ...bench, referenceRuns: 0 }, (dir) => {
    mkdirSync(join(dir, "models"), { recursive: true });
    writeFileSync(join(dir, "dbt_project.yml"), "name: five\nversion: '1.0'\nprofile: five\n");
    writeFileSync(
      join(dir, "profiles.yml"),
      "five: {target: dev, outputs: {dev: {type: duckdb, path: five.duckdb}}}\n",
    );
    for (let i = 1; i <= 5; i++) writeFileSync(join(dir, "models", `m${i}.sql`), `select ${i} as id\n`);
  });
  const { command, dir } = ours!;
  await measure([...command, "ls"], dir);
  for (const [what, args, limit] of [
    ["--version, beyond node -e 0", ["--version"], 0.06],
    ["ls of 5 models, beyond node -e 0", ["ls"], 0.15],
  ] as const) {
    const bare: number[] = [];
    const whole: number[] = [];
    for (let run = 0; run < bench.runs * 4; run++) {
      bare.push((await measure([process.execPath, "-e", "0"], dir)).time);
      whole.push((await measure([...command, ...args], dir)).time);
    }
    const beyond = median(whole) - median(bare);
    const target = `< ${limit * 1000} ms`;
    yield { what, ours: `${(beyond * 1000).toFixed(0)} ms`, theirs: "", ratio: "", target, met: beyond < limit };
  }
}

async function* big(bench: Bench): AsyncGenerator<Line> {
  const count = bench.models.toLocaleString("en");
  const tools = toolsFor(join(bench.scratch, "big"), bench, (dir) => writeBigProject(dir, bench.models));
  const whole = `parse, cold, ${count} models`;
  if (bench.wants(whole)) {
    const cold = await compare(tools, bench, { args: COLD });
    yield row(whole, cold, { ratio: 30 });
    yield memoryRow("  its peak memory", cold);
  }
  const warm = ["parse"];
  const parse = (what: string, ratio: number, before?: Task["before"]) =>
    timed(bench, what, tools, { args: ["parse"], warm, ...(before && { before }) }, { ratio });
  yield* parse("parse, warm, nothing changed", 40);
  const last = bench.models - 1;
  const one = join("models", `area_${Math.floor(last / 1000)}`, `part_${Math.floor(last / 50)}`, `m${last}.sql`);
  yield* parse("parse, warm, one file changed", 40, (dir, run) => appendFileSync(join(dir, one), `-- ${run}\n`));
  yield* parse("parse, warm, one macro changed", 20, (dir, run) =>
    writeFileSync(
      join(dir, "macros", "cents.sql"),
      `{% macro cents(column) %}({{ column }} / ${101 + run}.0){% endmacro %}\n`,
    ),
  );
  yield* parse("parse, warm, a var of dbt_project.yml changed", 10, (dir, run) => {
    const path = join(dir, "dbt_project.yml");
    writeFileSync(path, readFileSync(path, "utf8").replace(/limit: \d+/, `limit: ${run + 2}`));
  });
  yield* timed(bench, `ls, warm, ${count} models`, tools, { args: ["--quiet", "ls"], warm }, { ratio: 50 });
  const near = `+m${Math.floor(bench.models * 0.9)}+`;
  const nearby = { args: ["--quiet", "ls", "-s", near], warm };
  yield* timed(bench, `ls -s ${near}, warm`, tools, nearby, { ratio: 50 });
  yield* timed(bench, `compile of ${count} models`, tools, { args: ["compile"], warm }, { ratio: 20 });
}

async function* dex(bench: Bench): AsyncGenerator<Line> {
  const what = "parse, cold, spellbook dex";
  const project = PROJECTS.find(({ name }) => name === "spellbook-dex")!;
  const checkouts = new Map<string, { dir: string; commit: string }>();
  for (const repository of [project.repository, ...Object.values(project.packages ?? {})]) {
    const commit = COMMITS[repository]!;
    const dir = bench.checkouts && findCheckout(bench.checkouts, repository);
    if (!dir || !hasCommit(dir, commit)) {
      yield { what, ours: "not at hand", theirs: "", ratio: "", target: ">= 30x", met: null };
      return;
    }
    checkouts.set(repository, { dir, commit });
  }
  let inside = "";
  let env: NodeJS.ProcessEnv = {};
  const tools = toolsFor(join(bench.scratch, "dex"), bench, (dir) => {
    const laid = layOut(project, checkouts, dir);
    inside = laid.dir.slice(dir.length);
    env = laid.env;
  });
  const placed: Tool[] = tools.map((tool) => ({ ...tool, dir: join(tool.dir, inside) }));
  for (const tool of placed) await measure([...tool.command, "deps"], tool.dir, env);
  yield row(what, await compare(placed, bench, { args: COLD, env }), { ratio: 30 });
}

async function* build(bench: Bench): AsyncGenerator<Line> {
  const models = Math.min(1000, bench.models);
  const tools = toolsFor(join(bench.scratch, "build"), bench, (dir) => writeBigProject(dir, models));
  const before = (dir: string) => {
    for (const file of ["big.duckdb", "big.duckdb.wal"]) rmSync(join(dir, file), { force: true });
  };
  const what = `run of ${models.toLocaleString("en")} models on DuckDB, 4 threads`;
  if (!bench.wants(what)) return;
  const args = ["run", "--threads", "4"];
  const found = await compare(tools, bench, { args, warm: ["parse"], before });
  yield row(what, found, { ratio: 5 });
  const { command, dir } = tools[0]!;
  const logged = ["--log-level-file", "debug", "--log-format-file", "json", "--log-file-max-bytes", "0"];
  before(dir);
  rmSync(join(dir, "logs"), { recursive: true, force: true });
  await measure([...command, ...logged, ...args], dir);
  const engine: number[] = [];
  for (let run = 0; run < bench.runs; run++) {
    before(dir);
    engine.push(await replay(dir, "big.duckdb", 4));
  }
  const own = ((found[0]!.time - median(engine)) / models) * 1000;
  yield {
    what: "  a model's share of what is not the engine's",
    ours: `${own.toFixed(2)} ms`,
    theirs: "",
    ratio: `of ${seconds(median(engine))}`,
    target: "< 1 ms",
    met: own < 1,
  };
}

async function* render(bench: Bench): AsyncGenerator<Line> {
  for (const [name, source] of Object.entries(TEMPLATES)) {
    const { sync, async, jinja2 } = await renderTimes(source, bench.runs, bench.referenceRuns > 0);
    const ratio = jinja2 === undefined ? undefined : jinja2 / sync;
    yield {
      what: `render: ${name}`,
      ours: `${sync.toFixed(1)} ms`,
      theirs: jinja2 === undefined ? "" : `${jinja2.toFixed(1)} ms`,
      ratio: ratio === undefined ? "" : `${ratio.toFixed(1)}x`,
      target: ">= 5x",
      met: ratio === undefined ? null : ratio >= 5,
    };
    yield {
      what: "  rendered asynchronously",
      ours: `${async.toFixed(1)} ms`,
      theirs: "",
      ratio: `${(async / sync).toFixed(2)}x`,
      target: "<= 1.5x of sync",
      met: async / sync <= 1.5,
    };
  }
}

/** How the time of a cold parse grows with the project. */
async function* growth(bench: Bench): AsyncGenerator<Line> {
  const points: [number, number][] = [];
  let largest: Medians | undefined;
  for (const count of [0.1, 0.3, 1, 3].map((part) => Math.round(bench.models * part))) {
    const dir = join(bench.scratch, "growth");
    const tools = toolsFor(dir, { ...bench, referenceRuns: 0 }, (into) => writeBigProject(into, count));
    [largest] = await compare(tools, { runs: Math.min(3, bench.runs), referenceRuns: 0 }, { args: COLD });
    points.push([count, largest!.time]);
    const each = `${((largest!.time / count) * 1000).toFixed(2)} ms each`;
    yield {
      what: `growth: parse, cold, ${count.toLocaleString("en")} models`,
      ours: seconds(largest!.time),
      theirs: "",
      ratio: each,
      target: "",
      met: null,
    };
    rmSync(dir, { recursive: true });
  }
  const slope = exponent(points);
  yield {
    what: "growth: the fitted exponent",
    ours: slope.toFixed(2),
    theirs: "",
    ratio: "",
    target: "<= 1.05",
    met: slope <= 1.05,
  };
  const memory = largest!.memory;
  yield {
    what: "growth: peak memory of the largest",
    ours: `${memory.toFixed(0)} MiB`,
    theirs: "",
    ratio: "",
    target: "< 3072 MiB",
    met: memory < 3072,
  };
}

/** Of a power law through the points, by least squares over their logarithms. */
function exponent(points: readonly [number, number][]): number {
  const logs = points.map(([x, y]): [number, number] => [Math.log(x), Math.log(y)]);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(logs.map(([x]) => x)), mean(logs.map(([, y]) => y))];
  const over = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return over / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}
