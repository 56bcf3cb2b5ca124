import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { versionText } from "../../manifest/lookups.ts";
import { didYouMean } from "../../manifest/nearest.ts";
import type { JsonObject, Node, UnitTest } from "../../manifest/resources.ts";
import { addDisabled } from "../add.ts";
import { ConfigProblem, type Dict } from "../config/index.ts";
import { csvRows } from "../csv-rows.ts";
import { duplicateResource } from "../duplicates.ts";
import { belowFirst, fqnPrefix } from "../paths.ts";
import { pyRepr, pyStr } from "../python-text.ts";
import { type ParseState, projectOf } from "../state.ts";
import { parseRefOrSource } from "../static.ts";
import { type Entry, onlyKeys, readingEntry } from "./entries.ts";
import { Shape, ShapeProblem } from "./shape.ts";

/** Rows of a unit test that stand in a file of tests/fixtures. */
export interface Fixture {
  name: string;
  packageName: string;
  path: string;
  rows: string | JsonObject[];
}

export type Fixtures = Map<string, Fixture>;

const FORMATS = ["csv", "dict", "sql"];

/** A unit test as written; the model it tests is found later ({@link linkUnitTests}). https://docs.getdbt.com/docs/build/unit-tests */
export function addUnitTest(state: ParseState, entry: Entry, fixtures: Fixtures): void {
  const test = readingEntry(entry, () => readUnitTest(state, entry, fixtures));
  if (!test.config.enabled) {
    addDisabled(state, test);
    return;
  }
  const known = state.manifest.unit_tests.get(test.unique_id);
  if (known) throw duplicateResource(state, test, known);
  state.manifest.unit_tests.set(test.unique_id, test);
}

function readUnitTest(state: ParseState, entry: Entry, fixtures: Fixtures): UnitTest {
  const { shape, schema } = entry;
  const { packageName, path, relativePath } = schema.file;
  onlyKeys(shape, ["name", "model", "given", "expect", "description", "overrides", "config", "versions"]);
  const name = shape.required("name");
  const model = shape.required("model");
  if (!shape.has("given"))
    throw new ShapeProblem("'given' is a required property", shape.path, {
      onKey: true,
      hint: "add `given:` with the inputs, or `given: []`",
    });
  if (!shape.has("expect"))
    throw new ShapeProblem("'expect' is a required property", shape.path, {
      onKey: true,
      hint: "add `expect: {rows: […]}`",
    });
  const given = shape.shapes("given").map((item) => {
    onlyKeys(item, ["input", "rows", "format", "fixture"]);
    return { input: item.required("input"), ...readRows(state, entry, item, fixtures, name, "input") };
  });
  const expectShape = new Shape(shape.dict("expect"), [...shape.path, "expect"]);
  onlyKeys(expectShape, ["rows", "format", "fixture"]);
  const expect = readRows(state, entry, expectShape, fixtures, name, "expected");
  const fqn = [...fqnPrefix(packageName, belowFirst(path)), model, name];
  let config: Dict;
  try {
    config = state.configs.rendered({ resourceType: "unit_test", fqn, packageName, patch: shape.dict("config") });
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw new ShapeProblem(`Invalid unit_tests config: ${error.text}`, [...shape.path, "config", ...error.path]);
  }
  const overrides = shape.optionalDict("overrides");
  const versions = readVersions(shape);
  const test: UnitTest = {
    model,
    given: given as JsonObject[],
    expect: expect as JsonObject,
    name,
    resource_type: "unit_test",
    package_name: packageName,
    path: relativePath,
    original_file_path: path,
    unique_id: `unit_test.${packageName}.${model}.${name}`,
    fqn,
    description: shape.string("description", ""),
    overrides: overrides && ({ macros: {}, vars: {}, env_vars: {}, ...overrides } as JsonObject),
    depends_on: { macros: [], nodes: [] },
    config: config as UnitTest["config"],
    checksum: null,
    schema: null,
    created_at: state.createdAt,
    versions,
    version: null,
  };
  test.checksum = checksum(test);
  return test;
}

