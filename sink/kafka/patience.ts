import { setTimeout as sleep } from "node:timers/promises";

/** Kafka's codes of errors. */
export const ERRORS = {
  offsetOutOfRange: 1,
  messageTooLarge: 10,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
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

/** Asks again while a coordinator is still loading, or is ending the transaction before; and on what else is soon over. */
export async function patiently<T>(ask: () => Promise<T>, ...more: number[]): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await ask();
    } catch (error) {
      const code = codeOf(error) ?? 0;
      if (!left || !(SOON_OVER.has(code) || more.includes(code))) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
