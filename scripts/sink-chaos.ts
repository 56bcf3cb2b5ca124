/**
 * `npm run test:chaos -- --messages 200000 --partitions 12 --kills 50 --sleeps 20 --restarts 3 --faults 0.05 [--seed N]`
 * Two sinks on a real broker and MinIO while everything goes wrong. Prints counts; fails where a message is lost or doubled.
 */
import { parseArgs } from "node:util";
import { startFaultyProxy } from "../tests/services/faulty-proxy.ts";
import { startKafka } from "../tests/services/kafka.ts";
import { startMinio } from "../tests/services/minio.ts";
import { runChaos } from "../tests/sink/chaos.ts";
import { seeded } from "../tests/sink/seeded.ts";
import { World } from "../tests/sink/world.ts";

const option = (text: string) => ({ type: "string", default: text }) as const;
const { values } = parseArgs({
  options: {
    messages: option("200000"),
    partitions: option("12"),
    kills: option("50"),
    sleeps: option("20"),
    restarts: option("3"),
    faults: option("0.05"),
    seed: option(String(Date.now() % 2 ** 31)),
  },
});
const started = Date.now();
const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
const say = (text: string) => console.log(`${seconds()}: ${text}`);
say(`seed ${values.seed}`);
const [kafka, minio] = await Promise.all([startKafka(), startMinio()]);
const proxy = await startFaultyProxy(minio.endpoint);
const world = await World.open(kafka.bootstrap, minio, "chaos");
try {
  const result = await runChaos(world, kafka, proxy, {
    messages: Number(values.messages),
    partitions: Number(values.partitions),
    kills: Number(values.kills),
    sleeps: Number(values.sleeps),
    brokerRestarts: Number(values.restarts),
    faults: Number(values.faults),
    random: seeded(Number(values.seed)),
    say,
  });
  for (const [name, count] of Object.entries(result)) console.log(`${name.padEnd(16)}${count}`);
  const good = result.lost + result.doubled + result.misplaced === 0 && result.exitCodes.every((code) => code === 0);
  say(good ? "every message exactly once" : "MESSAGES WERE LOST OR DOUBLED");
  process.exitCode = good ? 0 : 1;
} finally {
  await world.close();
  await Promise.all([proxy.stop(), kafka.stop(), minio.stop()]);
}
process.exit();
