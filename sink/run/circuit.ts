import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/index.ts";

/** Keeps a service that fails from being hammered: after some failures in a row, one request at a time tries. */
export interface Circuit {
  /** It keeps failing. */
  readonly open: boolean;
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Waits before the given attempt (from 1), a random time that grows. */
  backOff(attempt: number, signal: AbortSignal): Promise<void>;
}

export function newCircuit(
  { first, most, circuit: limit }: Config["retry"],
  onChange: (open: boolean) => void,
): Circuit {
  let failures = 0;
  let probe: Promise<unknown> | undefined;

  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await work();
      if (failures >= limit) onChange(false);
      failures = 0;
      return result;
    } catch (error) {
      if (++failures === limit) onChange(true);
      throw error;
    }
  };

  return {
    get open() {
      return failures >= limit;
    },
    async run(work) {
      while (failures >= limit && probe) await probe;
      if (failures < limit) return attempt(work);
      const mine = attempt(work);
      const settled = mine.then(
        () => undefined,
        () => sleep(first),
      );
      probe = settled.then(() => {
        probe = undefined;
      });
      return mine;
    },
    async backOff(number, signal) {
      const ceiling = Math.min(most, first * 2 ** number);
      await sleep(Math.random() * ceiling, undefined, { signal }).catch(() => undefined);
    },
  };
}
