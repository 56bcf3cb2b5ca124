import type { Adapter } from "../../../adapters/adapter.ts";
import type { Relation } from "../../../adapters/relation.ts";
import type { RuntimeConfig } from "../../../project/types.ts";
import type { PyDict } from "../../jinja/index.ts";
import type { HostObject } from "../../jinja/runtime/values.ts";
import type { Node } from "../../manifest/resources.ts";
import type { BaseContext } from "../base.ts";
import type { MacroContext } from "../macros.ts";
import type { WarnSink } from "../shared/index.ts";

/** What the scopes of all nodes share. */
export interface ParseServices {
  readonly adapter: Adapter;
  readonly config: RuntimeConfig;
  readonly projectName: string;
  readonly shared: {
    readonly target: PyDict;
    readonly flags: HostObject;
    readonly invocationArgs: PyDict;
    readonly metadataEnvs: PyDict;
    readonly validation: PyDict;
  };
  readonly warnSink: WarnSink;
  /** dbt's base context for a package's nodes. */
  baseScope(packageName: string, nodeName: string): BaseContext;
  relationOf(node: Node): Relation;
  /** `adapter` for the templates of one scope. */
  adapterObject(macros: MacroContext): HostObject;
  /** `render(...)` of templates. */
  renderText(text: string, node: Node, macros: MacroContext): string;
}
