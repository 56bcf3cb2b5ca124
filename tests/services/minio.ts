import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, freePort, runNicely, until } from "./cache.ts";

const VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c";

/** An S3 service on 127.0.0.1 with path-style addresses; buckets are made through its API. */
export interface RunningMinio {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  stop(): Promise<void>;
}

/** Starts MinIO with a data folder of its own. The first time on a machine it is built from source, which takes minutes. */
export async function startMinio(options: { port?: number } = {}): Promise<RunningMinio> {
  const program = await minioProgram();
  const folder = mkdtempSync(join(tmpdir(), "tsdbt-minio-"));
  const port = options.port ?? (await freePort());
  const accessKeyId = "tsdbt-test";
  const secretAccessKey = "tsdbt-test-secret";
  const server = spawn(program, ["server", "--quiet", "--address", `127.0.0.1:${port}`, folder], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      MINIO_ROOT_USER: accessKeyId,
      MINIO_ROOT_PASSWORD: secretAccessKey,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
    },
  });
  let said = "";
  server.stderr!.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await ended(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(
      async () => {
        if (server.exitCode !== null) throw new Error(`MinIO ended with ${server.exitCode}: ${said}`);
        return isReady(`${endpoint}/minio/health/ready`);
      },
      300,
      () => `MinIO does not answer: ${said}`,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, region: "us-east-1", accessKeyId, secretAccessKey, stop };
}

async function minioProgram(): Promise<string> {
  const folder = await cached(`minio-${VERSION}`, "building MinIO with `go install`, some minutes", (into) =>
    runNicely("go", ["install", `github.com/minio/minio@${VERSION}`], { env: { GOBIN: into } }),
  );
  return join(folder, "minio");
}

async function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGKILL");
  await exit;
}
