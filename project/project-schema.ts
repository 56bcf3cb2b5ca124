import { nearest } from "../core/config/nearest.ts";
import { type Data, PyFloat } from "../core/jinja/runtime/values.ts";
import { repr } from "./repr.ts";
import {
  atPath,
  bool,
  checkKeys,
  checkShape,
  list,
  mapping,
  optionalInteger,
  optionalMapping,
  optionalText,
  type Shape,
  settings,
  text,
  textList,
  textOrTextList,
} from "./shape.ts";
import type { DataObject } from "./types.ts";
import { errorAt, isObject, objectOf, type YamlFile } from "./yaml-file.ts";

/** Every key of dbt_project.yml and what it takes. https://docs.getdbt.com/reference/dbt_project.yml */
const KEYS: { readonly [key: string]: Shape } = {
  name: text,
  "config-version": optionalInteger,
  version: {
    want: 'a version such as "1.0.0" or 1.0',
    accepts: (v) => v === null || typeof v === "number" || isFloat(v) || isSemver(v),
  },
  "project-root": optionalText,
  "source-paths": textList,
  "model-paths": textList,
  "macro-paths": textList,
  "data-paths": textList,
  "seed-paths": textList,
  "test-paths": textList,
  "analysis-paths": textList,
  "docs-paths": textList,
  "asset-paths": textList,
  "function-paths": textList,
  "osi-paths": textList,
  "target-path": optionalText,
  "snapshot-paths": textList,
  "clean-targets": textList,
  profile: optionalText,
  "log-path": optionalText,
  "packages-install-path": optionalText,
  quoting: {
    want: "a mapping of database, schema, identifier to true or false",
    accepts: (v) =>
      v === null ||
      (isObject(v) &&
        Object.entries(v).every(
          ([key, item]) => QUOTING.includes(key) && (item === null || typeof item === "boolean"),
        )),
  },
  "on-run-start": { want: "a list of SQL statements", accepts: textList.accepts },
  "on-run-end": { want: "a list of SQL statements", accepts: textList.accepts },
  "require-dbt-version": textOrTextList,
  dispatch: list,
  models: settings,
  seeds: settings,
  snapshots: settings,
  analyses: settings,
  sources: settings,
  tests: settings,
  data_tests: settings,
  unit_tests: settings,
  metrics: settings,
  "semantic-models": settings,
  "saved-queries": settings,
  exposures: settings,
  functions: settings,
  vars: optionalMapping,
  packages: list,
  "query-comment": {
    want: "a string, or a mapping of comment, append, job-label",
    accepts: (v) =>
      v === null ||
      typeof v === "string" ||
      (isObject(v) && Object.entries(v).every(([key, item]) => QUERY_COMMENT[key]?.(item) === true)),
  },
  "restrict-access": bool,
  "dbt-cloud": optionalMapping,
  flags: mapping,
};

const DISPATCH_HINT = "each entry needs `macro_namespace: package` and `search_order: [package, …]`";
const KNOWN = Object.keys(KEYS);
const QUOTING = ["database", "schema", "identifier", "project", "snowflake_ignore_case"];
const QUERY_COMMENT: { readonly [key: string]: (value: DataObject[string]) => boolean } = {
  comment: (v) => typeof v === "string",
  append: (v) => v === null || typeof v === "boolean",
  "job-label": (v) => typeof v === "boolean",
};

const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)(\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?)?$/;

function isSemver(value: unknown): boolean {
  return typeof value === "string" && SEMVER.test(value);
}

function isFloat(value: unknown): boolean {
  return value instanceof PyFloat;
}

/** Names that templates already know, which no project may take. */
export const RESERVED = new Set(
  (
    "_sql_results adapter api column config context database env env_var exceptions execute flags fromjson fromyaml graph " +
    "invocation_id load_agate_table load_result log model modules post_hooks pre_hooks ref render return run_started_at schema " +
    "source sql sql_now store_result store_raw_result target this tojson toyaml try_or_compiler_error var write"
  ).split(" "),
);