function readVersions(shape: Shape): JsonObject | null {
  const given = shape.optionalDict("versions");
  if (given === null) return null;
  const versions = new Shape(given, [...shape.path, "versions"]);
  const include = versions.optionalList("include");
  const exclude = versions.optionalList("exclude");
  if (include?.length && exclude?.length)
    throw new ShapeProblem("Unit tests can not both include and exclude versions.", versions.path);
  return { include, exclude } as JsonObject;
}

type Rows = { rows: unknown; format: string; fixture: string | null };

function readRows(state: ParseState, entry: Entry, shape: Shape, fixtures: Fixtures, test: string, kind: string): Rows {
  const format = shape.oneOf("format", FORMATS, "dict")!;
  const fixture = shape.optionalString("fixture");
  let rows = shape.raw("rows") ?? null;
  const wrong = (what: string, more = "") =>
    new ShapeProblem(`Unit test ${test} has ${kind} ${what} which do not match format ${format}${more}`, [
      ...shape.path,
      ...(shape.has("rows") ? ["rows"] : []),
    ]);
  if (format === "dict") {
    if (rows === null && fixture === null && kind === "input") rows = seedRows(state, entry, shape);
    if (!Array.isArray(rows)) throw wrong("rows");
  } else {
    if (typeof rows !== "string" && fixture === null) throw wrong("rows or fixtures", ".  Expected string.");
    const text = fixture === null ? rows : fixtureRows(entry, shape, fixtures, fixture);
    if (format === "sql") rows = text;
    else {
      const records = typeof text === "string" ? csvRows(text) : (text as JsonObject[]);
      rows = records.map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === "" ? null : value])),
      );
    }
  }
  if (Array.isArray(rows)) rows = completeRowFirst(rows as Dict[]);
  return { rows, format, fixture };
}

/** Engines take a column's type from the first row, so a row without nulls is put there. */
function completeRowFirst(rows: Dict[]): Dict[] {
  const index = rows.findIndex((row) => Object.values(row).every((value) => value !== null));
  if (index <= 0) return rows;
  const out = [...rows];
  [out[0], out[index]] = [out[index]!, out[0]!];
  return out;
}

function fixtureRows(entry: Entry, shape: Shape, fixtures: Fixtures, name: string): string | JsonObject[] {
  const { packageName, path } = entry.schema.file;
  const fixture = fixtures.get(`fixture.${packageName}.${name}`);
  if (fixture) return fixture.rows;
  const names = [...fixtures.values()].map((f) => f.name);
  throw new ShapeProblem(`File not found for fixture '${name}' in unit tests in ${path}`, [...shape.path, "fixture"], {
    hint: didYouMean(name, names) ?? "fixtures are files in tests/fixtures",
  });
}

/** An input without rows stands for the seed itself. */
function seedRows(state: ParseState, entry: Entry, shape: Shape): JsonObject[] {
  const anyKeyword = state.config.flags.support_custom_ref_kwargs === true;
  const found = parseRefOrSource(shape.required("input"), { anyKeyword });
  if (!found || Array.isArray(found))
    throw new ShapeProblem("'rows' is a required property", shape.path, { onKey: true });
  const { packageName } = entry.schema.file;
  const pkg = found.package ?? packageName;
  const id = state.lookups.refId(found.name, pkg, null);
  const node = id === null ? undefined : state.manifest.nodes.get(id);
  if (node?.resource_type !== "seed") {
    const where =
      pkg === packageName ? `directories: ${pyRepr(projectOf(state, packageName).seedPaths)}` : `'${pkg}' package`;
    throw new ShapeProblem(`Unable to find seed '${pkg}.${found.name}' for unit tests in ${where}`, shape.path);
  }
  const file = join(projectOf(state, node.package_name).root, node.original_file_path);
  return csvRows(readFileSync(file, "utf8")) as JsonObject[];
}

