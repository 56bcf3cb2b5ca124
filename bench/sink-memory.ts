/**
 * npm run bench:sink-memory -- [--minutes 10] [--warm-up 1] [--rate 2000] [--seconds 10] [--only TEXT]... [--record]
 *
 * The memory of sinks, one for each kind of output, while 1 KiB messages come at a steady rate: a sample every so many seconds.
 * After the minutes of warm-up, in which a process compiles its code and finds the size of its heap, the median of the last third is
 * held against the first's. `--record` puts the rows into README.md's table.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { argumentsOf } from "../scripts/arguments.ts";
import { startKafka } from "../tests/services/kafka.ts";
import { startMinio } from "../tests/services/minio.ts";
import { type SinkProcess, World } from "../tests/sink/world.ts";
import { median } from "./measure.ts";
import { message } from "./sink.ts";
import { type Line, recordTable } from "./table.ts";
import { ROOT } from "./tools.ts";

const GROWTH = 1.1;
const MIB = 1024 ** 2;
const OUTPUTS: { [name: string]: object } = {
  "JSON Lines": {},
  "JSON Lines, gzip": { compression: "gzip" },
  "Parquet, snappy": { format: "parquet", compression: "snappy" },
  "Avro, zstd": { format: "avro", compression: "zstd" },
};
const USAGE =
  "usage: npm run bench:sink-memory -- [--minutes N] [--warm-up MINUTES] [--rate N] [--seconds N] [--only TEXT]… [--record]";
const { values } = argumentsOf(USAGE, {
  options: {
    minutes: { type: "string", default: "10" },
    "warm-up": { type: "string", default: "1" },
    rate: { type: "string", default: "2000" },
    seconds: { type: "string", default: "10" },
    only: { type: "string", multiple: true, default: [] as string[] },
    record: { type: "boolean" },
  },
});
const rate = Number(values.rate);

/** A sink, and what it was seen to take once it was warm. */
interface Watched {
  name: string;
  process: SinkProcess;
  samples: number[];
}

const [kafka, minio] = await Promise.all([startKafka(), startMinio()]);
const world = await World.open(kafka.bootstrap, minio, "memory");
let flat = false;
try {
  const topic = await world.topic("prices", 4);
  const wanted = Object.entries(OUTPUTS).filter(
    ([name]) => !values.only.length || values.only.some((part) => name.includes(part)),
  );
  const sinks = wanted.map(([name, output]): Watched => ({ name, process: start(topic, name, output), samples: [] }));
  for (const sink of sinks) await sink.process.logged(({ message: text }) => text === "partitions assigned");
  const began = Date.now();
  const warm = began + Number(values["warm-up"]) * 60_000;
  const end = warm + Number(values.minutes) * 60_000;
  const producing = produce(topic, began, end);
  console.log("MiB resident (of its heap, outside of it, messages held)");
  console.log(row("seconds", ...sinks.map(({ name }) => name), "stored"));
  while (Date.now() < end) {
    await sleep(Number(values.seconds) * 1000);
    const cells: string[] = [];
    let stored = Number.POSITIVE_INFINITY;
    for (const { process, samples } of sinks) {
      const read = await metricsOf(process);
      const mib = (name: string) => Math.round(read(name) / MIB);
      const parts = ["nodejs_heap_size_used_bytes", "nodejs_external_memory_bytes", "held_bytes"].map(mib);
      cells.push(`${mib("process_resident_memory_bytes")} (${parts.join(", ")})`);
      stored = Math.min(stored, read("messages_stored_total"));
      if (Date.now() > warm) samples.push(read("process_resident_memory_bytes") / MIB);
    }
    console.log(row(String(Math.round((Date.now() - began) / 1000)), ...cells, String(stored)));
  }
  await producing;
  for (const { process } of sinks) await process.end();
  const lines = sinks.map(lineOf);
  console.log();
  for (const { what, ours, ratio, met } of lines)
    console.log(`${what.padEnd(44)}${ours.padStart(9)}${ratio.padStart(7)}  ${met ? "flat" : "NOT FLAT"}`);
  if (values.record) recordTable(join(ROOT, "bench", "README.md"), lines, "1");
  flat = lines.every(({ met }) => met);
} finally {
  await world.close();
  await Promise.all([kafka.stop(), minio.stop()]);
}
process.exit(flat ? 0 : 1);

function start(topic: string, name: string, output: object): SinkProcess {
  const id = name.replace(/\W+/g, "-");
  return world.start({
    kafka: { topics: [topic], group: `${world.group}-${id}` },
    s3: { prefix: `${id}/` },
    output,
    batch: { records: 5000, age: "5s" },
    memory: { max: "64MiB" },
  });
}

async function metricsOf(sink: SinkProcess): Promise<(name: string) => number> {
  const metrics = await (await sink.ask("/metrics")).text();
  return (name) => Number(new RegExp(`^tsdbt_sink_${name}(?:\\{.*\\})? (\\S+)`, "m").exec(metrics)?.[1] ?? 0);
}

function row(first: string, ...cells: string[]): string {
  return first.padStart(7) + cells.map((cell) => cell.padStart(19)).join("");
}

/** The end beside the beginning. */
function lineOf({ name, samples }: Watched): Line {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const growth = median(samples.slice(-third)) / median(samples.slice(0, third));
  return {
    what: `sink: memory over ${values.minutes} minutes, ${name}`,
    ours: `${median(samples.slice(-third)).toFixed(0)} MiB`,
    theirs: "",
    ratio: `${growth.toFixed(2)}x`,
    target: `<= ${GROWTH}x of the first third`,
    met: growth <= GROWTH,
  };
}

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
