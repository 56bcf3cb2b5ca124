import type { Held } from "./protocol/index.ts";

/** A message of Kafka as it was read. */
export interface Message extends Held {
  /** Milliseconds since 1970. */
  timestamp: number;
  key: Buffer | undefined;
  value: Buffer | undefined;
  headers: [Buffer | undefined, Buffer | undefined][];
}

/** One partition, of one incarnation of a topic. */
export interface TopicPartition {
  topic: string;
  /** Kafka's id of the topic: another one when the topic is deleted and made again. */
  topicId: string;
  partition: number;
}
