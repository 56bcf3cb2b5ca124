import { type Dict, isDict } from "../config/index.ts";
import { pyRepr, pyStr, pyType } from "../python-text.ts";
import type { ParseWarnings } from "../warnings.ts";
import { testNames } from "./names.ts";

/** What a generic test is put on. */
export interface TestTarget {
  kind: "model" | "node" | "source";
  /** `orders`, or `raw_orders` for a table of a source. */
  name: string;
  source?: { name: string; table: string };
  /** The properties file. */
  file: string;
  packageName: string;
}

/** A generic test taken apart: what is its config, what are the test macro's arguments, what is it called. */
export interface BuiltTest {
  /** `not_null`, without its namespace. */
  name: string;
  namespace: string | null;
  args: Dict;
  config: Dict;
  description: string;
  /** Names the file and, where the full name is too long, the alias. */
  compiledName: string;
  /** Stands in the unique id and the fqn. */
  fqnName: string;
  rawCode: string;
  tags: string[];
}

export interface BuildOptions {
  columnName: string | null;
  version: string | number | null;
  /** Behaviour flag `require_generic_test_arguments_property`. */
  argumentsProperty: boolean;
  sqlHeaderAllowed: boolean;
  warnings: ParseWarnings;
  /** Renders a config value natively. @throws TsdbtError */
  render(value: string, key: string): unknown;
}

/** A test that is not written as it should be. `key` names the argument at fault. */
export class TestProblem extends Error {
  readonly kind: "Parsing Error" | "Compilation Error";
  readonly key: string | undefined;
  constructor(kind: "Parsing Error" | "Compilation Error", message: string, key?: string) {
    super(message);
    this.kind = kind;
    this.key = key;
  }
}

/** Arguments of a test that configure it rather than go to its macro. */
export const TEST_CONFIG_ARGS = [
  "severity",
  "tags",
  "enabled",
  "where",
  "limit",
  "warn_if",
  "error_if",
  "fail_calc",
  "store_failures",
  "store_failures_as",
  "sql_header",
  "meta",
  "database",
  "schema",
  "alias",
] as const;

const TOP_LEVEL: ReadonlySet<string> = new Set(["config", "column_name", "description", "name", ...TEST_CONFIG_ARGS]);
const NAME = /^(?:([a-zA-Z_][0-9a-zA-Z_]*)\.)?([a-zA-Z_][0-9a-zA-Z_]*)/;

/**
 * Takes a generic test as written in a properties file apart.
 * @throws TestProblem with dbt's words
 */
export function buildTest(dataTest: unknown, target: TestTarget, options: BuildOptions): BuiltTest {
  const { testName, args } = testArguments(dataTest, target, options);
  if ("model" in args)
    throw new TestProblem("Compilation Error", 'Test arguments include "model", which is a reserved argument', "model");
  args.model = modelArgument(target, options.version);
  const match = NAME.exec(testName);
  if (!match)
    throw new TestProblem("Compilation Error", `Test name string did not match expected pattern: ${testName}`);
  const namespace = match[1] ?? null;
  const name = match[2]!;
  const config = testConfig(args, options);
  if (config.sql_header !== undefined && !options.sqlHeaderAllowed) {
    options.warnings.deprecate(
      "CustomKeyInConfigDeprecation",
      `Custom key \`sql_header\` found in \`config\` at path \`models.config\` in file \`${target.file}\`. ` +
        "Custom config keys should move into the `config.meta`.",
      { key: "sql_header", file: target.file, key_path: "models.config" },
    );
  }
  const description = take(args, "description");
  const given = take(args, "name");
  let names: { short: string; full: string };
  if (given !== undefined) names = { short: pyStr(given), full: pyStr(given) };
  else {
    names = testNames(typeOf(target, namespace, name), targetName(target, options.version), args);
    if (names.short !== names.full && !("alias" in config)) config.alias = names.short;
  }
  return {
    name,
    namespace,
    args,
    config,
    description: description === undefined || description === null ? "" : pyStr(description),
    compiledName: names.short,
    fqnName: names.full,
    rawCode: `{{ ${namespace === null ? "" : `${namespace}.`}test_${name}(**_dbt_generic_test_kwargs) }}${configCall(config)}`,
    tags: testTags(config),
  };
}

function testArguments(dataTest: unknown, target: TestTarget, options: BuildOptions): { testName: string; args: Dict } {
  if (!isDict(dataTest))
    throw new TestProblem(
      "Parsing Error",
      `test must be dict or str, got ${pyType(dataTest)} (value ${pyStr(dataTest)})`,
    );
  let testName: unknown;
  let given: unknown;
  if ("test_name" in dataTest) {
    const { test_name, ...rest } = dataTest;
    testName = test_name;
    given = rest;
  } else {
    const entries = Object.entries(dataTest);
    if (entries.length !== 1) {
      const shown = `[${entries.map(([key, value]) => `(${pyRepr(key)}, ${pyRepr(value)})`).join(", ")}]`;
      throw new TestProblem(
        "Parsing Error",
        `test definition dictionary must have exactly one key, got ${shown} instead (${entries.length} keys)`,
        entries[1]?.[0],
      );
    }
    [testName, given] = entries[0]!;
  }
  if (!isDict(given)) {
    throw new TestProblem(
      "Parsing Error",
      `test arguments must be a dict, got ${pyType(given)} (value ${pyStr(given)})`,
      typeof testName === "string" ? testName : undefined,
    );
  }
  if (typeof testName !== "string")
    throw new TestProblem(
      "Parsing Error",
      `test name must be a str, got ${pyType(testName)} (value ${pyStr(testName)})`,
    );
  let args: Dict = { ...given };
  if (options.columnName !== null) args.column_name = options.columnName;
  if (options.argumentsProperty) args = unpackArguments(args, testName, target, options);
  else if ("arguments" in args) {
    const shown = `\`${testName}\` (${pyStr(args.arguments)})`;
    options.warnings.deprecate(
      "ArgumentsPropertyInGenericTestDeprecation",
      `Found \`arguments\` property in test definition of ${shown} without usage of ` +
        "`require_generic_test_arguments_property` behavior change flag. The `arguments` property is deprecated for " +
        "custom usage and will be used to nest keyword arguments in future versions of dbt.",
      { test_name: shown },
    );
  }
  return { testName, args };
}

