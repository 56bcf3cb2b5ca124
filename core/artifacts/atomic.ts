import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fileError } from "./file-error.ts";

let counter = 0;

/** A name beside `path` that no other process or call uses. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${Date.now().toString(36)}-${counter++}.tmp`;
}

/** Text, or bytes of text. */
export type Chunk = string | Uint8Array;

/**
 * Writes a file so that readers see the old one or the whole new one, even when two processes write it at once:
 * to a name of its own, then renamed.
 * @throws TsdbtError where the disk is full or the folder cannot be written; the old file is left as it was
 */
export function writeFileAtomic(path: string, chunks: Iterable<Chunk> | string): void {
  const temporary = temporaryName(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, "w");
    try {
      if (typeof chunks === "string") writeAll(file, Buffer.from(chunks));
      else writeGathered(file, chunks);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw fileError(path, error);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What could not be made cannot be removed either: the first error is the one to tell.
  }
}

const GATHERED = 4 * 1024 * 1024;

/** Small chunks are gathered first: a call of the system for each would cost more than the writing. */
function writeGathered(file: number, chunks: Iterable<Chunk>): void {
  const gathered = Buffer.allocUnsafe(GATHERED);
  let length = 0;
  const flush = (): void => {
    writeAll(file, gathered.subarray(0, length));
    length = 0;
  };
  for (const chunk of chunks) {
    // A UTF-16 unit takes three bytes at most.
    const most = typeof chunk === "string" ? chunk.length * 3 : chunk.length;
    if (length + most > GATHERED) flush();
    if (most > GATHERED) writeAll(file, typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    else if (typeof chunk === "string") length += gathered.write(chunk, length);
    else {
      gathered.set(chunk, length);
      length += chunk.length;
    }
  }
  flush();
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
