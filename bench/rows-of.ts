import type { Bench } from "./rows.ts";
import type { Line } from "./table.ts";
import { compare, type Medians, type Task, type Tool } from "./tools.ts";

/** A row of the times of both tools, where it is asked for. */
export async function* timed(
  bench: Bench,
  what: string,
  tools: readonly Tool[],
  task: Task,
  target: Target = {},
): AsyncGenerator<Line> {
  if (bench.wants(what)) yield row(what, await compare(tools, bench, task), target);
}

export interface Target {
  ratio?: number;
  /** Seconds. */
  below?: number;
}

export function row(what: string, [ours, theirs]: (Medians | undefined)[], target: Target = {}): Line {
  const ratio = theirs && theirs.time / ours!.time;
  let met: boolean | null = null;
  if (target.below !== undefined) met = ours!.time < target.below;
  else if (target.ratio !== undefined && ratio !== undefined) met = ratio >= target.ratio;
  return {
    what,
    ours: seconds(ours!.time),
    theirs: theirs ? seconds(theirs.time) : "",
    ratio: ratio === undefined ? "" : `${ratio.toFixed(1)}x`,
    target:
      target.below !== undefined ? `< ${target.below} s` : target.ratio !== undefined ? `>= ${target.ratio}x` : "",
    met,
  };
}

export function memoryRow(what: string, [ours, theirs]: (Medians | undefined)[]): Line {
  const part = theirs && ours!.memory / theirs.memory;
  return {
    what,
    ours: `${ours!.memory.toFixed(0)} MiB`,
    theirs: theirs ? `${theirs.memory.toFixed(0)} MiB` : "",
    ratio: part === undefined ? "" : `${part.toFixed(2)}x`,
    target: "<= 1.0x",
    met: part === undefined ? null : part <= 1,
  };
}

export function seconds(time: number): string {
  return `${time.toFixed(2)} s`;
}

/** How many of `count` rows a second both tools take. */
export function speedRow(what: string, [ours, theirs]: (Medians | undefined)[], count: number): Line {
  const speed = (medians: Medians) => `${Math.round(count / medians.time / 1000).toLocaleString("en")}k/s`;
  const ratio = theirs ? `${(theirs.time / ours!.time).toFixed(1)}x` : "";
  return { what, ours: speed(ours!), theirs: theirs ? speed(theirs) : "", ratio, target: "", met: null };
}
