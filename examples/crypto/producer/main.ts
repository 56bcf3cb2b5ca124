/**
 * Sends the price data to a Kafka topic:
 *
 *     npx tsx examples/crypto/producer/main.ts --brokers localhost:9092 [--topic selected_crypto_data] [--rate 500] [--limit 1000]
 *     npx tsx examples/crypto/producer/main.ts --brokers localhost:9092 --source api --url https://… --every 60
 *
 * The file is replayed at a given rate (0: as fast as it goes); an API is asked again and again.
 */
import { parseArgs } from "node:util";
import { sendPrices } from "./send.ts";
import { apiPrices, filePrices } from "./sources.ts";

const { values } = parseArgs({
  options: {
    brokers: { type: "string", default: "localhost:9092" },
    topic: { type: "string", default: "selected_crypto_data" },
    source: { type: "string", default: "file" },
    file: { type: "string", default: new URL("../data/crypto_prices.jsonl", import.meta.url).pathname },
    url: { type: "string" },
    every: { type: "string", default: "60" },
    rate: { type: "string", default: "0" },
    limit: { type: "string" },
  },
});
if (values.source === "api" && !values.url) {
  console.error("--source api needs --url");
  process.exit(2);
}
const prices = values.source === "api" ? apiPrices(values.url!, Number(values.every)) : filePrices(values.file);
const sent = await sendPrices(prices, {
  brokers: values.brokers.split(","),
  topic: values.topic,
  rate: Number(values.rate),
  limit: values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit),
});
console.log(`${sent} prices sent to ${values.topic}`);
