import { setTimeout as sleep } from "node:timers/promises";

/** Kafka's codes of errors. */
export const ERRORS = {
  messageTooLarge: 10,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  concurrentTransactions: 51,
  unstableOffset: 88,
} as const;

const SOON_OVER: ReadonlySet<number> = new Set([
  ERRORS.coordinatorLoading,
  ERRORS.coordinatorNotAvailable,
  ERRORS.concurrentTransactions,
  ERRORS.unstableOffset,
]);
const TRIES = 50;
const PAUSE_MS = 100;

/** The code with which a broker refused a request, where it did. */
export function codeOf(error: unknown): number | undefined {
  const { apiCode, errors = [] } = error as { apiCode?: number; errors?: unknown[] };
  return apiCode ?? errors.map(codeOf).find((code) => code !== undefined);
}

/** Asks again while a coordinator is still loading, or is ending the transaction before. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (!left || !SOON_OVER.has(codeOf(error) ?? 0)) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
