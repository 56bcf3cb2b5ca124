import { cancelLine } from "../events/messages/index.ts";
import type { Run } from "./run.ts";

/** How often running queries are cancelled once a run is stopped: a node in mid-materialization begins its next one. */
const CANCEL_EVERY = 50;

/** Cancels what runs, again and again until `done`: answers each name once. */
export function cancelRunning(run: Run, told: (name: string) => void): { done(): void } {
  const seen = new Set<string>();
  const cancel = async (): Promise<void> => {
    for (const name of await run.env.adapter.cancelAll()) {
      if (!seen.has(name)) told(name);
      seen.add(name);
    }
  };
  void cancel();
  const timer = setInterval(() => void cancel(), CANCEL_EVERY);
  return { done: () => clearInterval(timer) };
}

/** On Ctrl-C: nothing more is begun and what runs is cancelled. */
export function onInterrupt(run: Run): { done(): void } {
  const { signal } = run.options;
  if (!signal) return { done: () => {} };
  let cancelling: { done(): void } | undefined;
  const stop = (): void => {
    run.stopped = "interrupted";
    cancelling = cancelRunning(run, (name) => {
      if (name !== "master") run.env.events.emit(cancelLine(name));
    });
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return {
    done: () => {
      signal.removeEventListener("abort", stop);
      cancelling?.done();
    },
  };
}
