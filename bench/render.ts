import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { referenceDbt } from "../scripts/parity/reference.ts";
import { median } from "./measure.ts";
import { ROOT } from "./tools.ts";

/** What is rendered: a loop of a million steps, and a pivot of two thousand columns. */
export const TEMPLATES: { [name: string]: string } = {
  "a loop of a million steps":
    "{% macro total() %}{% set sum = namespace(of=0) %}{% for i in range(1000) %}{% for j in range(1000) %}" +
    "{% if j % 2 == 0 %}{% set sum.of = sum.of + i * j %}{% endif %}{% endfor %}{% endfor %}{{ sum.of }}{% endmacro %}{{ total() }}",
  "a pivot of 2,000 columns":
    "{% macro pivot(column, values, alias=true) %}{% for value in values %}sum(case when {{ column }} = '{{ value | replace(\"'\", \"''\") }}' " +
    "then 1 else 0 end){% if alias %} as {{ 'v_' ~ value | lower }}{% endif %}{% if not loop.last %},\n{% endif %}{% endfor %}{% endmacro %}" +
    "{% set values = [] %}{% for i in range(2000) %}{% do values.append('Column ' ~ i) %}{% endfor %}{{ pivot('kind', values) }}",
};

export interface RenderTimes {
  /** Milliseconds. */
  sync: number;
  async: number;
  /** Of Jinja2, synchronous; undefined where Python is left out. */
  jinja2?: number;
}

/** A sample's least length in milliseconds: shorter renderings are repeated within it, in both languages alike. */
const SAMPLE = 100;

/** How long both render a template once it is compiled, each in its own process: medians of `runs` samples. */
export async function renderTimes(source: string, runs: number, withReference: boolean): Promise<RenderTimes> {
  const { Environment } = (await import(join(ROOT, "dist", "jinja.js"))) as typeof import("../core/jinja/index.ts");
  const template = new Environment({ undefined: "default" }).compile(source);
  const expected = template.render();
  const sync: number[] = [];
  const async: number[] = [];
  for (let run = 0; run <= runs; run++) {
    sync.push(await sample(() => template.render()));
    async.push(await sample(() => template.renderAsync()));
  }
  const ours = { sync: median(sync.slice(1)), async: median(async.slice(1)) };
  if (!withReference) return ours;
  const script = [
    "import json, sys, time, jinja2.sandbox",
    "source, runs, least = json.load(sys.stdin)",
    "template = jinja2.sandbox.SandboxedEnvironment(extensions=['jinja2.ext.do']).from_string(source)",
    "text = template.render()",
    "times = []",
    "for _ in range(runs + 1):",
    "    start, count, past = time.perf_counter(), 0, 0",
    "    while past < least:",
    "        template.render()",
    "        count, past = count + 1, (time.perf_counter() - start) * 1000",
    "    times.append(past / count)",
    "print(json.dumps([text, times[1:]]))",
  ].join("\n");
  const python = spawnSync(referenceDbt().python, ["-c", script], {
    input: JSON.stringify([source, runs, SAMPLE]),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (python.status !== 0) throw new Error(python.stderr);
  const [text, times] = JSON.parse(python.stdout) as [string, number[]];
  if (text !== expected) throw new Error("the two render the template differently");
  return { ...ours, jinja2: median(times) };
}

async function sample(work: () => unknown): Promise<number> {
  const started = performance.now();
  let count = 0;
  let past = 0;
  while (past < SAMPLE) {
    await work();
    count++;
    past = performance.now() - started;
  }
  return past / count;
}
