import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FaultRule, RecordedCall } from "./faults.ts";

const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

interface Addresses {
  athena: string;
  glue: string;
  s3: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** A running stand-in for Athena: `await startAthena()`. */
export interface AthenaStandIn extends Addresses {
  /** Variables by which AWS clients, those of Python as well, find it. */
  env: { [name: string]: string };
  /** What was asked of it since the last reset. */
  calls(): Promise<RecordedCall[]>;
  reset(): Promise<void>;
  fail(rule: FaultRule): Promise<void>;
  /** Queries stay queued until asked so often for their state. */
  queue(polls: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the stand-in (about 20 s once its parts are downloaded), or takes the one that `$TSDBT_ATHENA_STAND_IN` names, as
 * `npm run athena:stand-in` prints it.
 */
export async function startAthena(): Promise<AthenaStandIn> {
  const running = process.env.TSDBT_ATHENA_STAND_IN;
  if (running) return standIn(JSON.parse(running) as Addresses, async () => undefined);
  const child = spawn(process.execPath, ["--import", TSX, MAIN], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the Athena stand-in ended with ${code}`)));
  });
  return standIn(JSON.parse(line) as Addresses, async () => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.stdin.end();
    await gone;
  });
}

function standIn(at: Addresses, stop: () => Promise<void>): AthenaStandIn {
  const post = async (path: string, body: object = {}) => {
    const response = await fetch(`${at.athena}/_control/${path}`, { method: "POST", body: JSON.stringify(body) });
    return response.json();
  };
  return {
    ...at,
    env: {
      AWS_ENDPOINT_URL_ATHENA: at.athena,
      AWS_ENDPOINT_URL_GLUE: at.glue,
      AWS_ENDPOINT_URL_STS: at.glue,
      AWS_ENDPOINT_URL_LAKEFORMATION: at.glue,
      AWS_ENDPOINT_URL_S3: at.s3,
      AWS_ACCESS_KEY_ID: at.accessKeyId,
      AWS_SECRET_ACCESS_KEY: at.secretAccessKey,
      AWS_REGION: at.region,
      AWS_DEFAULT_REGION: at.region,
      AWS_EC2_METADATA_DISABLED: "true",
    },
    calls: () => post("calls") as Promise<RecordedCall[]>,
    reset: () => post("reset") as Promise<never>,
    fail: (rule) => post("fail", rule) as Promise<never>,
    queue: (polls) => post("queue", { polls }) as Promise<never>,
    stop,
  };
}
