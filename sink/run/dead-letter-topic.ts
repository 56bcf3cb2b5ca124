import type { Config } from "../config/index.ts";
import { newProducer } from "../kafka/connect.ts";
import type { DeadLetter } from "../layout/index.ts";
import type { TopicPartition } from "../message.ts";

/** Sends dead letters to a topic, each at least once. */
export interface DeadLetterTopic {
  send(from: TopicPartition, letters: readonly DeadLetter[]): Promise<void>;
  close(): Promise<void>;
}

const AT_ONCE = 500;

export function openDeadLetterTopic(kafka: Config["kafka"], topic: string): DeadLetterTopic {
  const producer = newProducer(kafka);
  return {
    async send(from, letters) {
      for (let at = 0; at < letters.length; at += AT_ONCE) {
        const messages = letters.slice(at, at + AT_ONCE).map(({ message, reason, detail }) => ({
          topic,
          key: Buffer.from(`${from.topic}/${from.partition}/${message.offset}`),
          ...(message.value && { value: message.value }),
          headers: new Map<Buffer, Buffer>([
            ...message.headers.map(([name, value]): [Buffer, Buffer] => [name ?? EMPTY, value ?? EMPTY]),
            [Buffer.from("dead-letter.reason"), Buffer.from(reason)],
            [Buffer.from("dead-letter.detail"), Buffer.from(detail)],
            [Buffer.from("dead-letter.timestamp"), Buffer.from(String(message.timestamp))],
            [Buffer.from("dead-letter.key"), message.key ?? EMPTY],
          ]),
        }));
        await producer.send({ messages });
      }
    },
    close: () => producer.close(),
  };
}

const EMPTY = Buffer.alloc(0);
