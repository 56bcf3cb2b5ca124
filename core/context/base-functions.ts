import { TsdbtError } from "../errors.ts";
import { JinjaError, MacroReturn } from "../jinja/errors.ts";
import { toPython } from "../jinja/runtime/convert.ts";
import { PyDict } from "../jinja/runtime/dict.ts";
import { defineFunction } from "../jinja/runtime/function.ts";
import { PyIterator, pyIterate, pyList } from "../jinja/runtime/iterate.ts";
import { PySet } from "../jinja/runtime/set.ts";
import { caseFold } from "../jinja/runtime/str-case.ts";
import { textOf } from "../jinja/runtime/str-object.ts";
import { pyTruth } from "../jinja/runtime/truth.ts";
import { typeName } from "../jinja/runtime/types.ts";
import { type PyCallable, Tuple } from "../jinja/runtime/values.ts";
import { md5 } from "../python/hash.ts";
import { dumpJson, loadJson } from "../python/json.ts";
import { noAttribute, raise } from "../python/support.ts";
import { CannotRepresent, dumpYaml, loadYaml } from "../yaml/index.ts";

/** The functions of dbt's base context that need nothing of the project. https://docs.getdbt.com/reference/dbt-jinja-functions */
export const BASE_FUNCTIONS: ReadonlyMap<string, () => PyCallable> = new Map([
  [
    "return",
    () =>
      defineFunction("return(data)", (data: unknown) => {
        throw new MacroReturn(data);
      }),
  ],
  ["fromjson", () => defineFunction("fromjson(string, default=None)", fromJson)],
  ["tojson", () => defineFunction("tojson(value, default=None, sort_keys=False)", toJson)],
  ["fromyaml", () => defineFunction("fromyaml(value, default=None)", fromYaml)],
  ["toyaml", () => defineFunction("toyaml(value, default=None, sort_keys=False)", toYaml)],
  [
    "set",
    () =>
      defineFunction("set(value, default=None)", (value, dflt) => orDefault(dflt, () => new PySet(pyIterate(value)))),
  ],
  [
    "set_strict",
    () => defineFunction("set_strict(value)", (value) => strictly("TD2340", () => new PySet(pyIterate(value)))),
  ],
  ["zip", () => defineFunction("zip(*args, default=None)", (dflt, args) => orDefault(dflt, () => zip(args)))],
  ["zip_strict", () => defineFunction("zip_strict(*args)", (args) => strictly("TD2341", () => zip(args)))],
  ["diff_of_two_dicts", () => defineFunction("diff_of_two_dicts(dict_a, dict_b)", differenceOfDicts)],
  [
    "local_md5",
    () =>
      defineFunction("local_md5(value)", (value: unknown) => {
        const text = textOf(value);
        return text === undefined ? noAttribute(value, "encode") : md5(text);
      }),
  ],
  ["otel_trace_id", () => defineFunction("otel_trace_id()", () => "0".repeat(32))],
  ["otel_span_id", () => defineFunction("otel_span_id()", () => "0".repeat(16))],
]);

const isError = (error: unknown, ...types: Parameters<JinjaError["is"]>[0][]): boolean =>
  error instanceof JinjaError && types.some((type) => error.is(type));

function fromJson(value: unknown, otherwise: unknown): unknown {
  const text = textOf(value);
  if (text === undefined) {
    return raise("TypeError", `the JSON object must be str, bytes or bytearray, not ${typeName(value)}`);
  }
  try {
    return loadJson(text);
  } catch (error) {
    if (isError(error, "ValueError")) return otherwise;
    throw error;
  }
}

function toJson(value: unknown, otherwise: unknown, sortKeys: unknown): unknown {
  try {
    return dumpJson(value, pyTruth(sortKeys));
  } catch (error) {
    if (isError(error, "ValueError")) return otherwise;
    throw error;
  }
}

function fromYaml(value: unknown, otherwise: unknown): unknown {
  const text = textOf(value);
  if (text === undefined) return raise("TypeError", "a string or stream input is required");
  try {
    return toPython(loadYaml(text));
  } catch (error) {
    if (error instanceof TsdbtError) return otherwise;
    throw error;
  }
}

function toYaml(value: unknown, otherwise: unknown, sortKeys: unknown): unknown {
  try {
    return dumpYaml(value, { sortKeys: pyTruth(sortKeys) });
  } catch (error) {
    if (error instanceof CannotRepresent) return otherwise;
    throw error;
  }
}

function orDefault(otherwise: unknown, make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    if (isError(error, "TypeError")) return otherwise;
    throw error;
  }
}

function strictly(code: string, make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    if (!isError(error, "TypeError")) throw error;
    throw new TsdbtError(code, "Compilation Error", (error as Error).message, { cause: error });
  }
}

function zip(iterables: readonly unknown[]): PyIterator {
  const sources = iterables.map(pyIterate);
  const rows = function* (): Generator<unknown> {
    const iterators = sources.map((source) => source[Symbol.iterator]());
    while (iterators.length > 0) {
      const row: unknown[] = [];
      for (const iterator of iterators) {
        const { done, value } = iterator.next();
        if (done) return;
        row.push(value);
      }
      yield new Tuple(row);
    }
  };
  return new PyIterator(rows(), "zip");
}

function folded(value: unknown): string {
  const text = textOf(value);
  return text === undefined ? noAttribute(value, "casefold") : caseFold(text);
}

/** What the lists of one dict have that those of another lack, without regard to case. */
function differenceOfDicts(a: unknown, b: unknown): PyDict {
  if (!(b instanceof PyDict)) return noAttribute(b, "items");
  const known = new Map<string, Set<string>>();
  for (const [key, values] of b.entries()) known.set(folded(key), new Set(pyList(values).map(folded)));
  const difference = new PyDict();
  for (const key of pyList(a)) {
    const values = (a as PyDict).get(key);
    const others = known.get(folded(key));
    if (!others) {
      difference.set(key, values);
      continue;
    }
    const rest = pyList(values).filter((value) => !others.has(folded(value)));
    if (rest.length > 0) difference.set(key, rest);
  }
  return difference;
}
