import type { Config } from "../config/index.ts";
import { newProducer } from "../kafka/connect.ts";
import type { DeadLetterRecord } from "../layout/index.ts";
import { connectStore } from "../store/index.ts";

/** How many dead letters were sent again. */
export interface Replayed {
  objects: number;
  messages: number;
  /** Objects that had been replayed before. */
  skipped: number;
}

/**
 * Sends dead letters back to the topics they came from, or to another one. An object that was sent whole is marked by one beside
 * it, so that a second replay leaves it out; one that was interrupted is sent again from its beginning.
 */
export async function replay(
  config: Config,
  options: { topic?: string | undefined; to?: string | undefined; dryRun?: boolean | undefined } = {},
): Promise<Replayed> {
  const store = connectStore(config.s3);
  const producer = newProducer(config.kafka);
  const prefix = `${config.s3.prefix}${config.dead_letters.prefix}/${options.topic ? `${options.topic}/` : ""}`;
  const replayed: Replayed = { objects: 0, messages: 0, skipped: 0 };
  try {
    for await (const { key, done } of deadLetterObjects(store, prefix)) {
      if (done) {
        replayed.skipped++;
        continue;
      }
      const lines = (await store.get(key))!.toString().split("\n").filter(Boolean);
      const letters = lines.map((line) => JSON.parse(line) as DeadLetterRecord);
      if (!options.dryRun) {
        for (let at = 0; at < letters.length; at += AT_ONCE)
          await producer.send({
            messages: letters.slice(at, at + AT_ONCE).map((letter) => messageOf(letter, options.to)),
          });
        await store.putNew(`${key}${MARK}`, Buffer.from(`${new Date().toISOString()}\n`));
      }
      replayed.objects++;
      replayed.messages += letters.length;
    }
  } finally {
    await producer.close();
    store.close();
  }
  return replayed;
}

const MARK = ".replayed";
const AT_ONCE = 500;
const PAGE = 1000;

async function* deadLetterObjects(store: ReturnType<typeof connectStore>, prefix: string) {
  let after: string | undefined;
  let waiting: string | undefined;
  for (;;) {
    const keys = await store.list(prefix, { most: PAGE, ...(after && { after }) });
    for (const key of keys) {
      if (key.endsWith(MARK)) {
        if (waiting) yield { key: waiting, done: true };
        waiting = undefined;
      } else {
        if (waiting) yield { key: waiting, done: false };
        waiting = key;
      }
    }
    if (keys.length < PAGE) break;
    after = keys.at(-1);
  }
  if (waiting) yield { key: waiting, done: false };
}

function messageOf({ topic, key, value, headers }: DeadLetterRecord, to: string | undefined) {
  const bytes = (text: string) => Buffer.from(text, "base64");
  return {
    topic: to ?? topic,
    ...(key !== null && { key: bytes(key) }),
    ...(value !== null && { value: bytes(value) }),
    headers: new Map(headers.map(([name, content]): [Buffer, Buffer] => [Buffer.from(name), bytes(content ?? "")])),
  };
}
