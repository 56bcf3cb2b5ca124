import type { Config } from "../config/index.ts";
import { type Outgoing, TooLarge, transactionalSender } from "../kafka/transactions.ts";
import type { DeadLetter } from "../layout/index.ts";
import type { TopicPartition } from "../message.ts";

/** Sends dead letters to a topic, those of each range exactly once. */
export interface DeadLetterTopic {
  /** Sends the dead letters of the range that ends before `next`. */
  send(from: TopicPartition, next: number, letters: readonly DeadLetter[]): Promise<void>;
  /** Fails where the sink may not send. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The letters of a range and a marker, the range's end, go in one transaction. Ranges of a partition are the same ones for every
 * process, and come one after the other; a marker at or behind a range's end tells that it was sent.
 */
export function openDeadLetterTopic(kafka: Config["kafka"], topic: string): DeadLetterTopic {
  const sender = transactionalSender(kafka, topic);
  const group = `${kafka.group}-dead-letters`;
  return {
    async send(from, next, letters) {
      const messages = letters.map((letter) => outgoing(from, letter));
      const marker = { group, topic: from.topic, partition: from.partition, next, note: from.topicId };
      for (;;) {
        try {
          return await sender.send(`${group}/${from.topic}/${from.partition}`, marker, messages);
        } catch (error) {
          const index = error instanceof TooLarge ? messages.findIndex(({ key }) => key === error.key) : -1;
          if (!messages[index]?.value) throw error;
          messages[index] = withoutValue(messages[index]);
        }
      }
    },
    check: () => sender.probe(`${group}/check`),
    close: () => sender.close(),
  };
}

function outgoing(from: TopicPartition, { message, reason, detail }: DeadLetter): Outgoing {
  return {
    key: Buffer.from(`${from.topic}/${from.partition}/${message.offset}`),
    value: message.value,
    headers: new Map<Buffer, Buffer>([
      ...message.headers.map(([name, value]): [Buffer, Buffer] => [name ?? EMPTY, value ?? EMPTY]),
      [Buffer.from("dead-letter.reason"), Buffer.from(reason)],
      [Buffer.from("dead-letter.detail"), Buffer.from(detail)],
      [Buffer.from("dead-letter.timestamp"), Buffer.from(String(message.timestamp))],
      [Buffer.from("dead-letter.key"), message.key ?? EMPTY],
    ]),
  };
}

/** What the topic does not take must not hold up its partition: the dead letter in S3 has all of it. */
function withoutValue({ key, headers, value }: Outgoing): Outgoing {
  const size = Buffer.from(String(value!.length));
  return { key, value: undefined, headers: new Map([...headers, [Buffer.from("dead-letter.omitted-bytes"), size]]) };
}

const EMPTY = Buffer.alloc(0);
