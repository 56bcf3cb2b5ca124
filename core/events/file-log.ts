import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Listener } from "./event.ts";
import { customEnv, jsonLine } from "./json.ts";
import { isShown, type Threshold } from "./levels.ts";
import { envScrubber } from "./scrub.ts";
import { debugText, plainText } from "./text.ts";

export interface FileLogOptions {
  /** The folder; `dbt.log` is written in it. */
  dir: string;
  format: "default" | "text" | "json" | "debug";
  threshold: Threshold;
  colors: boolean;
  invocationId: string;
  env: { [key: string]: string | undefined };
  /** A full file is moved to dbt.log.1; five old ones are kept. */
  maxBytes: number;
  /** Told once where the log cannot be written. */
  onFailure?: (error: unknown) => void;
}

const BACKUPS = 5;
/** `clean` may have removed the log's folder: its events are not written. */
const NOT_LOGGED = new Set(["Z012", "Z013", "Z014", "Z015"]);
const BUFFERED = 32_768;

/**
 * Writes logs/dbt.log. Lines are buffered and written when enough of them wait, when something went wrong, and at the end.
 * A log that cannot be written never stops a run: the first failure ends the logging.
 */
export function fileReporter(options: FileLogOptions): { listener: Listener; close(): void } {
  const scrub = envScrubber(options.env);
  const style = { colors: options.colors };
  const context = { invocationId: options.invocationId, extra: customEnv(options.env) };
  const path = join(options.dir, "dbt.log");
  let file: number | null = null;
  let size = 0;
  let dead = options.threshold === "none";
  let waiting: string[] = [];
  let waitingBytes = 0;

  const open = () => {
    mkdirSync(options.dir, { recursive: true });
    file = openSync(path, "a");
    size = fstatSync(file).size;
  };
  const rotate = () => {
    if (file !== null) closeSync(file);
    for (let n = BACKUPS - 1; n >= 1; n--) {
      if (existsSync(`${path}.${n}`)) renameSync(`${path}.${n}`, `${path}.${n + 1}`);
    }
    renameSync(path, `${path}.1`);
    open();
  };
  const flush = () => {
    if (dead || waiting.length === 0) return;
    const bytes = Buffer.from(waiting.join(""), "utf8");
    waiting = [];
    waitingBytes = 0;
    try {
      if (file === null) open();
      if (options.maxBytes > 0 && size > 0 && size + bytes.length > options.maxBytes) rotate();
      writeSync(file!, bytes);
      size += bytes.length;
    } catch (error) {
      dead = true;
      options.onFailure?.(error);
    }
  };
  const listener: Listener = (event) => {
    if (dead || !isShown(event, options.threshold) || NOT_LOGGED.has(event.code)) return;
    let line: string;
    if (options.format === "json") line = jsonLine(event, context, style);
    else if (options.format === "text") line = plainText(event, style);
    else line = debugText(event, style, options.invocationId);
    const text = `${scrub(line)}\n`;
    waiting.push(text);
    waitingBytes += text.length;
    if (waitingBytes > BUFFERED || event.level === "error") flush();
  };
  return {
    listener,
    close() {
      flush();
      if (file !== null) closeSync(file);
      file = null;
      dead = true;
    },
  };
}
