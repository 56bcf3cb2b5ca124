import { JinjaError } from "../errors.ts";
import { pyGetItem } from "../runtime/attributes.ts";
import { textOf } from "../runtime/str-object.ts";
import { typeName } from "../runtime/types.ts";
import { UndefinedValue } from "../runtime/undefined.ts";
import type { FilterEnvironment } from "./define.ts";

type Getter = (item: unknown) => unknown;

/** Strings in lower case, anything else as it is. */
export function ignoreCase(v: unknown): unknown {
  if (typeof v === "string") return v.toLowerCase();
  const text = textOf(v);
  return text === undefined ? v : text.toLowerCase();
}

const same = (v: unknown) => v;

/** Postprocessing for filters with a `case_sensitive` argument. */
export function caseRule(caseSensitive: boolean): (v: unknown) => unknown {
  return caseSensitive ? same : ignoreCase;
}

function parts(attribute: unknown): unknown[] {
  if (attribute === null || attribute === undefined) return [];
  const text = textOf(attribute);
  if (text === undefined) return [attribute];
  return text.split(".").map((x) => (/^\d+$/.test(x) ? Number(x) : x));
}

/** Looks up `a.b.0` in an item. */
export function attributeGetter(
  env: FilterEnvironment,
  attribute: unknown,
  postprocess: (v: unknown) => unknown = same,
  dflt: unknown = null,
): Getter {
  const path = parts(attribute);
  return (item) => {
    let v = item;
    for (const part of path) {
      v = pyGetItem(v, part, env);
      if (dflt !== null && v instanceof UndefinedValue) v = dflt;
    }
    return postprocess(v);
  };
}

/** Looks up several attributes, separated by commas. */
export function multiAttributeGetter(
  env: FilterEnvironment,
  attribute: unknown,
  postprocess: (v: unknown) => unknown,
): (item: unknown) => unknown[] {
  const text = textOf(attribute);
  const paths = (text === undefined ? [attribute] : text.split(",")).map(parts);
  return (item) =>
    paths.map((path) => {
      let v = item;
      for (const part of path) v = pyGetItem(v, part, env);
      return postprocess(v);
    });
}

/** What Python raises for a missing method of a value. */
export function noAttribute(v: unknown, name: string): Error {
  if (v instanceof UndefinedValue) v.fail();
  return new JinjaError("AttributeError", `'${typeName(v)}' object has no attribute '${name}'`);
}
