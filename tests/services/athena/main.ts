/** The whole stand-in as one process: prints its addresses as one line of JSON, and ends with its standard input. */
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { startMinio } from "../minio.ts";
import { startFront } from "./front.ts";
import { startGlue } from "./glue.ts";
import { startTrino } from "./trino.ts";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const BUCKET = "athena-stand-in";
const services: { stop(): Promise<void> }[] = [];
async function end(code: number): Promise<never> {
  await Promise.all(services.map((service) => service.stop()));
  process.exit(code);
}
process.on("SIGTERM", () => void end(0));
process.on("SIGINT", () => void end(0));
process.stdin.on("end", () => void end(0)).resume();

try {
  const [store, glue] = await Promise.all([startMinio(), startGlue()]);
  services.push(store, glue);
  const { endpoint, region, accessKeyId, secretAccessKey } = store;
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: store });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const trino = await startTrino(store, glue.endpoint);
  services.push(trino);
  const front = await startFront({ trino: trino.url, glue: glue.endpoint, store });
  process.stdout.write(`${JSON.stringify({ ...front, region, bucket: BUCKET, accessKeyId, secretAccessKey })}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  await end(1);
}
