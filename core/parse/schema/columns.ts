import type { Data } from "../../jinja/runtime/values.ts";
import type { ColumnInfo, JsonObject } from "../../manifest/resources.ts";
import { type Dict, isDict } from "../config/index.ts";
import { pyRepr } from "../python-text.ts";
import { enumValue, GRANULARITIES } from "../semantic/enums.ts";
import { Shape, ShapeProblem } from "./shape.ts";

/** A column as a properties file describes it, with the tests put on it. */
export interface UnparsedColumn {
  name: string;
  info: ColumnInfo;
  /** Generic tests as written, and where. */
  tests: { test: unknown; path: (string | number)[] }[];
  quote: boolean | null;
  /** Of the column itself and of its config. */
  tags: string[];
}

const CONSTRAINTS = ["check", "not_null", "unique", "primary_key", "foreign_key", "custom"];
const KNOWN: ReadonlySet<string> = new Set([
  "name",
  "description",
  "meta",
  "data_type",
  "constraints",
  "docs",
  "config",
  "data_tests",
  "tests",
  "quote",
  "tags",
  "granularity",
  "dimension",
  "entity",
  "doc_blocks",
]);

/** The columns of an entry. @throws ShapeProblem */
export function readColumns(shape: Shape): UnparsedColumn[] {
  const value = shape.raw("columns");
  if (value === undefined) return [];
  return shape.shapes("columns").map(readColumn);
}

/** One column; keys nobody knows are kept, as dbt keeps them. */
export function readColumn(shape: Shape): UnparsedColumn {
  const name = shape.required("name");
  const tags = shape.strings("tags");
  const config = shape.dict("config");
  const meta = shape.dict("meta");
  const constraints = readConstraints(shape);
  const configMeta = isDict(config.meta) ? config.meta : {};
  const allTags = unique([...tags, ...configTags(config)]);
  const allMeta = (hasKeys(meta) || hasKeys(configMeta) ? { ...meta, ...configMeta } : {}) as JsonObject;
  const info: ColumnInfo = {
    name,
    description: shape.string("description", ""),
    meta: allMeta,
    data_type: shape.optionalString("data_type"),
    constraints,
    quote: shape.optionalBool("quote"),
    config: { meta: allMeta, tags: allTags } as unknown as JsonObject,
    tags: allTags,
    granularity: shape.oneOf("granularity", GRANULARITIES, null),
    dimension: semanticPart(shape, "dimension"),
    entity: semanticPart(shape, "entity"),
    doc_blocks: [],
  };
  for (const key of Object.keys(shape.data)) {
    if (!KNOWN.has(key)) (info as unknown as Dict)[key] = shape.data[key];
  }
  return { name, info, tests: readTests(shape), quote: info.quote, tags: allTags };
}

/**
 * The generic tests of an entry or column, under `data_tests` or its older name `tests`.
 * @throws ShapeProblem when both are there or something is no test
 */
export function readTests(shape: Shape): { test: unknown; path: (string | number)[] }[] {
  const old = shape.raw("tests");
  const isGiven = Array.isArray(old) ? old.length > 0 : old !== undefined && old !== null;
  if (isGiven && shape.has("data_tests")) {
    throw new ShapeProblem(
      "Invalid test config: cannot have both 'tests' and 'data_tests' defined",
      [...shape.path, "tests"],
      {
        onKey: true,
        hint: "move them all under `data_tests`",
      },
    );
  }
  const key = isGiven ? "tests" : "data_tests";
  const list = shape.list(key);
  return list.map((test, i) => {
    const path = [...shape.path, key, i];
    if (typeof test === "string" || isDict(test)) return { test, path };
    throw new ShapeProblem(`${pyRepr(test)} is not valid under any of the given schemas`, path, {
      hint: "a test is a name such as `not_null`, or a name with arguments",
    });
  });
}

/** Constraints with every key, as dbt keeps them. @throws ShapeProblem */
export function readConstraints(shape: Shape, onModel = false): JsonObject[] {
  return shape.shapes("constraints").map((item) => {
    const type = item.raw("type");
    if (typeof type !== "string" || !CONSTRAINTS.includes(type)) {
      const words = onModel
        ? `Invalid constraint type on model ${String(shape.raw("name"))}: Type must be one of ${pyRepr(CONSTRAINTS)}`
        : `Invalid constraint type on column ${String(shape.raw("name"))}`;
      throw new ConstraintProblem(words, item.has("type") ? [...item.path, "type"] : item.path);
    }
    const constraint: JsonObject = {
      type,
      name: item.optionalString("name"),
      expression: item.optionalString("expression"),
      warn_unenforced: item.bool("warn_unenforced", true),
      warn_unsupported: item.bool("warn_unsupported", true),
      to: item.optionalString("to"),
      to_columns: item.strings("to_columns"),
    };
    if (onModel) constraint.columns = item.strings("columns");
    return constraint;
  });
}

/** Said without the path in front. */
export class ConstraintProblem extends ShapeProblem {
  constructor(message: string, path: readonly (string | number)[]) {
    super(message, path, { hint: `a constraint's type is one of ${CONSTRAINTS.join(", ")}` });
  }
}

/** A column's dimension or entity: its type alone, or with more about it. */
function semanticPart(shape: Shape, key: "dimension" | "entity"): Data {
  const value = shape.raw(key);
  if (value === undefined || value === null) return null;
  const kind = key === "dimension" ? "DimensionType" : "EntityType";
  const column = shape.required("name");
  if (typeof value === "string") {
    const type = enumValue(kind, value, [...shape.path, key]);
    checkGranularity(shape, column, column, type === "time");
    return type;
  }
  if (!isDict(value)) throw shape.notAny(key, value);
  const part = new Shape(value, [...shape.path, key]);
  const name = part.optionalString("name") || column;
  const type = enumValue(kind, part.required("type"), [...part.path, "type"]);
  const read: Dict = {
    name,
    type,
    description: part.optionalString("description") || shape.string("description", ""),
    label: part.optionalString("label"),
    config: part.dict("config"),
  };
  if (key === "entity") return read as Data;
  checkGranularity(shape, column, name, type === "time");
  const given = part.optionalDict("validity_params");
  const params = given && new Shape(given, [...part.path, "validity_params"]);
  if (params && !shape.raw("granularity")) {
    throw new ShapeProblem(
      `Dimension ${name} has validity_params attached to column ${column}, so that column must specify a granularity.`,
      part.path,
    );
  }
  return {
    ...read,
    is_partition: part.bool("is_partition", false),
    validity_params: params && { is_start: params.bool("is_start", false), is_end: params.bool("is_end", false) },
  } as Data;
}

function checkGranularity(shape: Shape, column: string, name: string, isTime: boolean): void {
  if (!isTime || shape.raw("granularity")) return;
  throw new ShapeProblem(
    `Dimension ${name} is a time dimension attached to column ${column}, so that column must specify a granularity.`,
    shape.path,
    { hint: "add `granularity: day` to the column" },
  );
}

/** Tags under `config`, one or several. */
export function configTags(config: Dict): string[] {
  const tags = config.tags;
  if (Array.isArray(tags)) return tags as string[];
  return typeof tags === "string" ? [tags] : [];
}

export function unique<T>(items: T[]): T[] {
  return items.length < 2 ? items : [...new Set(items)];
}

function hasKeys(dict: Dict): boolean {
  for (const _ in dict) return true;
  return false;
}
