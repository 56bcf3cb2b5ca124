import type { NodeResult } from "../artifacts/results.ts";
import type { Output } from "../events/console.ts";
import type { Listener } from "../events/event.ts";

/** Everything a command has of the outside: the process in `bin/tsdbt`, strings in tests. */
export interface Io {
  stdout: Output;
  stderr: Output;
  env: { [key: string]: string | undefined };
  cwd: string;
  /** Aborted from outside to cancel the command, as Ctrl-C does. */
  signal?: AbortSignal;
  /** Told about every event, whatever is shown. */
  onEvent?: Listener;
  /** Told what became of the nodes. */
  onResults?: (results: readonly NodeResult[]) => void;
}

/** The process's own streams. A reader that goes away (`tsdbt ls | head`) is no error. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(0);
    });
  }
  return { stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd() };
}

/** Collects what is written: for tests and for the library. */
export class Collected implements Output {
  text = "";
  write(text: string): void {
    this.text += text;
  }
}