/** Over everything but the description; written the way Python shows these objects, so that states of dbt compare. */
function checksum(test: UnitTest): string {
  const rows = (value: JsonObject) =>
    `rows=${pyRepr(value.rows)}, format=<UnitTestFormat.${FORMAT_NAMES[value.format as string]}: '${String(value.format)}'>, ` +
    `fixture=${pyRepr(value.fixture)}`;
  const given = test.given.map((item) => `UnitTestInputFixture(input=${pyRepr(item.input)}, ${rows(item)})`);
  const versions = test.versions
    ? `UnitTestNodeVersions(include=${pyRepr(test.versions.include)}, exclude=${pyRepr(test.versions.exclude)})`
    : "None";
  const { overrides } = test;
  const overridden = overrides
    ? `UnitTestOverrides(macros=${pyRepr(overrides.macros)}, vars=${pyRepr(overrides.vars)}, env_vars=${pyRepr(overrides.env_vars)})`
    : "None";
  let data = `${test.model}-${versions}-[${given.join(", ")}]-UnitTestOutputFixture(${rows(test.expect)})-${overridden}`;
  for (const item of test.given) if (item.fixture) data += `-${pyStr(item.rows)}`;
  return createHash("sha256").update(data, "utf8").digest("hex");
}

const FORMAT_NAMES: { [format: string]: string } = { csv: "CSV", dict: "Dict", sql: "SQL" };

/** Finds the model of each unit test, and makes one test of each of its versions. @throws TsdbtError */
export function linkUnitTests(
  state: ParseState,
  fail: (test: UnitTest, message: string, hint?: string) => Error,
): void {
  const { manifest, lookups } = state;
  for (const test of [...manifest.unit_tests.values()]) {
    const [name, version = null] = test.model.trim().split(/\s+/) as [string, string?];
    const id = lookups.refId(name, test.package_name, version);
    const model =
      (id === null ? undefined : manifest.nodes.get(id)) ??
      (lookups.findDisabled(name, test.package_name, version, ["model"])?.[0] as Node | undefined);
    if (!model) {
      throw fail(
        test,
        `Unable to find model '${test.package_name}.${test.model}' for unit test '${test.name}' in ${test.original_file_path}`,
        didYouMean(test.model, lookups.refNames()),
      );
    }
    if (!model.config.enabled) {
      test.config.enabled = false;
      manifest.unit_tests.delete(test.unique_id);
      addDisabled(state, test);
      continue;
    }
    test.depends_on.nodes = [model.unique_id];
    test.schema = model.schema;
    checkIncremental(test, model, fail);
    linkVersions(state, test, model, fail);
  }
}

function checkIncremental(
  test: UnitTest,
  model: Node,
  fail: (test: UnitTest, message: string, hint?: string) => Error,
): void {
  if (!model.depends_on.macros.includes("macro.dbt.is_incremental")) return;
  const value = (test.overrides?.macros as Dict | undefined)?.is_incremental;
  if (typeof value !== "boolean") {
    throw fail(
      test,
      `Boolean override for 'is_incremental' must be provided for unit test '${test.name}' in model '${model.name}'`,
      "add `overrides: {macros: {is_incremental: false}}`",
    );
  }
  if (value && !test.given.some((item) => item.input === "this"))
    throw fail(test, `Unit test '${test.name}' for incremental model '${model.name}' must have a 'this' input`);
}

function linkVersions(
  state: ParseState,
  test: UnitTest,
  model: Node,
  fail: (test: UnitTest, message: string) => Error,
): void {
  const { manifest } = state;
  const include = test.versions?.include as unknown[] | null | undefined;
  const exclude = test.versions?.exclude as unknown[] | null | undefined;
  if (model.version === null || model.version === undefined) {
    if (!include?.length && !exclude?.length) return;
    throw fail(
      test,
      `Unit test '${test.name}' should not have a versions include or exclude when referencing non-versioned model '${model.name}'`,
    );
  }
  const versions = [...manifest.nodes.values()].filter(
    (node) =>
      node.resource_type === "model" &&
      node.version !== null &&
      node.package_name === model.package_name &&
      node.name === model.name &&
      (exclude?.length ? !exclude.includes(node.version) : include?.length ? include.includes(node.version) : true),
  );
  if (versions.length === 0)
    throw fail(test, `Unit test '${test.name}' referenced a version of '${model.name}' which was not found.`);
  manifest.unit_tests.delete(test.unique_id);
  for (const version of versions) {
    const uniqueId = `${test.unique_id}_v${versionText(version.version)}`;
    manifest.unit_tests.set(uniqueId, {
      ...test,
      unique_id: uniqueId,
      depends_on: { macros: [], nodes: [version.unique_id] },
      version: version.version ?? null,
    });
  }
}
