import { dirname, resolve, sep } from "node:path";
import { finished } from "node:stream/promises";
import { extract, type ReadEntry } from "tar";

/** Why an archive was not unpacked: it is no whole .tar.gz, or something in it would lead outside of its folder. */
export interface Problem {
  kind: "damaged" | "unsafe";
  message: string;
}

const PLAIN = new Set(["File", "OldFile", "ContiguousFile", "Directory", "GNUDumpDir"]);
const LINKS = new Set(["SymbolicLink", "Link"]);

/**
 * Unpacks a .tar.gz into an empty folder. Paths and links that lead outside of it, and devices, make it `unsafe`; what was
 * unpacked by then is the caller's to remove.
 */
export async function unpack(archive: Buffer, into: string): Promise<Problem | undefined> {
  let unsafe: string | undefined;
  const parser = extract({
    cwd: into,
    strict: true,
    // Owners and special bits of the archive's maker mean nothing here.
    preserveOwner: false,
    noMtime: false,
    filter: (path, entry) => {
      unsafe ??= whyUnsafe(into, path, entry as ReadEntry);
      return unsafe === undefined;
    },
  });
  try {
    const done = finished(parser as unknown as NodeJS.WritableStream);
    parser.end(archive);
    await done;
  } catch (error) {
    if (unsafe === undefined) return { kind: "damaged", message: (error as Error).message };
  }
  return unsafe === undefined ? undefined : { kind: "unsafe", message: unsafe };
}

function whyUnsafe(into: string, path: string, entry: ReadEntry): string | undefined {
  if (!isInside(into, resolve(into, path)) || path.split(/[/\\]/).includes(".."))
    return `'${path}' would be written outside`;
  if (LINKS.has(entry.type)) {
    const target = entry.linkpath ?? "";
    const from = entry.type === "Link" ? into : dirname(resolve(into, path));
    if (!isInside(into, resolve(from, target))) return `'${path}' links to '${target}', which lies outside`;
    return undefined;
  }
  return PLAIN.has(entry.type) ? undefined : `'${path}' is a ${entry.type}`;
}

function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}
