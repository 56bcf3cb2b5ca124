import { PyDict } from "../jinja/runtime/dict.ts";
import { PySet } from "../jinja/runtime/set.ts";
import { HostObject, PyFloat, Tuple } from "../jinja/runtime/values.ts";

/** The place of each key and value of a container, as offsets: `[key, value]`; for a list the key is the value. */
export type Places = Map<unknown, [number, number, number, number]>;

/** A key that JavaScript would move to the front of an object (`"10"`), or take for the prototype. */
function isUnsafeKey(key: string): boolean {
  const code = key.charCodeAt(0);
  if (code === 95) return key === "__proto__";
  return code >= 48 && code <= 57 && (key.length === 1 || (code !== 48 && key.length <= 10 && /^[0-9]+$/.test(key)));
}

/** Fills an object, which becomes a PyDict at the first key that an object cannot hold. */
export class MappingBuilder {
  value: Record<string, unknown> | PyDict = {};
  private merged: [unknown, unknown][] | undefined;
  private overrides = false;
  private readonly places: Map<object, Places> | undefined;

  constructor(places: Map<object, Places> | undefined) {
    this.places = places;
  }

  add(key: unknown, value: unknown): void {
    if (typeof key !== "string" && !isHashable(key)) return;
    const { value: mapping } = this;
    if (mapping instanceof PyDict) {
      mapping.set(key, value);
    } else if (typeof key === "string" && !isUnsafeKey(key)) {
      mapping[key] = value;
    } else {
      const dict = new PyDict();
      for (const name in mapping) dict.set(name, mapping[name]);
      dict.set(key, value);
      this.replace(dict);
    }
  }

  /** Is the key there already, in a mapping that does not begin with `<<` to override? */
  repeats(key: unknown): boolean {
    if (this.overrides) return false;
    const { value: mapping } = this;
    const own = mapping instanceof PyDict ? mapping.has(key) : typeof key === "string" && Object.hasOwn(mapping, key);
    return own || (this.merged?.some(([merged]) => merged === key) ?? false);
  }

  /** Takes in what `<<` names; answers what is wrong with it, if anything is. */
  merge(value: unknown): string | undefined {
    this.merged ??= [];
    if (!(this.value instanceof PyDict) && Object.keys(this.value).length === 0) this.overrides = true;
    if (!Array.isArray(value)) {
      const entries = entriesOf(value);
      if (!entries) return "expected a mapping or list of mappings for merging, but found scalar";
      this.merged.push(...entries);
      return undefined;
    }
    for (const item of [...value].reverse()) {
      const entries = entriesOf(item);
      if (!entries) {
        return `expected a mapping for merging, but found ${Array.isArray(item) ? "sequence" : "scalar"}`;
      }
      this.merged.push(...entries);
    }
    return undefined;
  }

  /** The whole mapping: what was merged first, its own entries over it. */
  finish(): object {
    const { merged } = this;
    if (!merged || merged.length === 0) return this.value;
    const own = entriesOf(this.value)!;
    const before = this.value;
    this.value = {};
    for (const [key, value] of merged) this.add(key, value);
    for (const [key, value] of own) this.add(key, value);
    const places = this.places?.get(before);
    if (places) this.places!.set(this.value, places);
    return this.value;
  }

  private replace(dict: PyDict): void {
    const places = this.places?.get(this.value);
    if (places) this.places!.set(dict, places);
    this.value = dict;
  }
}

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && isPlainPrototype(Object.getPrototypeOf(value));

const isPlainPrototype = (prototype: unknown): boolean => prototype === Object.prototype || prototype === null;

/** The entries of a value that was a mapping. */
export function entriesOf(value: unknown): [unknown, unknown][] | undefined {
  if (value instanceof PyDict) return [...value.entries()];
  if (value instanceof PySet) return [...value].map((key) => [key, null]);
  return isPlainObject(value) ? Object.entries(value) : undefined;
}

/** May it be a key? */
export const isHashable = (key: unknown): boolean =>
  typeof key !== "object" ||
  key === null ||
  key instanceof PyFloat ||
  key instanceof Tuple ||
  key instanceof HostObject;
