import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SinkError } from "../errors.ts";

/** Takes a folder for this process; a lock of a process that is gone does not count. Answers what gives it back. */
export function lockFolder(folder: string): () => void {
  const file = join(folder, "lock");
  for (let tries = 2; ; tries--) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = Number(readFileSync(file, "utf8"));
      if (!tries || (owner && owner !== process.pid && isAlive(owner)))
        throw new SinkError(`the spool ${folder} belongs to process ${owner}`, {
          hint: "give each process a folder of its own, by spool.folder",
        });
      rmSync(file, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
