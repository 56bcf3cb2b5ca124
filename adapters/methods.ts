import { TsdbtError } from "../core/errors.ts";
import { typeError } from "../core/jinja/errors.ts";
import { defineFunction } from "../core/jinja/index.ts";
import { typeName } from "../core/jinja/runtime/types.ts";
import { HostObject, PyCallable } from "../core/jinja/runtime/values.ts";
import type { Adapter, AdapterSession } from "./adapter.ts";
import { BASE_METHODS } from "./base-methods.ts";
import { Behavior } from "./behavior.ts";
import { ColumnFactory } from "./column.ts";
import { bindMethod } from "./method-table.ts";
import { RelationFactory } from "./relation-factory.ts";

/**
 * The object `adapter` of templates. While `session.execute` is false its methods answer dbt's stand-ins, and nothing
 * reaches the warehouse; in execution what has to wait answers a promise.
 *
 * @see https://docs.getdbt.com/reference/dbt-jinja-functions/adapter
 */
export function createAdapterObject(adapter: Adapter, session: AdapterSession): HostObject {
  return new AdapterObject(adapter, session);
}

/** `api.Relation` for an adapter. */
export function relationFactory(adapter: Adapter): RelationFactory {
  return new RelationFactory(adapter.relationClass, adapter.quoting);
}

/** `api.Column` for an adapter. */
export function columnFactory(adapter: Adapter): ColumnFactory {
  return new ColumnFactory(adapter.columnClass);
}

class AdapterObject extends HostObject {
  readonly pyModule = "dbt.context.providers";
  private readonly adapter: Adapter;
  private readonly session: AdapterSession;
  private readonly known = new Map<string, unknown>();
  constructor(adapter: Adapter, session: AdapterSession) {
    super();
    this.adapter = adapter;
    this.session = session;
  }
  get typeName(): string {
    return this.session.execute ? "RuntimeDatabaseWrapper" : "ParseDatabaseWrapper";
  }
  override attr(name: string): unknown {
    let value = this.known.get(name);
    if (value === undefined) {
      value = this.find(name);
      if (value !== undefined) this.known.set(name, value);
    }
    return value;
  }
  private find(name: string): unknown {
    const { adapter, session } = this;
    switch (name) {
      case "Relation":
        return relationFactory(adapter);
      case "Column":
        return columnFactory(adapter);
      case "behavior":
        return new Behavior(adapter.flags);
      case "config":
        return session.projectConfig?.();
      case "type":
        return new PyCallable("type", () => adapter.type);
      case "commit":
        return new PyCallable("commit", () => (session.execute ? commit(session) : null));
      case "dispatch":
        return defineFunction(
          "dispatch(macro_name, macro_namespace=None, packages=None)",
          (macro, namespace, packages) => dispatch(session, macro, namespace, packages),
        );
    }
    return adapter.method(name, session) ?? bindMethod(BASE_METHODS, name, { adapter, session });
  }
}

async function commit(session: AdapterSession): Promise<null> {
  await (await session.connection()).commit();
  return null;
}

function dispatch(session: AdapterSession, macro: unknown, namespace: unknown, packages: unknown): unknown {
  if (typeof macro !== "string") throw typeError(`argument of type '${typeName(macro)}' is not iterable`);
  if (macro.includes(".")) {
    const dot = macro.indexOf(".");
    throw new TsdbtError(
      "TD5050",
      "Compilation Error",
      `In adapter.dispatch, got a macro name of "${macro}", but "." is not a valid macro name component. ` +
        `Did you mean \`adapter.dispatch("${macro.slice(dot + 1)}", macro_namespace="${macro.slice(0, dot)}")\`?`,
    );
  }
  if (packages !== null) {
    throw new TsdbtError(
      "TD5051",
      "Compilation Error",
      'The "packages" argument of adapter.dispatch() has been deprecated.\nUse the "macro_namespace" argument instead.\n\n' +
        `Raised during dispatch for: ${macro}\n\nFor more information, see:\n\n` +
        "https://docs.getdbt.com/reference/dbt-jinja-functions/dispatch",
    );
  }
  if (namespace !== null && typeof namespace !== "string") {
    throw new TsdbtError(
      "TD5052",
      "Compilation Error",
      `In adapter.dispatch, got a ${typeName(namespace)} macro_namespace argument, but macro_namespace should be None or a string.`,
    );
  }
  return session.dispatch(macro, namespace);
}
