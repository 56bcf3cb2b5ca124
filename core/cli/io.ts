import { output as printed } from "../agate/output.ts";
import type { NodeResult } from "../artifacts/results.ts";
import type { Output } from "../events/console.ts";
import type { Listener } from "../events/event.ts";

/** Everything a command has of the outside: the process in `bin/tsdbt`, strings in tests. */
export interface Io {
  stdout: Output;
  stderr: Output;
  env: { [key: string]: string | undefined };
  cwd: string;
  /** The process's own: its signals are ours to handle. */
  isProcess?: boolean;
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
  const stdout = process.stdout.isTTY ? process.stdout : new Gathered(process.stdout);
  printed.write = (text) => stdout.write(text);
  return { isProcess: true, stdout, stderr: process.stderr, env: process.env, cwd: process.cwd() };
}

const ENOUGH = 1 << 16;

/** Writes that come without a pause are made one: a write to a file or a pipe costs more than making a line. */
class Gathered implements Output {
  private readonly output: Output;
  private waiting = "";

  constructor(output: Output) {
    this.output = output;
  }
  write(text: string): void {
    if (this.waiting === "") queueMicrotask(() => this.flush());
    this.waiting += text;
    if (this.waiting.length > ENOUGH) this.flush();
  }
  private flush(): void {
    if (this.waiting !== "") this.output.write(this.waiting);
    this.waiting = "";
  }
}

/** Collects what is written: for tests and for the library. */
export class Collected implements Output {
  text = "";
  write(text: string): void {
    this.text += text;
  }
}
