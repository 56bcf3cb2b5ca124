import { hash } from "node:crypto";
import { statSync } from "node:fs";
import type { FoundFile, SourceFile } from "./files.ts";

/** What the file system says of files: where it is the same as before, so are they. */
export interface FileStamps {
  /** A line for each file: kind, package and path. */
  names: string;
  /** Size, time of writing, time of change and inode of each. */
  numbers: Float64Array;
}

/** Stamps of files that were read, and digests of what was in them: a copy has other stamps, but says the same. */
export interface FileDigests extends FileStamps {
  /** {@link DIGEST} bytes for each file. */
  digests: Buffer;
}

const DIGEST = 16;

/** The digest of what parsing sees of a file. */
export function digestOfFile({ kind, contents, checksum }: SourceFile): Buffer {
  return Buffer.from(hash("md5", kind === "seed" ? `${checksum.name} ${checksum.checksum}` : contents), "hex");
}

/** Whether a file, by its place, still says what it said. */
export function saysTheSame(before: FileDigests, place: number, digest: Buffer): boolean {
  return before.digests.subarray(place * DIGEST, place * DIGEST + DIGEST).equals(digest);
}

/** The digests with those of some files replaced, by their places. */
export function withDigests({ digests }: FileDigests, changed: ReadonlyMap<number, Buffer>): Buffer {
  const copy = Buffer.from(digests);
  for (const [place, digest] of changed) digest.copy(copy, place * DIGEST);
  return copy;
}

const WIDTH = 4;
/** Two seconds: the coarsest clock of a file system in use. */
const COARSE = 2000;

/** The stamps of the files that were found, in their order. */
export function stampFiles(found: Iterable<readonly FoundFile[]>): FileStamps {
  const files = [...found].flat();
  const numbers = new Float64Array(files.length * WIDTH);
  let names = "";
  files.forEach((file, index) => {
    names += `${file.kind} ${file.packageName} ${file.path}\n`;
    const stat = statSync(file.absolutePath, { throwIfNoEntry: false });
    const at = index * WIDTH;
    numbers[at] = stat?.size ?? -1;
    numbers[at + 1] = stat?.mtimeMs ?? -1;
    numbers[at + 2] = stat?.ctimeMs ?? -1;
    numbers[at + 3] = stat?.ino ?? -1;
  });
  return { names, numbers };
}

/** False where a file was changed so shortly before that a second change might leave it with the same stamp. */
export function isSettled({ numbers }: FileStamps): boolean {
  const now = Date.now();
  for (let at = 0; at < numbers.length; at += WIDTH) {
    const [written, changed] = [numbers[at + 1]!, numbers[at + 2]!];
    if (written % 1000 === 0 && changed % 1000 === 0 && now - written < COARSE) return false;
  }
  return true;
}

/** The places of the files that may have changed; `undefined` where files came, went or were renamed. */
export function changedFiles(before: FileStamps, after: FileStamps): number[] | undefined {
  if (before.names !== after.names || before.numbers.length !== after.numbers.length) return undefined;
  const changed: number[] = [];
  for (let at = 0; at < after.numbers.length; at += WIDTH) {
    for (let i = at; i < at + WIDTH; i++) {
      if (before.numbers[i] === after.numbers[i]) continue;
      changed.push(at / WIDTH);
      break;
    }
  }
  return changed;
}
