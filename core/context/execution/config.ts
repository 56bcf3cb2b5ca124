import { PyDict, toPython } from "../../jinja/index.ts";
import { HostObject, type Kwargs } from "../../jinja/runtime/values.ts";
import type { Node } from "../../manifest/resources.ts";
import { type Member, member, method, typeName } from "../../python/support.ts";
import { callValue, type Described, templateError } from "../shared/index.ts";
import { NodeObject } from "../shared/node-object.ts";

/** The part of a resource that `config` reads; a macro has none. */
export interface Configured extends Described {
  config?: { [key: string]: unknown };
}

/**
 * `config` while a node runs: calling it does nothing, `get` and `require` read what parsing found.
 * https://docs.getdbt.com/reference/dbt-jinja-functions/config
 */
export class RuntimeConfigObject extends HostObject {
  readonly typeName = "RuntimeConfigObject";
  readonly pyModule = "dbt.context.providers";
  private readonly node: Configured;
  constructor(node: Configured) {
    super();
    this.node = node;
  }
  override attr(name: string): unknown {
    if (name === "model") return new NodeObject(this.node as unknown as Node, () => {});
    return member(MEMBERS, this, name);
  }
  override call(_args: unknown[], _kwargs: Kwargs): unknown {
    return "";
  }
  /** The value of a key, `undefined` where there is none. */
  lookup(name: unknown): unknown {
    const { config } = this.node;
    if (!config || typeof name !== "string") return undefined;
    const key = name === "pre_hook" ? "pre-hook" : name === "post_hook" ? "post-hook" : name;
    if (Object.hasOwn(config, key)) return toPython(config[key]);
    if (key === "snapshot_table_column_names") return snapshotColumns(config.snapshot_meta_column_names);
    return undefined;
  }
  meta(name: unknown): unknown {
    const meta = this.node.config?.meta;
    if (typeof name !== "string" || meta === null || typeof meta !== "object") return undefined;
    if (meta instanceof PyDict) return meta.get(name);
    return Object.hasOwn(meta, name) ? toPython((meta as { [key: string]: unknown })[name]) : undefined;
  }
  missing(name: unknown): never {
    throw templateError(
      "TD3005",
      `Model '${this.node.unique_id}' does not define a required config parameter '${String(name)}'.`,
      this.node,
    );
  }
  persists(what: "relation" | "columns"): unknown {
    const docs = this.lookup("persist_docs") ?? new PyDict();
    if (!(docs instanceof PyDict)) {
      throw templateError(
        "TD3006",
        `Invalid value provided for 'persist_docs'. Expected dict but received <class '${typeName(docs)}'>`,
        this.node,
      );
    }
    return docs.get(what) ?? false;
  }
}

/** The names of the columns that a snapshot adds: the configured ones and, for the others, their own. Nothing outside snapshots. */
function snapshotColumns(configured: unknown): unknown {
  const names = toPython(configured);
  if (!(names instanceof PyDict)) return undefined;
  const columns = ["dbt_valid_from", "dbt_valid_to", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"];
  return PyDict.from(columns.map((column): [string, unknown] => [column, names.get(column) ?? column]));
}

/** None is a value: only what is missing gives the default. */
function given(value: unknown, dflt: unknown): unknown {
  return value === undefined ? dflt : value;
}

function validate(validator: unknown, value: unknown): void {
  if (validator !== null) callValue(validator, [value], undefined);
}

const MEMBERS = new Map<string, Member<RuntimeConfigObject>>([
  [
    "get",
    method("get(name, default=None, validator=None)", (self: RuntimeConfigObject, name, dflt, validator) => {
      const value = given(self.lookup(name), dflt);
      if (dflt !== null) validate(validator, value);
      return value;
    }),
  ],
  [
    "require",
    method("require(name, validator=None)", (self: RuntimeConfigObject, name, validator) => {
      const value = self.lookup(name);
      if (value === undefined) return self.missing(name);
      validate(validator, value);
      return value;
    }),
  ],
  [
    "meta_get",
    method("meta_get(name, default=None, validator=None)", (self: RuntimeConfigObject, name, dflt, validator) => {
      const value = given(self.meta(name), dflt);
      if (dflt !== null) validate(validator, value);
      return value;
    }),
  ],
  [
    "meta_require",
    method("meta_require(name, validator=None)", (self: RuntimeConfigObject, name, validator) => {
      const value = self.meta(name);
      if (value === undefined) return self.missing(name);
      validate(validator, value);
      return value;
    }),
  ],
  ["set", method("set(name, value)", () => "")],
  [
    "persist_relation_docs",
    method("persist_relation_docs()", (self: RuntimeConfigObject) => self.persists("relation")),
  ],
  ["persist_column_docs", method("persist_column_docs()", (self: RuntimeConfigObject) => self.persists("columns"))],
]);
