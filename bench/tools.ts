import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { referenceDbt } from "../scripts/parity/reference.ts";
import { type Measured, measure, median } from "./measure.ts";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

export interface Options {
  /** How often each is measured. */
  runs: number;
  /** How often Python dbt is; 0 leaves it out. */
  referenceRuns: number;
}

/** A tool, and the copy of the project it works on. */
export interface Tool {
  name: "tsdbt" | "dbt";
  command: string[];
  dir: string;
}

/** Both tools with a copy each of what `lay` writes. */
export function toolsFor(scratch: string, options: Options, lay: (dir: string) => void): Tool[] {
  const ours: Tool = {
    name: "tsdbt",
    command: [process.execPath, join(ROOT, "bin", "tsdbt")],
    dir: join(scratch, "tsdbt"),
  };
  rmSync(scratch, { recursive: true, force: true });
  lay(ours.dir);
  if (options.referenceRuns === 0) return [ours];
  const theirs: Tool = { name: "dbt", command: [referenceDbt().dbt], dir: join(scratch, "dbt") };
  cpSync(ours.dir, theirs.dir, { recursive: true });
  return [ours, theirs];
}

export interface Task {
  args: string[];
  /** Before each run, with its number. */
  before?: (dir: string, run: number) => void | Promise<void>;
  /** Run once before all, not measured. */
  warm?: string[];
  env?: NodeJS.ProcessEnv;
}

export interface Medians {
  time: number;
  memory: number;
}

/** The medians of both tools, their runs taken in turn. */
export async function compare(tools: readonly Tool[], options: Options, task: Task): Promise<(Medians | undefined)[]> {
  const all = new Map<Tool, Measured[]>(tools.map((tool) => [tool, []]));
  for (const tool of tools) if (task.warm) await measure([...tool.command, ...task.warm], tool.dir, task.env);
  for (let run = 0; run < Math.max(options.runs, options.referenceRuns); run++) {
    for (const tool of tools) {
      if (run >= (tool.name === "dbt" ? options.referenceRuns : options.runs)) continue;
      await task.before?.(tool.dir, run);
      all.get(tool)!.push(await measure([...tool.command, ...task.args], tool.dir, task.env));
    }
  }
  return [...all.values()].map((list) => ({
    time: median(list.map(({ time }) => time)),
    memory: median(list.map(({ memory }) => memory)),
  }));
}
