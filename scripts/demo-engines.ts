import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startAthena } from "../tests/services/athena/start.ts";
import { startMinio } from "../tests/services/minio.ts";
import type { S3Access } from "../tests/sink/global-setup.ts";
import type { World } from "../tests/sink/world.ts";

/** Where the demo's objects lie in its bucket; the example's external table on Athena looks there. */
export const FEED = "crypto/feed/";

interface Store {
  s3: S3Access;
  /** What commands have to know of it. */
  env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** What the engines of the demo differ in. */
interface Engine {
  /** What starts besides Kafka, and what that downloads the first time. */
  services: string;
  start(): Promise<Store>;
  /** What is said of the external table. */
  table: string;
  /** How the project finds the objects. */
  feed(demo: { world: World; folder: string; objects: ReadonlyMap<string, Buffer> }): {
    vars?: { [name: string]: string };
    env?: { [name: string]: string };
  };
  /** Commands before the build. */
  before: string[][];
}

const MINIO = "MinIO (the first time they are fetched: 50 MB with Maven, MinIO built with Go in some minutes)";

async function minio(): Promise<Store> {
  const running = await startMinio();
  return { s3: running, env: {}, stop: () => running.stop() };
}

export const ENGINES: { [name: string]: Engine } = {
  duckdb: {
    services: MINIO,
    start: minio,
    // DuckDB's client of S3 is an extension that has to be downloaded.
    table: "crypto_raw_data, the external table, is made of a copy of the bucket's objects",
    feed({ folder, objects }) {
      for (const [key, body] of objects) {
        const file = join(folder, "bucket", key);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, body);
      }
      return { vars: { prices_path: join(folder, "bucket", FEED, "*/*/*/*.jsonl") } };
    },
    before: [],
  },
  clickhouse: {
    services: MINIO,
    start: minio,
    table: "crypto_raw_data, the external table, is ClickHouse's s3() over the bucket's objects",
    feed({ world }) {
      const { endpoint, accessKeyId, secretAccessKey } = world.access;
      const prices_path = `${endpoint}/${world.bucket}/${FEED}**.jsonl`;
      return { vars: { prices_path, prices_keys: `'${accessKeyId}', '${secretAccessKey}'` } };
    },
    before: [],
  },
  athena: {
    services:
      "a stand-in for Athena with Glue and S3 (the first time fetched: Kafka, 50 MB, and Trino, 821 MB, with Maven, moto from PyPI, MinIO built with Go)",
    async start() {
      const athena = await startAthena();
      const { s3: endpoint, env, region, accessKeyId, secretAccessKey } = athena;
      return { s3: { endpoint, region, accessKeyId, secretAccessKey }, env, stop: () => athena.stop() };
    },
    table: "the external table is made over the bucket's objects",
    feed: ({ world }) => ({ env: { CRYPTO_BUCKET: world.bucket } }),
    before: [["run-operation", "stage_external_sources"]],
  },
};
