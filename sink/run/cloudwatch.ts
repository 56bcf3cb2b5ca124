import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
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

/** Sends what was counted since the last time, and the lag, to CloudWatch. A failure costs one line in the log, never more. */
export function sendToCloudWatch(
  options: NonNullable<Config["cloudwatch"]>,
  s3: Config["s3"],
  group: string,
  metrics: Metrics,
  log: Log,
): { stop(): Promise<void> } {
  const client = new CloudWatchClient({
    region: options.region ?? s3.region,
    ...(options.endpoint && { endpoint: options.endpoint }),
    ...(s3.access_key_id && {
      credentials: { accessKeyId: s3.access_key_id, secretAccessKey: s3.secret_access_key ?? "" },
    }),
  });
  const Dimensions = [{ Name: "Group", Value: group }];
  const before = new Map<string, number>();

  const send = async () => {
    const Timestamp = new Date();
    const data: MetricDatum[] = [];
    for (const name of COUNTS) {
      const now = sum((await metrics[name].get()).values);
      data.push({
        MetricName: NAMES[name],
        Dimensions,
        Timestamp,
        Unit: "Count",
        Value: now - (before.get(name) ?? 0),
      });
      before.set(name, now);
    }
    const seconds = (await metrics.seconds.get()).values;
    const find = (suffix: string) => seconds.find(({ metricName }) => metricName?.endsWith(suffix))?.value ?? 0;
    const spent = delta("seconds", find("_sum"));
    const batches = delta("uploads", find("_count"));
    if (batches)
      data.push({ MetricName: "UploadSeconds", Dimensions, Timestamp, Unit: "Seconds", Value: spent / batches });
    data.push({
      MetricName: "Lag",
      Dimensions,
      Timestamp,
      Unit: "Count",
      Value: sum((await metrics.lag.get()).values),
    });
    data.push({
      MetricName: "Throughput",
      Dimensions,
      Timestamp,
      Unit: "Count/Second",
      Value: sum((await metrics.throughput.get()).values),
    });
    try {
      await client.send(new PutMetricDataCommand({ Namespace: options.namespace, MetricData: data }));
    } catch (error) {
      log.warn({ error: messageOf(error) }, "CloudWatch did not take the metrics");
    }
  };
  const delta = (name: string, now: number) => {
    const difference = now - (before.get(name) ?? 0);
    before.set(name, now);
    return difference;
  };
  const timer = setInterval(send, options.interval);
  return {
    async stop() {
      clearInterval(timer);
      await send();
      client.destroy();
    },
  };
}

function sum(values: { value: number }[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}
