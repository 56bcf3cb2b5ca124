import { TsdbtError } from "../errors.ts";
import type { CommandContext } from "./spec.ts";

/** A command of dbt's that tsdbt does not have: says so and ends with exit code 2. */
export async function notYet(context: CommandContext): Promise<number> {
  throw new TsdbtError("TD5001", "Runtime Error", `\`tsdbt ${context.spec.name}\` is not supported yet`);
}
