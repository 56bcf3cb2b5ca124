import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

let counter = 0;

/** A name beside `path` that no other process or call uses. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${Date.now().toString(36)}-${counter++}.tmp`;
}

/**
 * Writes a file so that readers see the old one or the whole new one, even when two processes write it at once:
 * to a name of its own, then renamed.
 */
export function writeFileAtomic(path: string, chunks: Iterable<string> | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    const file = openSync(temporary, "w");
    try {
      if (typeof chunks === "string") writeSync(file, chunks);
      else for (const chunk of chunks) writeSync(file, chunk);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
