import type { Adapter } from "../../adapters/adapter.ts";
import type { RuntimeConfig } from "../../project/types.ts";
import type { MacroRegistry } from "../context/macros.ts";
import { ParseTemplates } from "../context/parse/index.ts";
import type { EventBus } from "../events/event.ts";
import { ManifestLookups } from "../manifest/lookups.ts";
import type { Manifest, Node } from "../manifest/resources.ts";
import { createState } from "./project.ts";
import { linkNode } from "./references.ts";

/** A project that was read before, to which SQL from the command line is added. */
export interface InlineParse {
  config: RuntimeConfig;
  adapter: Adapter;
  events: EventBus;
  manifest: Manifest;
  macros: MacroRegistry;
}

/** Reads SQL of the command line as a model is read, and tells what is wrong with it. @throws TsdbtError */
export function checkInline({ config, adapter, events, manifest, macros }: InlineParse, node: Node): void {
  const state = createState(config, adapter, events, {});
  const parsed = structuredClone(node);
  const templates = new ParseTemplates({ config, adapter, events, macros });
  templates.render(
    templates.rendering(parsed, () => {}),
    parsed.raw_code ?? "",
  );
  const lookups = new ManifestLookups(manifest, config.project.name);
  lookups.rebuild();
  const { package_name: packageName, original_file_path: path, raw_code: contents = "" } = parsed;
  // Where an error shows its place.
  state.files.set(`${packageName}://${path}`, {
    kind: "model",
    packageName,
    path,
    searchedPath: "",
    relativePath: path,
    absolutePath: path,
    contents,
    checksum: { name: "none", checksum: "" },
  });
  linkNode({ ...state, manifest, macros, templates, lookups }, parsed);
}
