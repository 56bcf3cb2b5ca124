import { CloudWatchClient, PutMetricDataCommand, type StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { Config } from "../config/index.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

const COUNTS = ["consumed", "stored", "batches", "objects", "bytes", "errors", "deadLetters"] as const;
const NAMES: { [name in (typeof COUNTS)[number]]: string } = {
  consumed: "MessagesConsumed",
  stored: "MessagesStored",
  batches: "BatchesUploaded",
  objects: "ObjectsUploaded",
  bytes: "BytesUploaded",
  errors: "UploadErrors",
  deadLetters: "DeadLetters",
};

/**
 * Sends what was counted since the last time, and the lag, to CloudWatch. A failure costs one line in the log, and what was not
 * sent is in the next one's sums.
 */
export function sendToCloudWatch(
  options: NonNullable<Config["cloudwatch"]>,
  s3: Config["s3"],
  group: string,
  metrics: Metrics,
  log: Log,
): { stop(): Promise<void> } {
  const client = new CloudWatchClient({
    region: options.region ?? s3.region,
    requestHandler: { requestTimeout: TIMEOUT_MS, connectionTimeout: TIMEOUT_MS, throwOnRequestTimeout: true },
    ...(options.endpoint && { endpoint: options.endpoint }),
    ...(s3.access_key_id && {
      credentials: {
        accessKeyId: s3.access_key_id,
        secretAccessKey: s3.secret_access_key ?? "",
        ...(s3.session_token && { sessionToken: s3.session_token }),
      },
    }),
  });
  let before = new Map<string, number>();

  const send = async () => {
    const now = await totals(metrics);
    const since = (name: string) => now.get(name)! - (before.get(name) ?? 0);
    const [stored, batches, uploads, seconds] = ["stored", "batches", "uploads", "seconds"].map(since) as Four;
    const data: [name: string, value: number, unit: StandardUnit][] = [
      ...COUNTS.map((name): [string, number, StandardUnit] => [NAMES[name], since(name), "Count"]),
      ["Lag", sum((await metrics.lag.get()).values), "Count"],
      ["Throughput", sum((await metrics.throughput.get()).values), "Count/Second"],
    ];
    if (batches) data.push(["BatchSize", stored / batches, "Count"]);
    if (uploads) data.push(["UploadSeconds", seconds / uploads, "Seconds"]);
    const Timestamp = new Date();
    const Dimensions = [{ Name: "Group", Value: group }];
    const MetricData = data.map(([MetricName, Value, Unit]) => ({ MetricName, Value, Unit, Timestamp, Dimensions }));
    try {
      await client.send(new PutMetricDataCommand({ Namespace: options.namespace, MetricData }));
      before = now;
    } catch (error) {
      log.warn({ error: messageOf(error) }, "CloudWatch did not take the metrics");
    }
  };

  let sending = Promise.resolve();
  const timer = setInterval(() => {
    sending = sending.then(send);
  }, options.interval);
  return {
    async stop() {
      clearInterval(timer);
      await sending;
      await send();
      client.destroy();
    },
  };
}

const TIMEOUT_MS = 5000;
type Four = [number, number, number, number];

async function totals(metrics: Metrics): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const name of COUNTS) found.set(name, sum((await metrics[name].get()).values));
  const { values } = await metrics.seconds.get();
  const ending = (suffix: string) => values.find(({ metricName }) => metricName?.endsWith(suffix))?.value ?? 0;
  return found.set("seconds", ending("_sum")).set("uploads", ending("_count"));
}

function sum(values: { value: number }[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}
