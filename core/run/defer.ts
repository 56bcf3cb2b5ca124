import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RelationSource } from "../../adapters/adapter.ts";
import { shownPath } from "../../project/yaml-file.ts";
import { TsdbtError } from "../errors.ts";
import type { Node } from "../manifest/resources.ts";
import type { RunOptions } from "./types.ts";

/**
 * With `--defer`: where the nodes of another run's manifest stand, by unique id, for `ref`s to what was not built here.
 * `clone` always needs them.
 * https://docs.getdbt.com/reference/node-selection/defer
 * @throws TsdbtError where no state was given or it has no manifest
 */
export function deferredRelations(options: RunOptions): Map<string, RelationSource> {
  const deferred = new Map<string, RelationSource>();
  const { flags, config, manifest } = options;
  if (!flags.defer && flags.which !== "clone") return deferred;
  const folder = flags.defer_state ?? flags.state;
  if (!folder) {
    throw new TsdbtError(
      "TD3062",
      "Runtime Error",
      "--state or --defer-state are required for deferral, but neither was provided",
    );
  }
  const path = resolve(config.project.root, folder);
  const nodes = readNodes(path, shownPath(path, config.project.root));
  for (const node of Object.values(nodes)) {
    const { unique_id: id, resource_type: type } = node;
    if (!manifest.nodes.has(id) || !["model", "seed", "snapshot"].includes(type)) continue;
    if (type === "model" && node.config.materialized === "ephemeral") continue;
    deferred.set(id, node as unknown as RelationSource);
  }
  return deferred;
}

function readNodes(path: string, shown: string): { [id: string]: Node } {
  try {
    return (JSON.parse(readFileSync(join(path, "manifest.json"), "utf8")) as { nodes: { [id: string]: Node } }).nodes;
  } catch (cause) {
    throw new TsdbtError("TD3063", "Runtime Error", `Could not find manifest in --state path: "${shown}"`, {
      hint: "The folder must hold the manifest.json of an earlier run, such as a copy of its target/.",
      cause,
    });
  }
}
