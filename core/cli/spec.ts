import type { Flags } from "../../project/types.ts";
import type { GivenOptions } from "../config/flags.ts";
import type { EventBus } from "../events/event.ts";
import type { Io } from "./io.ts";

/** One option of the command line. */
export interface OptionSpec {
  /** The long name without dashes: `full-refresh`. */
  name: string;
  short?: string;
  /** `flag`: a bare switch; `switch`: also `--no-x`; `value`: takes one; `list`: takes several, and may be repeated. */
  kind: "flag" | "switch" | "value" | "list";
  /** The flag it sets, where that is not its name: `resource_types`. */
  flag?: string;
  /** Other spellings, e.g. `-m` and `--models` of `--select`. */
  aliases?: string[];
  /** What stands for the value in help. */
  metavar?: string;
  help: string;
  /** Accepted for dbt's sake, not shown in help. */
  hidden?: boolean;
}

/** One command: what it takes, how its help looks, and what it does. No logic: `run` hands over to the other rooms. */
export interface CommandSpec {
  /** `source freshness` is a command in a group. */
  name: string;
  aliases?: string[];
  summary: string;
  arguments?: { name: string; help: string; required: boolean }[];
  options: readonly OptionSpec[];
  examples: readonly [command: string, meaning: string][];
  /** Works without a project: no log file is written into it. */
  standalone?: boolean;
  /** Answers the exit code. */
  run(context: CommandContext): Promise<number>;
}

/** What a command gets. */
export interface CommandContext {
  spec: CommandSpec;
  flags: Flags;
  /** What was written on the command line. */
  given: GivenOptions;
  events: EventBus;
  io: Io;
  env: { [key: string]: string | undefined };
  invocationId: string;
}
