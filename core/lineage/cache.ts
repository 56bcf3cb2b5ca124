import { readFileSync } from "node:fs";
import { z } from "zod";
import { writeFileAtomic } from "../artifacts/atomic.ts";
import type { QueryLineage } from "./types.ts";

/** Lineage by the digest of all that it depends on. */
export interface LineageCache {
  get(key: string): QueryLineage | undefined;
  set(key: string, lineage: QueryLineage): void;
  /** Keeps what was asked for or added since it was opened. */
  save(): void;
}

const FILE = z.object({ build: z.string(), entries: z.record(z.string(), z.unknown()) });

/** The build whose answers are kept: another one may answer otherwise. */
const BUILD = process.env.TSDBT_BUILD ?? "source";

/** Opens the cache kept in `path`; one that cannot be read is begun anew. */
export function openCache(path: string): LineageCache {
  const old = readOld(path);
  const used: { [key: string]: QueryLineage } = {};
  let changed = false;
  return {
    get: (key) => {
      const found = used[key] ?? (Object.hasOwn(old, key) ? (old[key] as QueryLineage) : undefined);
      if (found) used[key] = found;
      return found;
    },
    set: (key, lineage) => {
      used[key] = lineage;
      changed = true;
    },
    save: () => {
      if (!changed && Object.keys(used).length === Object.keys(old).length) return;
      writeFileAtomic(path, JSON.stringify({ build: BUILD, entries: used }));
    },
  };
}

function readOld(path: string): { [key: string]: unknown } {
  try {
    const file = FILE.parse(JSON.parse(readFileSync(path, "utf8")));
    return file.build === BUILD ? file.entries : {};
  } catch {
    return {};
  }
}
