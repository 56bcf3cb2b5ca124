import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { TsdbtError } from "../core/errors.ts";

let found: string | undefined;

/** The folder tsdbt itself lives in, which holds its built-in macros: a checkout, or an installed package. */
export function packageRoot(): string {
  if (found) return found;
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    const manifest = join(dir, "package.json");
    if (existsSync(manifest) && existsSync(join(dir, "macros", "dbt_project.yml")) && isTsdbt(manifest)) {
      found = dir;
      return dir;
    }
    if (dir === dirname(dir))
      throw new TsdbtError("TD2501", "Internal Error", "tsdbt's built-in macros were not found beside it", {
        hint: "the installation is not complete: install tsdbt again",
      });
  }
}

function isTsdbt(manifest: string): boolean {
  return (JSON.parse(readFileSync(manifest, "utf8")) as { name?: string }).name === "tsdbt";
}

/** Folders of the built-in packages: the adapter's own macros, then those of every warehouse. */
export function builtinRoots(adapterType: string): string[] {
  const root = packageRoot();
  return [join(root, "adapters", adapterType, "macros"), join(root, "macros")].filter((dir) =>
    existsSync(join(dir, "dbt_project.yml")),
  );
}
