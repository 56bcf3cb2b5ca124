import { appendFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { writeBigProject } from "./big-project.ts";
import type { Bench } from "./rows.ts";
import { timed } from "./rows-of.ts";
import type { Line } from "./table.ts";
import { toolsFor } from "./tools.ts";

const MODELS = 1000;
const CACHE = join("target", "column_lineage_cache.json");

/** Column lineage of a thousand models, which Python dbt does not have: everything read, nothing changed, one model changed. */
export async function* lineage(bench: Bench): AsyncGenerator<Line> {
  const tools = toolsFor(join(bench.scratch, "lineage"), { ...bench, referenceRuns: 0 }, (dir) =>
    writeBigProject(dir, MODELS),
  );
  const args = ["lineage", "--column", `m${MODELS - 1}.amount`, "--format", "json"];
  const warm = ["compile"];
  const threads = `${availableParallelism()} threads`;
  const forget = (dir: string) => rmSync(join(dir, CACHE), { force: true });
  const what = `column lineage of ${MODELS.toLocaleString("en")} models`;
  const alone = { ...bench, referenceRuns: 0 };
  yield* timed(alone, `${what}, ${threads}`, tools, { args, warm, before: forget }, { below: 10 });
  yield* timed(alone, `${what}, nothing changed`, tools, { args, warm: args });
  const one = join("models", "area_0", "part_19", `m${MODELS - 1}.sql`);
  yield* timed(alone, `${what}, one model changed`, tools, {
    args,
    warm: args,
    before: (dir, run) => appendFileSync(join(dir, one), `-- ${run}\n`),
  });
}
