import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of an adapter's macros: beside its code in a checkout, beside the bundle in an installed package. */
export function macroRootOf(type: string): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let dir = start; dir !== dirname(dir); dir = dirname(dir)) {
    const macros = join(dir, "adapters", type, "macros");
    if (existsSync(macros)) return macros;
  }
  return join(start, type, "macros");
}
