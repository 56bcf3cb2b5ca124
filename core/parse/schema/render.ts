import { plain } from "../../../project/render.ts";
import { HostObject } from "../../jinja/runtime/values.ts";
import { type Dict, isDict } from "../config/index.ts";
import type { KeyPath } from "./shape.ts";

const LATER = new Set(["tests", "data_tests", "description", "loaded_at_query"]);
const LATER_BELOW = new Set(["tests", "data_tests", "description"]);
const PARTS = new Set(["columns", "dimensions", "measures", "entities", "metrics"]);

/**
 * Whether a value is rendered when the properties file is read. Descriptions wait for the docs blocks, tests for their
 * own context, hooks for their node. `path` begins below the entry of the list.
 */
function isRendered(section: string, path: KeyPath): boolean {
  const first = path[0];
  if (first === undefined) return true;
  switch (section) {
    case "sources":
      if (first === "description" || first === "loaded_at_query") return false;
      if (first === "config" && path[1] === "loaded_at_query") return false;
      return !(first === "tables" && isLater(path.slice(2)));
    case "macros":
      return first === "arguments" ? !isLater(path.slice(1)) : !isLater(path);
    case "metrics":
      return !isFilter(path) && !isLater(path);
    case "saved_queries":
      return !(first === "query_params" && path[1] === "where") && !isLater(path);
    default:
      return !(first === "metrics" && isFilter(path)) && !isLater(path);
  }
}

function isFilter(path: KeyPath): boolean {
  return path.at(-1) === "filter" || (path.length > 1 && path.at(-2) === "filter");
}

function isLater(path: KeyPath): boolean {
  const [first, second, third, fourth, fifth] = path;
  if (path.length >= 1 && LATER.has(first as string)) return true;
  if (path.length === 2 && LATER.has(second as string)) return true;
  if (first === "config" && (second === "pre_hook" || second === "post_hook" || second === "loaded_at_query"))
    return true;
  if (path.length === 5 && fifth === "description") return true;
  if (first === "versions" && path.length >= 3 && LATER_BELOW.has(third as string)) return true;
  if (first === "versions" && third === "columns" && path.length >= 5 && LATER_BELOW.has(fifth as string)) return true;
  if (PARTS.has(first as string) && path.length >= 3 && LATER_BELOW.has(third as string)) return true;
  return (
    first === "derived_semantics" &&
    (second === "dimensions" || second === "entities") &&
    path.length >= 4 &&
    LATER_BELOW.has(fourth as string)
  );
}

const LINE_END = /\r|\n$/;
const JINJA = /\{[{%#]|[#}%]\}/;

/**
 * An entry of a properties file with its templates rendered; the same object where there are none.
 * `render` gets the text and where it stands below the entry.
 */
export function renderEntry(entry: Dict, section: string, render: (text: string, path: KeyPath) => unknown): Dict {
  const path: (string | number)[] = [];
  const visit = (value: unknown): unknown => {
    if (typeof value === "string") {
      if (!JINJA.test(value)) return LINE_END.test(value) && isRendered(section, path) ? plain(value) : value;
      if (!isRendered(section, path)) return value;
      return render(value, [...path]);
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      let copy: unknown[] | undefined;
      for (let i = 0; i < value.length; i++) {
        path.push(i);
        const item = visit(value[i]);
        path.pop();
        if (item !== value[i]) {
          copy ??= [...value];
          copy[i] = item;
        }
      }
      return copy ?? value;
    }
    if (value instanceof HostObject) return isRendered(section, path) ? isoDate(value) : value;
    if (!isDict(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
    let copy: Dict | undefined;
    for (const key of Object.keys(value)) {
      path.push(key);
      const item = visit(value[key]);
      path.pop();
      if (item !== value[key]) {
        copy ??= { ...value };
        copy[key] = item;
      }
    }
    return copy ?? value;
  };
  return visit(entry) as Dict;
}

/** Dates become text where values are rendered, as in Python's `isoformat()`. */
function isoDate(value: HostObject): unknown {
  const iso = value.attr("isoformat") as { fn?: (args: unknown[], kwargs: undefined) => unknown } | undefined;
  return typeof iso?.fn === "function" ? iso.fn([], undefined) : value;
}
