/**
 * `npm run demo:pipeline [-- --limit N]`: the crypto pipeline from producer to gold table, on services of this machine.
 * Kafka and MinIO start, the producer sends the price data, tsdbt-sink stores it in S3, and tsdbt builds bronze, silver and gold from
 * it. Ends with the counts at each hop, which must agree.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sendPrices } from "../examples/crypto/producer/send.ts";
import { filePrices } from "../examples/crypto/producer/sources.ts";
import { startKafka } from "../tests/services/kafka.ts";
import { startMinio } from "../tests/services/minio.ts";
import { World } from "../tests/sink/world.ts";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({ options: { limit: { type: "string" } } });
const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit);
const started = Date.now();
const say = (text: string) =>
  console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${text}`);

say(
  "starting Kafka and MinIO (the first time they are fetched: 50 MB with Maven, MinIO built with Go in some minutes)",
);
const [kafka, minio] = await Promise.all([startKafka(), startMinio()]);
const folder = mkdtempSync(join(tmpdir(), "tsdbt-demo-"));
const world = await World.open(kafka.bootstrap, minio, "lake");
let agree = false;
try {
  const topic = await world.topicNamed("selected_crypto_data", 3);
  say("the producer sends the price data");
  const sent = await sendPrices(filePrices(join(ROOT, "examples/crypto/data/crypto_prices.jsonl")), {
    brokers: [kafka.bootstrap],
    topic,
    rate: 0,
    limit,
  });
  const inKafka = (await world.ends(topic)).reduce((sum, end) => sum + end, 0);

  say("tsdbt-sink stores it in S3");
  const sink = world.start({
    kafka: { topics: [topic] },
    batch: { records: 5000, age: "1s" },
    output: { path: "crypto_data/year=%Y/month=%m/day=%d/{topic}+{partition}+{offset}{ext}", time: "ingestion" },
  });
  while (!(await world.caughtUp(topic))) await new Promise((resolve) => setTimeout(resolve, 200));
  await sink.end();

  // DuckDB's S3 client is an extension that has to be downloaded, so the external table reads a copy of the bucket.
  say("crypto_raw_data, the external table, is made of the bucket's objects");
  const objects = await world.objects("crypto_data/");
  for (const [key, body] of objects) {
    const file = join(folder, "bucket", key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
  }
  const inS3 = [...objects.values()].reduce((sum, body) => sum + body.toString().split("\n").length - 1, 0);
  const project = join(folder, "crypto");
  cpSync(join(ROOT, "examples/crypto"), project, {
    recursive: true,
    filter: (path) => !/(target|logs|producer)$|\.duckdb/.test(path),
  });
  const vars = JSON.stringify({ prices_path: join(folder, "bucket/crypto_data/*/*/*/*.jsonl") });
  const tsdbt = (...args: string[]) => {
    say(`tsdbt ${args.join(" ")}`);
    return execFileSync(
      process.execPath,
      [join(ROOT, "bin/tsdbt"), ...args, "--project-dir", project, "--profiles-dir", project, "--vars", vars],
      {
        encoding: "utf8",
      },
    );
  };
  const built = tsdbt("build");
  console.log(`        ${/(?:Done\.|Finished).*/.exec(built)?.[0] ?? ""}`);
  tsdbt("source", "freshness");
  const count = (sql: string) => {
    const shown = tsdbt("show", "--quiet", "--output", "json", "--inline", sql);
    return Number(Object.values((JSON.parse(shown) as { show: { [column: string]: number }[] }).show[0]!)[0]);
  };
  const raw = count("select count(*) as n from {{ source('feed', 'crypto_prices') }}");
  const bronze = count("select count(*) as n from {{ ref('crypto_raw') }}");
  const hops: [string, number][] = [
    ["sent by the producer", sent],
    ["in Kafka", inKafka],
    ["in S3", inS3],
    ["in the external table", raw],
    ["in bronze", bronze],
  ];
  agree = hops.every(([, rows]) => rows === sent);
  console.log();
  for (const [hop, rows] of hops)
    console.log(`  ${hop.padEnd(24)}${String(rows).padStart(9)}${rows === sent ? "" : "  differs"}`);
  console.log(
    `  ${"in silver".padEnd(24)}${String(count("select count(*) as n from {{ ref('crypto_stage') }}")).padStart(9)}  (only valid prices)`,
  );
  console.log(
    `  ${"in gold".padEnd(24)}${String(count("select count(*) as n from {{ ref('crypto_curated') }}")).padStart(9)}  (curated)`,
  );
  console.log(agree ? "\nthe counts agree" : "\nTHE COUNTS DIFFER");
} finally {
  await world.close();
  await Promise.all([kafka.stop(), minio.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
process.exit(agree ? 0 : 1);
