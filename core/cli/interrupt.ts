import type { Io } from "./io.ts";

/**
 * A signal that Ctrl-C aborts while nodes run: the run cancels its queries and writes its results. A second Ctrl-C ends the
 * process at once, and so does the first one while nothing runs yet. Only the process's own command line listens; a caller of `main` aborts by `io.signal`.
 */
export function interruptible(io: Io): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  if (io.signal) {
    const { signal } = io;
    const follow = () => controller.abort(signal.reason);
    if (signal.aborted) follow();
    else signal.addEventListener("abort", follow, { once: true });
    return { signal: controller.signal, done: () => signal.removeEventListener("abort", follow) };
  }
  if (!io.isProcess) return { signal: controller.signal, done() {} };
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      // Not process.exit: that would wait for the query a driver's thread is in.
      stopListening();
      process.kill(process.pid, name);
      return;
    }
    controller.abort(new Error(name));
  };
  const stopListening = () => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    done: stopListening,
  };
}
