import { pyStr } from "../runtime/repr.ts";
import { BoolMarker, NativeMarker, NumberMarker, TextMarker } from "../runtime/str-object.ts";
import { defineFilter, type FilterFunction } from "./define.ts";

const isList = defineFilter("is_list(value)", (_env, v: unknown) => Array.isArray(v));
const same = (name: string) => defineFilter(`${name}(x)`, (_env, v: unknown) => v);

/** dbt's filters in text rendering: they change nothing. */
export const markerFilters: ReadonlyMap<string, FilterFunction> = new Map([
  ["as_text", same("as_text")],
  ["as_bool", same("as_bool")],
  ["as_native", same("as_native")],
  ["as_number", same("as_number")],
  ["is_list", isList],
]);

/** dbt's filters in native rendering: they say what the text is to become. */
export const nativeFilters: ReadonlyMap<string, FilterFunction> = new Map([
  ["as_text", defineFilter("as_text(x)", (_env, v: unknown) => new TextMarker(pyStr(v)))],
  ["as_bool", defineFilter("as_bool(x)", (_env, v: unknown) => new BoolMarker(pyStr(v)))],
  ["as_native", defineFilter("as_native(x)", (_env, v: unknown) => new NativeMarker(pyStr(v)))],
  ["as_number", defineFilter("as_number(x)", (_env, v: unknown) => new NumberMarker(pyStr(v)))],
  ["is_list", isList],
]);
