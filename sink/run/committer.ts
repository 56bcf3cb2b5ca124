import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../errors.ts";
import type { Assigned, Group } from "../kafka/group.ts";
import type { Log } from "./log.ts";

/** Commits offsets, those of many partitions at once. What cannot be committed is tried again until it is forgotten. */
export interface Committer {
  add(of: Assigned, next: number): void;
  /** The partition belongs to another now. */
  forget(of: Assigned): void;
  /** Until nothing is left to commit. */
  idle(): Promise<void>;
}

const AGAIN_MS = 500;

export function newCommitter(group: Group, log: Log): Committer {
  const waiting = new Map<string, Assigned & { next: number }>();
  let running: Promise<void> | undefined;
  const keyOf = ({ topic, partition }: Assigned) => `${topic} ${partition}`;

  const run = async () => {
    while (waiting.size) {
      const batch = [...waiting.values()];
      try {
        await group.commit(batch);
        for (const entry of batch) if (waiting.get(keyOf(entry)) === entry) waiting.delete(keyOf(entry));
      } catch (error) {
        log.debug({ error: messageOf(error) }, "offsets are not committed yet");
        await sleep(AGAIN_MS);
      }
    }
    running = undefined;
  };

  return {
    add(of, next) {
      waiting.set(keyOf(of), { ...of, next });
      running ??= run();
    },
    forget: (of) => void waiting.delete(keyOf(of)),
    idle: async () => running,
  };
}
