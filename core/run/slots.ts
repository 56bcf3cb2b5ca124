import type { Run } from "./run.ts";

/**
 * Work that belongs to one node, such as its batches: one piece at least at a time, and more beside it while fewer than the
 * run's threads are busy. The node itself only waits, so that its own turn counts as free. Ends early once the run is stopped.
 */
export async function inFreeSlots<T>(
  run: Run,
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
  alone = false,
): Promise<void> {
  const most = alone ? 0 : run.env.config.profile.threads;
  const busy = new Set<Promise<void>>();
  for (const item of items) {
    while (busy.size > 0 && run.working > most) await Promise.race(busy);
    if (run.stopped) break;
    run.working++;
    const piece = work(item).finally(() => {
      run.working--;
      busy.delete(piece);
    });
    busy.add(piece);
  }
  await Promise.all(busy);
}
