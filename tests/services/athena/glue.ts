import { fileURLToPath } from "node:url";
import { type RunningMoto, startMoto } from "../moto.ts";

const SCRIPT = fileURLToPath(new URL("glue-server.py", import.meta.url));

/** Glue, STS and Lake Formation. */
export async function startGlue(): Promise<RunningMoto> {
  return startMoto([SCRIPT]);
}
