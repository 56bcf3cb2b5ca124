import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import type { FoundFile } from "./files.ts";

/** What the file system says of files, as one digest. */
export interface FileStamps {
  digest: string;
  /** A file was changed so shortly before that a second change might leave it with the same stamp. */
  isSettled: boolean;
}

/** Two seconds: the coarsest clock of a file system in use. */
const COARSE = 2000;

/**
 * The stamps (size, time, inode) of the files that were found. Where they are the same as before, so are the files:
 * none was added, removed, renamed or written to since.
 */
export function stampFiles(found: Iterable<readonly FoundFile[]>): FileStamps {
  const hash = createHash("sha1");
  const now = Date.now();
  let isSettled = true;
  for (const files of found) {
    let names = "";
    const numbers = new Float64Array(files.length * 4);
    let at = 0;
    for (const file of files) {
      names += `${file.kind} ${file.packageName} ${file.path}\n`;
      const stat = statSync(file.absolutePath, { throwIfNoEntry: false });
      if (!stat) {
        numbers.fill(-1, at, at + 4);
        at += 4;
        continue;
      }
      const { size, mtimeMs, ctimeMs, ino } = stat;
      numbers[at++] = size;
      numbers[at++] = mtimeMs;
      numbers[at++] = ctimeMs;
      numbers[at++] = ino;
      if (mtimeMs % 1000 === 0 && ctimeMs % 1000 === 0 && now - mtimeMs < COARSE) isSettled = false;
    }
    hash.update(names).update(numbers);
  }
  return { digest: hash.digest("base64"), isSettled };
}
