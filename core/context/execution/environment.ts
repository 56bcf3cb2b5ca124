import type { Adapter, RelationCache, RelationSource } from "../../../adapters/adapter.ts";
import type { RuntimeConfig } from "../../../project/types.ts";
import type { EventBus } from "../../events/event.ts";
import type { PyDict } from "../../jinja/index.ts";
import type { HostObject } from "../../jinja/runtime/values.ts";
import type { ManifestLookups } from "../../manifest/lookups.ts";
import type { Manifest } from "../../manifest/resources.ts";
import type { MacroRegistry } from "../macros.ts";

/** What every template of one run shares. */
export interface ExecutionEnvironment {
  readonly config: RuntimeConfig;
  readonly manifest: Manifest;
  readonly lookups: ManifestLookups;
  readonly macros: MacroRegistry;
  readonly adapter: Adapter;
  readonly cache: RelationCache;
  readonly events: EventBus;
  /** With `--defer`: where nodes stand that were not built here, by unique id. */
  readonly deferred: ReadonlyMap<string, RelationSource>;
  /** Models that are not published yet, by unique id: where their tests find them. */
  readonly audited: Map<string, RelationSource>;
  /** Unique ids chosen for this run, for `selected_resources`. */
  readonly selected: ReadonlySet<string>;
  /** Absolute path of target/. */
  readonly targetPath: string;
  /** target/ as paths in messages and artifacts start: relative to the project where it lies inside. */
  readonly targetLabel: string;
  /** Values that are made once: `target`, `flags` … */
  readonly shared: SharedValues;
}

export interface SharedValues {
  readonly target: PyDict;
  readonly flags: HostObject;
  readonly graph: PyDict;
  readonly invocationArgs: PyDict;
  readonly metadataEnvs: PyDict;
  readonly validation: PyDict;
  readonly selectedResources: unknown[];
  /** `--sample`: the window that rows are read of. */
  readonly sample: { readonly start: HostObject; readonly end: HostObject } | null;
}
