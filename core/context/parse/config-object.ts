import { defineFunction } from "../../jinja/index.ts";
import { HostObject, type Kwargs, PyCallable } from "../../jinja/runtime/values.ts";
import type { Node } from "../../manifest/resources.ts";
import { type Described, templateError } from "../shared/index.ts";
import { NodeObject } from "../shared/node-object.ts";

/** Takes the arguments of one `config(...)` call, as Python values by key. */
export type ConfigSink = (call: Map<string, unknown>) => void;

const nothing = (signature: string) => defineFunction(signature, () => "");

/**
 * `config` while a file is read: a call is noted, and what reads a config gets nothing yet.
 * https://docs.getdbt.com/reference/dbt-jinja-functions/config
 */
export class ParseConfigObject extends HostObject {
  readonly typeName = "ParseConfigObject";
  readonly pyModule = "dbt.context.providers";
  private readonly node: Described;
  private readonly sink: ConfigSink;
  constructor(node: Described, sink: ConfigSink) {
    super();
    this.node = node;
    this.sink = sink;
  }

  override call(args: unknown[], kwargs: Kwargs): unknown {
    const [first] = args;
    let call: Map<string, unknown>;
    if (args.length === 1 && !kwargs?.size && isMapping(first)) {
      call = new Map([...first.entries()].map(([key, value]): [string, unknown] => [String(key), value]));
    } else if (args.length === 0 && kwargs !== undefined && kwargs.size > 0) call = new Map(kwargs);
    else
      throw templateError(
        "TD4510",
        "Invalid inline model config",
        this.node,
        "Compilation Error",
        "write `config(key=value)`",
      );
    for (const old of ["pre_hook", "post_hook"]) {
      if (!call.has(old)) continue;
      const key = old.replace("_", "-");
      if (call.has(key)) {
        const message = `Invalid config, has conflicting keys "${old}" and "${key}"`;
        throw templateError("TD4511", message, this.node, "Compilation Error", "keep one of them");
      }
      call.set(key, call.get(old));
      call.delete(old);
    }
    this.sink(call);
    return "";
  }

  override attr(name: string): unknown {
    switch (name) {
      case "get":
      case "meta_get":
        return nothing(`${name}(name, default=None, validator=None)`);
      case "require":
      case "meta_require":
        return nothing(`${name}(name, validator=None)`);
      case "set":
        return defineFunction("set(name, value)", (key: unknown, value: unknown) => {
          this.sink(new Map([[String(key), value]]));
          return "";
        });
      case "model":
        return new NodeObject(this.node as unknown as Node, () => {});
      case "persist_relation_docs":
      case "persist_column_docs":
        return new PyCallable(name, () => false);
      default:
        return undefined;
    }
  }
}

function isMapping(value: unknown): value is { entries(): Iterable<[unknown, unknown]> } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "entries" in value;
}
