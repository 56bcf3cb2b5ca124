/**
 * npm run bench:sink-memory -- [--minutes 10] [--rate 2000] [--seconds 10]
 *
 * The memory of tsdbt-sink while 1 KiB messages come at a steady rate: a sample every so many seconds, and whether the last quarter
 * of them is above the second (the first one warms up).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startKafka } from "../tests/services/kafka.ts";
import { startMinio } from "../tests/services/minio.ts";
import { World } from "../tests/sink/world.ts";
import { message } from "./sink.ts";

const GROWTH = 1.1;
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "2000" },
    seconds: { type: "string", default: "10" },
  },
});
const rate = Number(values.rate);
const [kafka, minio] = await Promise.all([startKafka(), startMinio()]);
const world = await World.open(kafka.bootstrap, minio, "memory");
let flat = false;
try {
  const topic = await world.topic("prices", 4);
  const sink = world.start({
    kafka: { topics: [topic] },
    batch: { records: 5000, age: "5s" },
    memory: { max: "64MiB" },
  });
  await sink.logged(({ message: text }) => text === "partitions assigned");
  const began = Date.now();
  const end = began + Number(values.minutes) * 60_000;
  const producing = produce(topic, began, end);
  const samples: number[] = [];
  console.log("seconds  rss MiB  heap MiB  held MiB    stored");
  while (Date.now() < end) {
    await sleep(Number(values.seconds) * 1000);
    const metrics = await (await sink.ask("/metrics")).text();
    const read = (name: string) =>
      Number(new RegExp(`^tsdbt_sink_${name}(?:\\{.*\\})? (\\S+)`, "m").exec(metrics)?.[1] ?? 0);
    const mib = (name: string) => (read(name) / 1024 ** 2).toFixed(1);
    samples.push(read("process_resident_memory_bytes"));
    const row = [
      Math.round((Date.now() - began) / 1000),
      mib("process_resident_memory_bytes"),
      mib("nodejs_heap_size_used_bytes"),
      mib("held_bytes"),
      read("messages_stored_total"),
    ];
    console.log(row.map((cell, index) => String(cell).padStart([7, 9, 10, 10, 10][index]!)).join(""));
  }
  await producing;
  await sink.end();
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const mean = (some: number[]) => some.reduce((sum, sample) => sum + sample, 0) / some.length;
  const growth = mean(samples.slice(-quarter)) / mean(samples.slice(quarter, 2 * quarter));
  flat = growth <= GROWTH;
  console.log(`\nthe last quarter's mean is ${growth.toFixed(2)} times the second's: ${flat ? "flat" : "NOT FLAT"}`);
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
