import { PyDict } from "../../jinja/index.ts";
import { HostObject, Tuple } from "../../jinja/runtime/values.ts";
import { type Member, member, method } from "../../python/support.ts";

/** Where names live: a context, or its part without macros. */
export interface NameSource {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  names(): readonly string[];
}

/**
 * A context as a dict: `context` (with macros, and writable) and `builtins` (dbt's own members).
 * https://docs.getdbt.com/reference/dbt-jinja-functions/builtins
 */
export class NamesObject extends HostObject {
  readonly typeName = "dict";
  readonly isMapping = true;
  private readonly source: NameSource;
  constructor(source: NameSource) {
    super();
    this.source = source;
  }
  override attr(name: string): unknown {
    return member(MEMBERS, this, name);
  }
  override item(key: unknown): unknown {
    return typeof key === "string" ? this.source.get(key) : undefined;
  }
  override contains(item: unknown): boolean {
    return typeof item === "string" && this.source.get(item) !== undefined;
  }
  override iterate(): Iterable<unknown> {
    return this.source.names();
  }
  override length(): number {
    return this.source.names().length;
  }
  write(name: string, value: unknown): void {
    this.source.set(name, value);
  }
}

const MEMBERS = new Map<string, Member<NamesObject>>([
  [
    "get",
    method("get(key, default=None)", (self: NamesObject, key: unknown, dflt: unknown) => {
      const value = self.item(key);
      return value === undefined ? dflt : value;
    }),
  ],
  ["keys", method("keys()", (self: NamesObject) => [...self.iterate()])],
  ["values", method("values()", (self: NamesObject) => Array.from(self.iterate(), (name) => self.item(name) ?? null))],
  [
    "items",
    method("items()", (self: NamesObject) =>
      Array.from(self.iterate(), (name) => new Tuple([name, self.item(name) ?? null])),
    ),
  ],
  [
    "update",
    method("update(other=None, **kwargs)", (self: NamesObject, other: unknown, kwargs: PyDict) => {
      for (const [name, value] of other instanceof PyDict ? other.entries() : []) self.write(String(name), value);
      for (const [name, value] of kwargs.entries()) self.write(String(name), value);
      return null;
    }),
  ],
]);
