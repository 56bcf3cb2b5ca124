import { cpSync, existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { catalogOf, writeCatalog } from "../artifacts/catalog.ts";
import { artifactWritten, buildingCatalog, catalogFailures, catalogWritten } from "../events/messages/index.ts";
import { askCatalog, type CatalogAnswer } from "./catalog.ts";
import { createRun } from "./run.ts";
import type { RunOptions, RunOutcome } from "./types.ts";

/**
 * `docs generate` after compiling: writes catalog.json. `selected` names the nodes and sources it is to hold, all where it is
 * null; it is asked for after the warehouse is known to be wanted.
 */
export async function generateCatalog(
  options: RunOptions,
  selected: () => ReadonlySet<string> | null,
): Promise<RunOutcome> {
  const run = createRun(options);
  const { events, config, manifest, targetPath } = run.env;
  copyAssets(config.project.root, targetPath, config.project.assetPaths);
  let wanted: ReadonlySet<string> | null = new Set();
  let answer: CatalogAnswer = { rows: [], errors: [] };
  if (!options.flags.empty_catalog) {
    events.emit(buildingCatalog());
    wanted = selected();
    answer = await askCatalog(run, wanted);
  }
  const { rows, errors } = answer;
  const path = resolve(targetPath, "catalog.json");
  writeCatalog(path, run.invocation, catalogOf(rows, manifest, wanted), errors.length > 0 ? errors : null);
  events.emit(artifactWritten("CatalogArtifact", path));
  if (errors.length > 0) events.emit(catalogFailures(errors.length));
  events.emit(catalogWritten(path));
  return { results: [], exitCode: errors.length > 0 ? 1 : 0, elapsed: 0 };
}

/** The folders of `asset-paths`, beside the artifacts, where a documentation site finds them. */
function copyAssets(root: string, target: string, paths: readonly string[]): void {
  for (const path of paths) {
    const to = join(target, path);
    rmSync(to, { recursive: true, force: true });
    if (existsSync(join(root, path))) cpSync(join(root, path), to, { recursive: true });
  }
}
