import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import { type RunningMoto, startMoto } from "../services/moto.ts";
import { WAIT, World } from "./world.ts";

let world: World;
let moto: RunningMoto | undefined;

beforeEach(async () => {
  world = await World.open(inject("bootstrap"), inject("s3"), "watched");
});
afterEach(async () => {
  await world.close();
  await moto?.stop();
});

it("CloudWatch is told what was counted, each message once", async () => {
  moto = await startMoto();
  const topic = await world.topic("prices");
  await world.send(topic, [...Array.from({ length: 40 }, (_, id) => ({ id })), "{"]);
  const sink = world.start({
    kafka: { topics: [topic] },
    cloudwatch: { namespace: "prices", endpoint: moto.endpoint, interval: "300ms" },
  });
  await vi.waitFor(async () => expect(await world.rows()).toHaveLength(40), WAIT);
  await world.send(topic, [{ id: 40 }]);
  await vi.waitFor(async () => expect(await world.rows()).toHaveLength(41), WAIT);
  expect(await sink.end()).toBe(0);

  const { accessKeyId, secretAccessKey, region } = world.access;
  const client = new CloudWatchClient({
    endpoint: moto.endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
  });
  const ask = async (MetricName: string, statistic: "Sum" | "Maximum" = "Sum") => {
    const { Datapoints } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: "prices",
        MetricName,
        Dimensions: [{ Name: "Group", Value: world.group }],
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 3_600_000),
        Period: 86_400,
        Statistics: [statistic],
      }),
    );
    return Datapoints!.reduce((sum, point) => sum + point[statistic]!, 0);
  };
  expect(await ask("MessagesStored")).toBe(42);
  expect(await ask("MessagesConsumed")).toBe(42);
  expect(await ask("DeadLetters")).toBe(1);
  expect(await ask("UploadErrors")).toBe(0);
  expect(await ask("BatchesUploaded")).toBeGreaterThanOrEqual(2);
  expect(await ask("BatchSize", "Maximum")).toBeGreaterThanOrEqual(1);
  expect(await ask("UploadSeconds", "Maximum")).toBeGreaterThan(0);
  client.destroy();
});

it("a CloudWatch that is down holds nothing up", async () => {
  const topic = await world.topic("prices");
  await world.send(topic, [{ id: 1 }]);
  const cloudwatch = { endpoint: "http://127.0.0.1:1", interval: "200ms" };
  const sink = world.start({ kafka: { topics: [topic] }, cloudwatch });
  await sink.logged(({ message }) => message === "CloudWatch did not take the metrics");
  await vi.waitFor(async () => expect(await world.rows()).toHaveLength(1), WAIT);
  expect(await sink.end()).toBe(0);
});
