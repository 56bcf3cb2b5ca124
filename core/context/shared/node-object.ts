import { defineFunction, PyDict, toPython } from "../../jinja/index.ts";
import { HostObject } from "../../jinja/runtime/values.ts";
import type { Node } from "../../manifest/resources.ts";

/** Told of every look at a node: at which of its keys, `config.x` for one of its config, or at all of it. */
export type LookSink = (key: string) => void;

/** What a look that no single key tells is noted as. */
export const ALL_OF_IT = "*";

/**
 * A node as `generate_schema_name` and its like get it: an object with the node's keys as attributes. Tells what was
 * looked at, so that answers that rest on the same need not be asked for again.
 */
export class NodeObject extends HostObject {
  readonly typeName: string;
  readonly node: Node;
  private readonly onLook: LookSink;
  constructor(node: Node, onLook: LookSink) {
    super();
    this.node = node;
    this.onLook = onLook;
    this.typeName = `${node.resource_type.charAt(0).toUpperCase()}${node.resource_type.slice(1)}Node`;
  }
  override attr(name: string): unknown {
    if (name === "config") return new ConfigView(this.node.config, this.onLook);
    this.onLook(name);
    const value = nodeAttribute(this.node, name);
    return value === undefined ? undefined : toPython(value as never);
  }
  override truth(): boolean {
    return true;
  }
  override str(): string {
    return this.repr();
  }
  override repr(): string {
    this.onLook("unique_id");
    return `${this.typeName}(unique_id='${this.node.unique_id}')`;
  }
  override equals(other: unknown): boolean {
    this.onLook(ALL_OF_IT);
    return this === other;
  }
}

/** The value of a key that a {@link NodeObject} told of. */
export function lookAt(node: Node, key: string): unknown {
  return key.startsWith("config.") ? configValue(node.config, key.slice(7)) : nodeAttribute(node, key);
}

function nodeAttribute(node: Node, name: string): unknown {
  switch (name) {
    case "is_versioned":
      return node.resource_type === "model" && node.version !== null;
    case "identifier":
      return node.alias;
    case "search_name":
      return node.name;
    case "depends_on_nodes":
      return node.depends_on.nodes;
    case "depends_on_macros":
      return node.depends_on.macros;
    case "is_ephemeral":
    case "is_ephemeral_model":
      return node.config.materialized === "ephemeral" && (name === "is_ephemeral" || node.resource_type === "model");
    case "is_refable":
      return ["model", "seed", "snapshot"].includes(node.resource_type);
    case "file_id":
      return `${node.package_name}://${node.original_file_path}`;
  }
  if (name.startsWith("$") || !Object.hasOwn(node, name)) return undefined;
  return (node as unknown as { [key: string]: unknown })[name];
}

function configValue(config: { [key: string]: unknown }, key: string): unknown {
  const name = key === "pre_hook" || key === "post_hook" ? key.replace("_", "-") : key;
  return Object.hasOwn(config, name) ? config[name] : undefined;
}

/** `node.config`: attributes, items and `get`. */
class ConfigView extends HostObject {
  readonly typeName = "NodeConfig";
  private readonly config: { [key: string]: unknown };
  private readonly onLook: LookSink;
  constructor(config: { [key: string]: unknown }, onLook: LookSink) {
    super();
    this.config = config;
    this.onLook = onLook;
  }
  override attr(name: string): unknown {
    switch (name) {
      case "get":
        return defineFunction("get(key, default=None)", (key: unknown, dflt: unknown) => this.item(key) ?? dflt);
      case "meta_get":
        return defineFunction("meta_get(key, default=None)", (key: unknown, dflt: unknown) => {
          const meta = this.item("meta");
          return (meta instanceof PyDict ? meta.get(key) : undefined) ?? dflt;
        });
      default:
        return this.item(name);
    }
  }
  override item(key: unknown): unknown {
    if (typeof key !== "string") return undefined;
    this.onLook(`config.${key}`);
    return toPython(configValue(this.config, key) as never);
  }
  override contains(item: unknown): boolean {
    return this.item(item) !== undefined;
  }
  override equals(other: unknown): boolean {
    this.onLook(ALL_OF_IT);
    return this === other;
  }
  override repr(): string {
    this.onLook(ALL_OF_IT);
    return super.repr();
  }
}
