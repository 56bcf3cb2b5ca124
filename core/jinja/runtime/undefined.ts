import { JinjaError, type PythonType } from "../errors.ts";
import { pyRepr } from "./repr.ts";
import { objectTypeRepr } from "./types.ts";
import { HostObject, type Kwargs } from "./values.ts";

/** What is known about a missing value: a hint, or the name and the object it was looked for in. */
export interface UndefinedInfo {
  hint?: string | undefined;
  /** The object in which `name` was looked for; `undefined` for a missing variable. */
  object?: unknown;
  name?: unknown;
  /** The error that using the value raises. */
  error?: PythonType;
}

/** Makes the undefined values of an environment. */
export type UndefinedFactory = (info: UndefinedInfo) => UndefinedValue;

/**
 * Jinja2's default Undefined: prints as nothing, is false, empty and iterable; any other use raises UndefinedError.
 * Hosts subclass it and give a factory to the environment.
 */
export class UndefinedValue extends HostObject {
  readonly typeName: string = "Undefined";
  readonly info: UndefinedInfo;
  constructor(info: UndefinedInfo) {
    super();
    this.info = info;
  }
  /** What an error about this value says. */
  message(): string {
    const { hint, object, name } = this.info;
    if (hint) return hint;
    if (object === undefined) return `${pyRepr(name)} is undefined`;
    if (typeof name !== "string") return `${objectTypeRepr(object)} has no element ${pyRepr(name)}`;
    return `${pyRepr(objectTypeRepr(object))} has no attribute ${pyRepr(name)}`;
  }
  /** Raises the error for using this value. */
  fail(): never {
    throw new JinjaError(this.info.error ?? "UndefinedError", this.message());
  }
  override attr(_name: string): unknown {
    return this.fail();
  }
  override item(_key: unknown): unknown {
    return this.fail();
  }
  override iterate(): Iterable<unknown> {
    return [];
  }
  override length(): number {
    return 0;
  }
  override truth(): boolean {
    return false;
  }
  override contains(_item: unknown): boolean {
    return false;
  }
  override str(): string {
    return "";
  }
  override repr(): string {
    return "Undefined";
  }
  override equals(other: unknown): boolean {
    return other instanceof UndefinedValue && other.constructor === this.constructor;
  }
  override hashKey(): string {
    return `\0u${this.typeName}`;
  }
  override compare(_other: unknown): number {
    return this.fail();
  }
  override binary(_op: string, _other: unknown, _reflected: boolean): unknown {
    return this.fail();
  }
  override call(_args: unknown[], _kwargs: Kwargs): unknown {
    return this.fail();
  }
}

/** dbt's Undefined: may be called and chained without end; every other use fails as the default one does. */
export class DbtUndefined extends UndefinedValue {
  private lastName: unknown;
  constructor(info: UndefinedInfo) {
    // dbt passes neither the object nor the class of the error on.
    super({ hint: info.hint, name: info.name });
    this.lastName = info.name ?? null;
  }
  override attr(name: string): unknown {
    if (name === "name") return this.lastName;
    if (name === "hint") return this.info.hint ?? null;
    if (name === "node") return null;
    if (name === "unsafe_callable" || name === "alters_data") return false;
    this.lastName = name;
    return new DbtUndefined({ hint: this.info.hint, name });
  }
  override item(_key: unknown): unknown {
    return this;
  }
  override call(_args: unknown[], _kwargs: Kwargs): unknown {
    return this;
  }
}

export const defaultUndefined: UndefinedFactory = (info) => new UndefinedValue(info);
export const dbtUndefined: UndefinedFactory = (info) => new DbtUndefined(info);
