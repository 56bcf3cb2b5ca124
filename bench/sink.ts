import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { kafkaTool, startKafka } from "../tests/services/kafka.ts";
import { startMinio } from "../tests/services/minio.ts";
import { World } from "../tests/sink/world.ts";
import { median } from "./measure.ts";
import type { Line } from "./table.ts";
import { ROOT } from "./tools.ts";

interface SinkBench {
  runs: number;
  wants(what: string): boolean;
}

/** Enough for what a sink does when it begins not to count. */
const MESSAGES = 1_200_000;
const PARTITIONS = 4;
/** So that every partition ends with a full batch: none is left to wait for its age. */
const BATCH = 10_000;
const MODES: { what: string; output: object; share: number }[] = [
  { what: "sink: JSON Lines", output: {}, share: 0.8 },
  { what: "sink: JSON Lines, gzip", output: { compression: "gzip" }, share: 0.5 },
  { what: "sink: Parquet", output: { format: "parquet", compression: "snappy" }, share: 0.35 },
];

/** Messages a second from Kafka to S3, beside a consumer of the same client that only counts. */
export async function* sink(bench: SinkBench): AsyncGenerator<Line> {
  const modes = MODES.filter(({ what }) => bench.wants(what));
  if (!modes.length) return;
  const [kafka, minio] = await Promise.all([startKafka(), startMinio()]);
  const world = await World.open(kafka.bootstrap, minio, "bench");
  try {
    const topic = await world.topic("prices", PARTITIONS);
    for (let id = 0; id < MESSAGES; id += 500)
      await world.send(
        topic,
        Array.from({ length: 500 }, (_, i) => message(id + i)),
      );
    const bare: number[] = [];
    const ours = new Map<string, number[]>(modes.map(({ what }) => [what, []]));
    for (let run = 0; run < bench.runs; run++) {
      bare.push(await bareRate(kafka.bootstrap, topic, run));
      for (const { what, output } of modes)
        ours.get(what)!.push(await sinkRate(world, topic, `${what}-${run}`.replace(/\W+/g, "-"), output));
    }
    const yardstick = median(bare);
    for (const { what, share } of modes) {
      const rate = median(ours.get(what)!);
      const met = rate / yardstick >= share;
      yield line(
        what,
        rate,
        yardstick,
        `${Math.round((rate / yardstick) * 100)} %`,
        `>= ${share * 100} % of a bare consumer`,
        met,
      );
    }
    yield line(
      "sink: Kafka's own ConsumerPerformance",
      undefined,
      await perfTool(kafka.bootstrap, topic),
      "",
      "",
      null,
    );
  } finally {
    await world.close();
    await Promise.all([kafka.stop(), minio.stop()]);
  }
}

function line(
  what: string,
  ours: number | undefined,
  theirs: number,
  ratio: string,
  target: string,
  met: boolean | null,
): Line {
  const text = (rate: number | undefined) => (rate === undefined ? "" : `${Math.round(rate / 100) / 10} k/s`);
  return { what, ours: text(ours), theirs: text(theirs), ratio, target, met };
}

/** 1 KiB of JSON. */
export function message(id: number): string {
  const row = { id, symbol: `S${id % 50}`, price: id / 7, volume: id * 3, at: 1_700_000_000 + id, note: "" };
  const text = JSON.stringify(row);
  return JSON.stringify({ ...row, note: noise(id, 1024 - text.length) });
}

/** Text that compresses like text, not like a repeated letter. */
function noise(seed: number, length: number): string {
  const words = ["bid", "ask", "open", "close", "high", "low", "trade", "volume", "quote", "depth"];
  let text = "";
  for (let i = seed; text.length < length; i = (i * 1_103_515_245 + 12_345) % 2 ** 31)
    text += `${words[i % 10]}${i % 997} `;
  return text.slice(0, length);
}

async function bareRate(bootstrap: string, topic: string, run: number): Promise<number> {
  const script = join(ROOT, "bench", "bare-consumer.ts");
  const args = ["--import", "tsx", script, bootstrap, topic, String(MESSAGES), `bare-${Date.now()}-${run}`];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await once(child, "close");
  return MESSAGES / Number(said);
}

/** From the moment the partitions are assigned until the last batch is stored. */
async function sinkRate(world: World, topic: string, name: string, output: object): Promise<number> {
  const sink = world.start({
    kafka: { topics: [topic], group: `${world.group}-${name}` },
    s3: { prefix: `${name}/` },
    output,
    batch: { records: BATCH, age: "10s" },
    http: null,
  });
  const time = (record: { [field: string]: unknown }) => Date.parse(String(record.timestamp));
  const began = time(
    await sink.logged(({ message: text, partitions }) => text === "partitions assigned" && partitions === PARTITIONS),
  );
  const batches = () => sink.log.filter(({ message: text }) => text === "batch stored");
  const stored = () => batches().reduce((sum, { messages }) => sum + Number(messages), 0);
  await sink.logged(({ message: text }) => text === "batch stored" && stored() >= MESSAGES);
  const end = Math.max(...batches().map(time));
  await sink.end();
  return (MESSAGES / (end - began)) * 1000;
}

async function perfTool(bootstrap: string, topic: string): Promise<number> {
  const said = await kafkaTool("ConsumerPerformance", [
    "--bootstrap-server",
    bootstrap,
    "--topic",
    topic,
    "--num-records",
    String(MESSAGES),
    "--timeout",
    "30000",
  ]);
  const [head, figures] = said
    .trim()
    .split("\n")
    .map((row) => row.split(", "));
  return Number(figures![head!.indexOf("fetch.nMsg.sec")]);
}