/** https://docs.getdbt.com/reference/resource-properties/data-tests: arguments stand under `arguments:`. */
function unpackArguments(args: Dict, testName: string, target: TestTarget, options: BuildOptions): Dict {
  const { arguments: given = {}, ...rest } = args;
  for (const key of Object.keys(rest)) {
    if (!(TEST_CONFIG_ARGS as readonly string[]).includes(key)) continue;
    const path = `data_tests.${testName}.${key}`;
    options.warnings.deprecate(
      "PropertyMovedToConfigDeprecation",
      `Found \`${key}\` as a top-level property of \`${path}\` in file \`${target.file}\`. The \`${key}\` top-level ` +
        `property should be moved into the \`config\` of \`${path}\`.`,
      { key, file: target.file, key_path: path },
    );
  }
  const hasArguments = isDict(given) ? Object.keys(given).length > 0 : Boolean(given);
  if (!hasArguments && Object.keys(rest).some((key) => !TOP_LEVEL.has(key))) {
    options.warnings.deprecate(
      "MissingArgumentsPropertyInGenericTestDeprecation",
      `Found top-level arguments to test \`${testName}\` defined on '${target.name}' in package ` +
        `'${target.packageName}' (${target.file}). Arguments to generic tests should be nested under the \`arguments\` property.`,
      { test_name: testName },
    );
  }
  return isDict(given) ? { ...rest, ...given } : rest;
}

function modelArgument(target: TestTarget, version: string | number | null): string {
  const relation = target.source
    ? `source('${target.source.name}', '${target.source.table}')`
    : target.kind === "model" && version
      ? `ref('${target.name}', version='${pyStr(version)}')`
      : `ref('${target.name}')`;
  return `{{ get_where_subquery(${relation}) }}`;
}

const CONFIGURING: ReadonlySet<string> = new Set(["config", ...TEST_CONFIG_ARGS]);

/** Moves what configures the test out of its arguments, from beside them or from under `config`. */
function testConfig(args: Dict, options: BuildOptions): Dict {
  if (!Object.keys(args).some((key) => CONFIGURING.has(key))) return {};
  const nested = "config" in args ? args.config : undefined;
  if (nested !== undefined && !isDict(nested))
    throw new TestProblem(
      "Parsing Error",
      `'config' must be a dict, got ${pyType(nested)} (value ${pyStr(nested)})`,
      "config",
    );
  const rest: Dict | undefined = nested === undefined ? undefined : { ...nested };
  const config: Dict = {};
  for (const key of TEST_CONFIG_ARGS) {
    let value = take(args, key);
    if (isTrue(value) && rest && key in rest)
      throw new TestProblem("Compilation Error", "Test cannot have the same key at the top-level and in config", key);
    if (!isTrue(value) && rest) value = take(rest, key);
    put(config, key, value, options);
  }
  if (rest) {
    delete args.config;
    for (const [key, value] of Object.entries(rest)) put(config, key, value, options);
  }
  return config;
}

function put(config: Dict, key: string, value: unknown, options: BuildOptions): void {
  const rendered = typeof value === "string" ? options.render(value, key) : value;
  if (rendered !== undefined && rendered !== null) config[key] = rendered;
}

function take(args: Dict, key: string): unknown {
  if (!(key in args)) return undefined;
  const value = args[key];
  delete args[key];
  return value;
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isDict(value) ? Object.keys(value).length > 0 : Boolean(value);
}

function typeOf(target: TestTarget, namespace: string | null, name: string): string {
  const type = target.kind === "source" ? `source_${name}` : name;
  return namespace === null ? type : `${namespace}_${type}`;
}

function targetName(target: TestTarget, version: string | number | null): string {
  return target.kind === "model" && version ? `${target.name}_v${pyStr(version)}` : target.name;
}

function testTags(config: Dict): string[] {
  const given = config.tags ?? [];
  const tags = typeof given === "string" ? [given] : given;
  if (!Array.isArray(tags)) {
    throw new TestProblem(
      "Compilation Error",
      `got ${pyStr(tags)} (${pyType(tags)}) for tags, expected a list of strings`,
      "tags",
    );
  }
  for (const tag of tags) {
    if (typeof tag !== "string")
      throw new TestProblem("Compilation Error", `got ${pyStr(tag)} (${pyType(tag)}) for tag, expected a str`, "tags");
  }
  return [...tags] as string[];
}

/** The test's config as a call behind the macro's, so that it reaches the node when the code is rendered. */
function configCall(config: Dict): string {
  const parts = Object.entries(config).map(
    ([key, value]) => `${key}=${typeof value === "string" ? `"${value.replaceAll('"', '\\"')}"` : pyStr(value)}`,
  );
  return parts.length === 0 ? "" : `{{ config(${parts.join(",")}) }}`;
}
