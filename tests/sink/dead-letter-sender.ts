/**
 * Sends the dead letters of one range as a sink does, in a process of its own that a test can end or stop at any step:
 * node --import tsx dead-letter-sender.ts CONFIG, where CONFIG is JSON. Tries until the range is sent.
 */
import { subscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import { configSchema } from "../../sink/config/index.ts";
import type { Message, TopicPartition } from "../../sink/message.ts";
import { openDeadLetterTopic } from "../../sink/run/dead-letter-topic.ts";

export interface Sending {
  bootstrap: string;
  group: string;
  graveyard: string;
  from: TopicPartition;
  /** The range's messages. */
  offsets: number[];
  /** At which request, by its number in Kafka's protocol: when it has been sent, or when its answer is there. */
  stop?: { request: number; when: "sent" | "answered"; signal: NodeJS.Signals };
}

export async function sendRange(letters: ReturnType<typeof open>, { from, offsets }: Sending): Promise<void> {
  const dead = offsets.map((offset) => ({ message: bad(offset), reason: "json", detail: "bad" }));
  for (;;) {
    try {
      return await letters.send(from, Math.max(...offsets) + 1, dead);
    } catch {
      await sleep(50);
    }
  }
}

export function open({ bootstrap, group, graveyard }: Sending) {
  const { kafka } = configSchema.parse({
    kafka: { brokers: [bootstrap], group, topics: ["any"] },
    s3: { bucket: "none" },
  });
  return openDeadLetterTopic(kafka, graveyard);
}

function bad(offset: number): Message {
  const value = Buffer.from(`{bad ${offset}`);
  return { offset, bytes: value.length, timestamp: 0, key: undefined, value, headers: [] };
}

if (process.argv[1] === import.meta.filename) {
  const sending = JSON.parse(process.argv[2]!) as Sending;
  const { stop } = sending;
  if (stop) {
    const event = stop.when === "sent" ? "end" : "asyncStart";
    let stopped = false;
    subscribe(`tracing:plt:kafka:connections:api:${event}`, (told) => {
      if (stopped || (told as { apiKey: number }).apiKey !== stop.request) return;
      stopped = true;
      process.kill(process.pid, stop.signal);
    });
  }
  const letters = open(sending);
  await sendRange(letters, sending);
  process.exit(0);
}