/** Checks a rendered dbt_project.yml. Throws in dbt's words at the first key that is unknown, missing or of a wrong type. */
export function checkProject(file: YamlFile, data: DataObject): void {
  for (const [key, shape] of Object.entries(KEYS)) {
    const value = data[key];
    if (value === undefined) continue;
    if (key === "quoting") checkQuoting(file, value);
    // `tests:` was taken as `data_tests:`; a message must name the key that stands there.
    const renamed = key === "data_tests" && !("data_tests" in (file.data as DataObject));
    checkShape(file, [renamed ? "tests" : key], value, shape, "TD2311");
    if (key === "dispatch") checkEntries(file, value as Data[]);
  }
  checkKeys(file, [], data, KNOWN, "TD2310");
  if (!("name" in data))
    throw errorAt(file, [], {
      code: "TD2305",
      message: "at path []: 'name' is a required property",
      hint: "add a first line such as `name: my_project`",
    });
  checkName(file, data.name as string);
  checkDispatch(file, data);
  if (truthy(data.tests) && truthy(data.data_tests))
    throw errorAt(file, ["tests"], {
      code: "TD2315",
      on: "key",
      message: "at path []: Invalid project config: cannot have both 'tests' and 'data_tests' defined",
      hint: "move what stands under `tests:` to `data_tests:`",
    });
}

function checkEntries(file: YamlFile, entries: Data[]): void {
  for (const [i, entry] of entries.entries())
    if (!isObject(entry))
      throw errorAt(file, ["dispatch", i], {
        code: "TD2314",
        message: atPath(["dispatch", i], `${repr(entry)} is not of type 'object'`),
        hint: DISPATCH_HINT,
      });
}

function checkName(file: YamlFile, name: string): void {
  if (!/^[\p{L}\p{Nl}_][\p{L}\p{N}_]*$/u.test(name)) {
    const better = name.replace(/[^\p{L}\p{N}_]+/gu, "_").replace(/^(\d)/, "_$1");
    throw errorAt(file, ["name"], {
      code: "TD2312",
      message: atPath(["name"], `${repr(name)} does not match '^[^\\\\d\\\\W]\\\\w*$'`),
      hint: `a project's name has letters, digits and underscores only and starts with no digit: \`name: ${better || "my_project"}\``,
    });
  }
  if (RESERVED.has(name))
    throw errorAt(file, ["name"], {
      code: "TD2313",
      message: `at path []: Invalid project name: ${name} is a reserved word`,
      hint: `templates know ${name} already: choose another name, such as \`name: ${name}_project\``,
    });
}

function checkQuoting(file: YamlFile, value: DataObject[string]): void {
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (!QUOTING.includes(key)) {
      const near = nearest(key, QUOTING);
      throw errorAt(file, ["quoting", key], {
        code: "TD2311",
        on: "key",
        message: atPath(["quoting"], `${repr(value)} is not valid under any of the given schemas`),
        hint: near ? `did you mean '${near}'?` : `known keys: ${QUOTING.join(", ")}`,
      });
    }
    if (item !== null && typeof item !== "boolean")
      throw errorAt(file, ["quoting", key], {
        code: "TD2311",
        message: atPath(["quoting"], `${repr(value)} is not valid under any of the given schemas`),
        hint: `${key} must be true or false`,
      });
  }
}

function checkDispatch(file: YamlFile, data: DataObject): void {
  for (const [i, entry] of ((data.dispatch as DataObject[] | undefined) ?? []).entries()) {
    if ("macro_namespace" in entry && Array.isArray(entry.search_order)) continue;
    throw errorAt(file, ["dispatch", i], {
      code: "TD2314",
      message: `at path []: Invalid project dispatch config: ${repr(entry)}`,
      hint: DISPATCH_HINT,
    });
  }
}

function truthy(value: DataObject[string] | undefined): boolean {
  const mapping = objectOf(value);
  return mapping ? Object.keys(mapping).length > 0 : Boolean(value);
}
