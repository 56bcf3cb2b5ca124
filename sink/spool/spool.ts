import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/index.ts";
import { messageOf, SinkError } from "../errors.ts";
import type { TopicPartition } from "../message.ts";
import type { Log } from "../run/log.ts";
import { lockFolder } from "./lock.ts";
import { PartitionSpool } from "./partition-spool.ts";

/** Messages that are kept on disk while S3 cannot be reached. Kafka stays the truth: without a file, they are read there again. */
export interface Spool {
  /** What is kept of a partition, that of a former process too. */
  of(from: TopicPartition): PartitionSpool;
  close(): void;
}

/** How long nothing is written after a write has failed. */
const REST_MS = 5000;

/** Opens a folder for this process alone. */
export function openSpool(
  { folder, max }: NonNullable<Config["spool"]>,
  log: Log,
  onChange: (bytes: number) => void,
): Spool {
  let unlock: () => void;
  try {
    mkdirSync(folder, { recursive: true });
    unlock = lockFolder(folder);
  } catch (error) {
    if (error instanceof SinkError) throw error;
    throw new SinkError(`the spool ${folder} cannot be used: ${messageOf(error)}`, { cause: error });
  }
  const open = new Map<string, PartitionSpool>();
  let bytes = 0;
  let restsUntil = 0;
  const room = {
    get left() {
      return performance.now() < restsUntil ? 0 : max - bytes;
    },
    changed(by: number) {
      bytes += by;
      onChange(bytes);
    },
    failed(error: unknown) {
      restsUntil = performance.now() + REST_MS;
      log.warn({ error: messageOf(error), folder }, "the spool cannot be written, reading waits for S3 instead");
    },
  };
  const openFolder = (name: string) => {
    let found = open.get(name);
    if (!found) {
      found = new PartitionSpool(join(folder, name), room);
      open.set(name, found);
    }
    return found;
  };
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory() && openFolder(entry.name).end === undefined) {
      rmSync(join(folder, entry.name), { recursive: true, force: true });
      open.delete(entry.name);
    }
  if (bytes) log.info({ folder, bytes, partitions: open.size }, "the spool holds messages of a former process");
  return {
    of: ({ topicId, partition }) => openFolder(`${topicId}-${partition}`),
    close: unlock,
  };
}
