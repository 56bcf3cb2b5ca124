import { setTimeout as sleep } from "node:timers/promises";
import { Producer } from "@platformatic/kafka";
import type { PriceSource } from "./sources.ts";

interface SendOptions {
  brokers: string[];
  topic: string;
  /** Messages a second; 0 sends as fast as it goes. */
  rate: number;
  limit: number;
}

const AT_ONCE = 500;

/** Sends prices, keyed by symbol so that a coin's prices keep their order. The producer is idempotent: a retry writes nothing twice. */
export async function sendPrices(prices: PriceSource, { brokers, topic, rate, limit }: SendOptions): Promise<number> {
  const producer = new Producer({ clientId: "crypto-producer", bootstrapBrokers: brokers, idempotent: true, acks: -1 });
  const size = rate ? Math.max(1, Math.min(AT_ONCE, Math.round(rate / 10))) : AT_ONCE;
  let sent = 0;
  let batch: { topic: string; key: Buffer; value: Buffer }[] = [];
  const flush = async () => {
    if (!batch.length) return;
    const started = Date.now();
    await producer.send({ messages: batch });
    sent += batch.length;
    if (rate) await sleep(Math.max(0, (batch.length / rate) * 1000 - (Date.now() - started)));
    batch = [];
  };
  try {
    for await (const { symbol, text } of prices) {
      if (sent + batch.length >= limit) break;
      batch.push({ topic, key: Buffer.from(symbol), value: Buffer.from(text) });
      if (batch.length >= size) await flush();
    }
    await flush();
  } finally {
    await producer.close();
  }
  return sent;
}
