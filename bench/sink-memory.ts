/**
 * npm run bench:sink-memory -- [--minutes 10] [--warm-up 1] [--rate 2000] [--seconds 10] [--format jsonl] [--compression none]
 *
 * The memory of tsdbt-sink while 1 KiB messages come at a steady rate: a sample every so many seconds. After the minutes of warm-up,
 * in which a process compiles its code and finds the size of its heap, the median of the last third is held against the first's.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { argumentsOf } from "../scripts/arguments.ts";
import { startKafka } from "../tests/services/kafka.ts";
import { startMinio } from "../tests/services/minio.ts";
import { World } from "../tests/sink/world.ts";
import { median } from "./measure.ts";
import { message } from "./sink.ts";

const GROWTH = 1.1;
const MIB = 1024 ** 2;
const USAGE =
  "usage: npm run bench:sink-memory -- [--minutes N] [--warm-up MINUTES] [--rate N] [--seconds N] [--format NAME] [--compression NAME]";
const { values } = argumentsOf(USAGE, {
  options: {
    minutes: { type: "string", default: "10" },
    "warm-up": { type: "string", default: "1" },
    rate: { type: "string", default: "2000" },
    seconds: { type: "string", default: "10" },
    format: { type: "string", default: "jsonl" },
    compression: { type: "string", default: "none" },
  },
});
const rate = Number(values.rate);
const COLUMNS = [
  ["rss MiB", "process_resident_memory_bytes", MIB],
  ["heap MiB", "nodejs_heap_size_used_bytes", MIB],
  ["outside MiB", "nodejs_external_memory_bytes", MIB],
  ["held MiB", "held_bytes", MIB],
  ["stored", "messages_stored_total", 1],
] as const;

const [kafka, minio] = await Promise.all([startKafka(), startMinio()]);
const world = await World.open(kafka.bootstrap, minio, "memory");
let flat = false;
try {
  const topic = await world.topic("prices", 4);
  const sink = world.start({
    kafka: { topics: [topic] },
    output: { format: values.format, compression: values.compression },
    batch: { records: 5000, age: "5s" },
    memory: { max: "64MiB" },
  });
  await sink.logged(({ message: text }) => text === "partitions assigned");
  const began = Date.now();
  const warm = began + Number(values["warm-up"]) * 60_000;
  const end = warm + Number(values.minutes) * 60_000;
  const producing = produce(topic, began, end);
  const samples: number[] = [];
  console.log(["seconds", ...COLUMNS.map(([name]) => name)].map((name) => name.padStart(12)).join(""));
  while (Date.now() < end) {
    await sleep(Number(values.seconds) * 1000);
    const metrics = await (await sink.ask("/metrics")).text();
    const read = (name: string) =>
      Number(new RegExp(`^tsdbt_sink_${name}(?:\\{.*\\})? (\\S+)`, "m").exec(metrics)?.[1] ?? 0);
    const cells = COLUMNS.map(([, name, unit]) => (read(name) / unit).toFixed(unit === 1 ? 0 : 1));
    const seconds = String(Math.round((Date.now() - began) / 1000));
    console.log([seconds, ...cells].map((cell) => cell.padStart(12)).join(""));
    if (Date.now() > warm) samples.push(read(COLUMNS[0][1]) / MIB);
  }
  await producing;
  await sink.end();
  const third = Math.max(1, Math.floor(samples.length / 3));
  const [first, last] = [median(samples.slice(0, third)), median(samples.slice(-third))];
  flat = last / first <= GROWTH;
  const figures = `${first.toFixed(0)} MiB in the first third, ${last.toFixed(0)} MiB in the last, ${Math.max(...samples).toFixed(0)} MiB at most`;
  console.log(`\n${figures}: ${flat ? "flat" : "NOT FLAT"}`);
} finally {
  await world.close();
  await Promise.all([kafka.stop(), minio.stop()]);
}
process.exit(flat ? 0 : 1);

async function produce(topic: string, began: number, end: number): Promise<void> {
  for (let id = 0; Date.now() < end; ) {
    const due = Math.floor(((Date.now() - began) / 1000) * rate) - id;
    if (due > 0)
      await world.send(
        topic,
        Array.from({ length: Math.min(due, 500) }, () => message(id++)),
      );
    else await sleep(20);
  }
}
