import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RuntimeConfig } from "../../project/types.ts";
import { shownPath } from "../../project/yaml-file.ts";
import { upgradedManifest } from "../artifacts/previous-manifest.ts";
import { DBT_VERSION } from "../context/base.ts";
import { TsdbtError } from "../errors.ts";
import type { EventBus } from "../events/event.ts";
import { warning } from "../events/messages/general.ts";
import { unrenderedConfigCall } from "../parse/unrendered-config.ts";
import type { PreviousState } from "../select/index.ts";

/** The artifacts of `--state`; null where it is not given. Throws a Runtime Error for a file that is no JSON. */
export function previousState(config: RuntimeConfig, events: EventBus): PreviousState | null {
  const { state } = config.flags;
  if (!state) return null;
  const folder = resolve(config.project.root, state);
  const shown = shownPath(folder, config.project.root);
  const target = resolve(config.project.root, config.project.targetPath);
  if (folder === target) {
    events.emit(
      warning(
        `The state and target directories are the same: '${shown}'. ` +
          "This could lead to missing changes due to overwritten state including non-idempotent retries.",
        { name: "WarnStateTargetEqual", code: "I072", data: { state_path: shown } },
      ),
    );
  }
  const results = (path: string) => (readJson(path) as { results?: never[] } | null)?.results ?? null;
  return {
    path: state,
    manifest: previousManifest(join(folder, "manifest.json"), config),
    results: results(join(folder, "run_results.json")),
    sources: results(join(folder, "sources.json")),
    currentSources: results(join(target, "sources.json")),
  };
}

function previousManifest(path: string, { flags }: RuntimeConfig): PreviousState["manifest"] {
  const rereadConfigs = flags.state_modified_compare_more_unrendered_values !== false;
  const options = { path, dbtVersion: DBT_VERSION, rereadConfigs, configCall: unrenderedConfigCall };
  return upgradedManifest(readJson(path), options) as PreviousState["manifest"];
}

function readJson(path: string): unknown {
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TsdbtError("TD5010", "Runtime Error", `${path} is not valid JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}
