import { defineFunction, PyDict, toPython } from "../../jinja/index.ts";
import { HostObject } from "../../jinja/runtime/values.ts";
import type { Node } from "../../manifest/resources.ts";

/**
 * A node as `generate_schema_name` and its like get it: an object with the node's keys as attributes. Remembers whether
 * anybody looked, so that answers that do not depend on the node are asked for once.
 */
export class NodeObject extends HostObject {
  readonly typeName: string;
  touched = false;
  private readonly node: Node;
  constructor(node: Node) {
    super();
    this.node = node;
    this.typeName = `${node.resource_type.charAt(0).toUpperCase()}${node.resource_type.slice(1)}Node`;
  }
  override attr(name: string): unknown {
    this.touched = true;
    const { node } = this;
    switch (name) {
      case "config":
        return new ConfigView(node.config);
      case "is_versioned":
        return node.resource_type === "model" && node.version !== null;
      case "identifier":
        return node.alias;
      case "search_name":
        return node.name;
      case "file_id":
        return `${node.package_name}://${node.original_file_path}`;
    }
    if (name.startsWith("$") || !Object.hasOwn(node, name)) return undefined;
    return toPython((node as unknown as { [key: string]: never })[name]);
  }
  override truth(): boolean {
    return true;
  }
  override str(): string {
    this.touched = true;
    return this.repr();
  }
  override repr(): string {
    return `${this.typeName}(unique_id='${this.node.unique_id}')`;
  }
  override equals(other: unknown): boolean {
    this.touched = true;
    return this === other;
  }
}

/** `node.config`: attributes, items and `get`. */
class ConfigView extends HostObject {
  readonly typeName = "NodeConfig";
  private readonly config: { [key: string]: unknown };
  constructor(config: { [key: string]: unknown }) {
    super();
    this.config = config;
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
    const name = key === "pre_hook" || key === "post_hook" ? key.replace("_", "-") : key;
    return Object.hasOwn(this.config, name) ? toPython(this.config[name] as never) : undefined;
  }
  override contains(item: unknown): boolean {
    return this.item(item) !== undefined;
  }
}
