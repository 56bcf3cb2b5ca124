import type { TestProject } from "vitest/node";
import { startKafka } from "../services/kafka.ts";
import { startMinio } from "../services/minio.ts";

declare module "vitest" {
  interface ProvidedContext {
    bootstrap: string;
    s3: S3Access;
  }
}

/** How to reach MinIO. */
export interface S3Access {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** One broker and one MinIO for all test files; each test has topics and a bucket of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const kafka = await startKafka();
  const minio = await startMinio().catch(async (error: unknown) => {
    await kafka.stop();
    throw error;
  });
  project.provide("bootstrap", kafka.bootstrap);
  const { endpoint, region, accessKeyId, secretAccessKey } = minio;
  project.provide("s3", { endpoint, region, accessKeyId, secretAccessKey });
  return async () => {
    await Promise.all([kafka.stop(), minio.stop()]);
  };
}
