/**
 * `npm run demo:pipeline [-- --engine duckdb|clickhouse|athena] [--limit N]`: the crypto pipeline from producer to gold table, on
 * services of this machine. Kafka and S3 start, the producer sends the price data, tsdbt-sink stores it in S3, and tsdbt builds
 * bronze, silver and gold from it. Ends with the counts at each hop, which must agree.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sendPrices } from "../examples/crypto/producer/send.ts";
import { filePrices } from "../examples/crypto/producer/sources.ts";
import { startKafka } from "../tests/services/kafka.ts";
import { World } from "../tests/sink/world.ts";
import { argumentsOf } from "./arguments.ts";
import { ENGINES, FEED } from "./demo-engines.ts";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const USAGE = `usage: npm run demo:pipeline -- [--engine ${Object.keys(ENGINES).join("|")}] [--limit N]`;
const { values } = argumentsOf(USAGE, {
  options: { limit: { type: "string" }, engine: { type: "string", default: "duckdb" } },
});
const engine = ENGINES[values.engine];
if (!engine) {
  console.error(`no such engine: ${values.engine}\n${USAGE}`);
  process.exit(2);
}
const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit);
/** It has been said why. */
class Stopped extends Error {}
const started = Date.now();
const say = (text: string) =>
  console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${text}`);

say(`starting Kafka and ${engine.services}`);
const [kafka, store] = await Promise.all([startKafka(), engine.start()]);
const folder = mkdtempSync(join(tmpdir(), "tsdbt-demo-"));
const world = await World.open(kafka.bootstrap, store.s3, "lake");
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
    output: { path: `${FEED}year=%Y/month=%m/day=%d/{topic}+{partition}+{offset}{ext}`, time: "ingestion" },
  });
  while (!(await world.caughtUp(topic))) await new Promise((resolve) => setTimeout(resolve, 200));
  await sink.end();
  const objects = await world.objects(FEED);
  const inS3 = [...objects.values()].reduce((sum, body) => sum + body.toString().split("\n").length - 1, 0);

  const project = join(folder, "crypto");
  cpSync(join(ROOT, "examples/crypto"), project, {
    recursive: true,
    filter: (path) => !/(target|logs|producer)$|\.duckdb/.test(path),
  });
  say(engine.table);
  const feed = engine.feed({ world, folder, objects });
  const tsdbt = (...args: string[]) => {
    say(`tsdbt ${args.join(" ")}`);
    const places = ["--project-dir", project, "--profiles-dir", project, "--target", values.engine];
    const ran = spawnSync(
      process.execPath,
      [join(ROOT, "bin/tsdbt"), ...args, ...places, "--vars", JSON.stringify(feed.vars ?? {})],
      { encoding: "utf8", cwd: project, env: { ...process.env, ...store.env, ...feed.env } },
    );
    if (ran.status === 0) return ran.stdout;
    console.log(`${ran.stdout}${ran.stderr}\ntsdbt ended with ${ran.status}`);
    throw new Stopped();
  };
  for (const command of engine.before) tsdbt(...command);
  const built = tsdbt("build");
  console.log(`        ${/(?:Done\.|Finished).*/.exec(built)?.[0] ?? ""}`);
  tsdbt("source", "freshness");
  const count = (sql: string) => {
    const shown = tsdbt("show", "--quiet", "--output", "json", "--inline", sql);
    return Number(Object.values((JSON.parse(shown) as { show: { [column: string]: number }[] }).show[0]!)[0]);
  };
  const rowsOf = (relation: string) => count(`select count(*) as n from {{ ${relation} }}`);
  const hops: [string, number][] = [
    ["sent by the producer", sent],
    ["in Kafka", inKafka],
    ["in S3", inS3],
    ["in the external table", rowsOf("price_feed()")],
    ["in bronze", rowsOf("ref('crypto_raw')")],
  ];
  const [silver, gold] = [rowsOf("ref('crypto_stage')"), rowsOf("ref('crypto_curated')")];
  agree = hops.every(([, rows]) => rows === sent);
  const line = (hop: string, rows: number, note: string) =>
    console.log(`  ${hop.padEnd(24)}${String(rows).padStart(9)}${note && `  ${note}`}`);
  console.log();
  for (const [hop, rows] of hops) line(hop, rows, rows === sent ? "" : "differs");
  line("in silver", silver, "(only valid prices)");
  line("in gold", gold, "(curated)");
  console.log(agree ? "\nthe counts agree" : "\nTHE COUNTS DIFFER");
} catch (error) {
  if (!(error instanceof Stopped)) throw error;
} finally {
  await world.close();
  await Promise.all([kafka.stop(), store.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
process.exit(agree ? 0 : 1);
