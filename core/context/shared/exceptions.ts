import type { ErrorKind } from "../../errors.ts";
import { defineFunction, PyDict } from "../../jinja/index.ts";
import { pyIterate } from "../../jinja/runtime/iterate.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import { HostObject, type PyCallable } from "../../jinja/runtime/values.ts";
import { type Described, templateError } from "./errors.ts";

/** Where `exceptions.warn` and its like go: an event that `--warn-error` may turn into an error. */
export type WarnSink = (warning: { message: string; name: string; code: string }) => void;

/**
 * The `exceptions` of templates: `exceptions.raise_compiler_error("…")`, `exceptions.warn("…")` and the rest.
 * Each `raise_…` throws a TsdbtError with dbt's words.
 * https://docs.getdbt.com/reference/dbt-jinja-functions/exceptions
 */
export function createExceptions(node: Described | null, warn: WarnSink): PyDict {
  const fail = (message: string, kind: ErrorKind = "Compilation Error"): never => {
    throw templateError("TD3000", message, node, kind);
  };
  const functions: PyCallable[] = [
    defineFunction("warn(msg, node=None)", (message) => {
      warn({ message: pyStr(message), name: "JinjaLogWarning", code: "I061" });
      return "";
    }),
    defineFunction("missing_config(model, name)", (model, name) =>
      fail(`Model '${text(model, "unique_id")}' does not define a required config parameter '${pyStr(name)}'.`),
    ),
    defineFunction("missing_materialization(model, adapter_type)", (model, type) =>
      fail(missingMaterialization(text(read(model, "config"), "materialized"), pyStr(type))),
    ),
    defineFunction("missing_relation(relation, model=None)", (relation) =>
      fail(`Relation ${pyStr(relation)} not found!`),
    ),
    defineFunction("raise_ambiguous_alias(node_1, node_2, duped_name=None)", (one, two, duped) => {
      const name =
        duped === null ? ["database", "schema", "alias"].map((key) => text(one, key)).join(".") : pyStr(duped);
      const line = (n: unknown) => `- ${text(n, "unique_id")} (${text(n, "original_file_path")})`;
      return fail(
        `dbt found two resources with the database representation "${name}".\n` +
          "dbt cannot create two resources with identical database representations. To fix this,\n" +
          `change the configuration of one of these resources:\n${line(one)}\n${line(two)}`,
      );
    }),
    defineFunction("raise_ambiguous_catalog_match(unique_id, match_1, match_2)", (id, one, two) => {
      const where = (match: unknown) =>
        `${text(read(match, "metadata"), "schema")}.${text(read(match, "metadata"), "name")}`;
      return fail(
        "dbt found two relations in your warehouse with similar database identifiers. dbt\n" +
          `is unable to determine which of these relations was created by the model "${pyStr(id)}".\n` +
          "In order for dbt to correctly generate the catalog, one of the following relations must be deleted or renamed:\n\n" +
          ` - ${where(one)}\n - ${where(two)}`,
      );
    }),
    defineFunction("raise_cache_inconsistent(message)", (message) =>
      fail(`Internal Error\nCache inconsistency detected: ${pyStr(message)}`),
    ),
    defineFunction("raise_dataclass_not_dict(obj)", (object) =>
      fail(
        `The object ("${pyStr(object)}") was used as a dictionary. This capability has been removed from objects of this type.`,
      ),
    ),
    defineFunction("raise_compiler_error(msg, node=None)", (message) => fail(pyStr(message))),
    defineFunction("raise_database_error(msg, node=None)", (message) => fail(pyStr(message), "Database Error")),
    defineFunction("raise_dep_not_found(node, node_description, required_pkg)", (_node, description, pkg) =>
      fail(
        `Error while parsing ${pyStr(description)}.\nThe required package "${pyStr(pkg)}" was not found. ` +
          "Is the package installed?\nHint: You may need to run `dbt deps`.",
      ),
    ),
    defineFunction("raise_dependency_error(msg)", (message) => fail(pyStr(message), "Runtime Error")),
    defineFunction("raise_duplicate_patch_name(patch_1, existing_patch_path)", (patch) =>
      fail(`dbt found two schema.yml entries for the same resource named ${text(patch, "name")}.`),
    ),
    defineFunction("raise_duplicate_resource_name(node_1, node_2)", (one, two) =>
      fail(
        `dbt found two resources with the name "${text(one, "name")}".\n\nTo fix this, change the name of one of ` +
          `these resources:\n- ${text(one, "unique_id")} (${text(one, "original_file_path")})\n` +
          `- ${text(two, "unique_id")} (${text(two, "original_file_path")})`,
      ),
    ),
    defineFunction("raise_invalid_property_yml_version(path, issue)", (path, issue) =>
      fail(
        `The yml property file at ${pyStr(path)} is invalid because ${pyStr(issue)}. Please consult the documentation ` +
          "for more information on yml property file syntax:\n\nhttps://docs.getdbt.com/reference/configs-and-properties",
      ),
    ),
    defineFunction("raise_not_implemented(msg)", (message) => fail(`ERROR: ${pyStr(message)}`)),
    defineFunction("relation_wrong_type(relation, expected_type, model=None)", (relation, expected) =>
      fail(
        `Trying to create ${pyStr(expected)} ${pyStr(relation)}, but it currently exists as a ` +
          `${text(relation, "type")}. Either drop ${pyStr(relation)} manually, or run dbt with ` +
          "`--full-refresh` and dbt will drop it for you.",
      ),
    ),
    defineFunction("raise_contract_error(yaml_columns, sql_columns)", (yaml, sql) =>
      fail(contractMessage(columnsOf(yaml), columnsOf(sql))),
    ),
    defineFunction("column_type_missing(column_names)", (names) =>
      fail(
        "Contracted models require data_type to be defined for each column. Please ensure that the column name and " +
          `data_type are defined within the YAML configuration for the ${pyStr(names)} column(s).`,
      ),
    ),
    defineFunction("raise_fail_fast_error(msg, node=None)", (message) => fail(pyStr(message), "FailFast Error")),
    defineFunction(
      "warn_snapshot_timestamp_data_types(snapshot_time_data_type, updated_at_data_type)",
      (snapshot, updated) => {
        warn({
          message:
            `Data type of snapshot table timestamp columns (${pyStr(snapshot)}) doesn't match derived column ` +
            `'updated_at' (${pyStr(updated)}). Please update snapshot config 'updated_at'.`,
          name: "SnapshotTimestampWarning",
          code: "Q043",
        });
        return null;
      },
    ),
  ];
  return PyDict.from(functions.map((fn): [unknown, unknown] => [fn.name, fn]));
}

/** `No materialization 'x' was found for adapter duckdb! (searched types 'default' and 'duckdb')`. */
export function missingMaterialization(materialization: string, adapterType: string): string {
  const types = adapterType === "default" ? "'default'" : `'default' and '${adapterType}'`;
  return `No materialization '${materialization}' was found for adapter ${adapterType}! (searched types ${types})`;
}

function read(value: unknown, name: string): unknown {
  if (value instanceof PyDict) return value.get(name);
  if (value instanceof HostObject) return value.attr(name) ?? value.item(name);
  return undefined;
}

function text(value: unknown, name: string): string {
  const found = read(value, name);
  return found === undefined ? "None" : pyStr(found);
}

interface ContractColumn {
  name: string;
  type: string;
}

function columnsOf(list: unknown): ContractColumn[] {
  return [...pyIterate(list)].map((column) => ({ name: text(column, "name"), type: text(column, "data_type") }));
}

/** dbt's message for a broken contract: a table of the columns that differ, by name. */
function contractMessage(yaml: ContractColumn[], sql: ContractColumn[]): string {
  if (yaml.length === 0) {
    return "This model has an enforced contract, and its 'columns' specification is missing";
  }
  const rows: string[][] = [];
  for (const column of sql) {
    const wanted = yaml.find((c) => c.name === column.name);
    if (!wanted) rows.push([column.name, column.type, "", "missing in contract"]);
    else if (wanted.type !== column.type) rows.push([column.name, column.type, wanted.type, "data type mismatch"]);
  }
  for (const column of yaml) {
    if (!sql.some((c) => c.name === column.name)) rows.push([column.name, "", column.type, "missing in definition"]);
  }
  rows.sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1));
  const table = [["column_name", "definition_type", "contract_type", "mismatch_reason"], ...rows];
  const cut = (cell: string) => (cell.length > 50 ? `${cell.slice(0, 47)}...` : cell);
  const widths = [0, 1, 2, 3].map((i) => Math.max(...table.map((row) => cut(row[i] as string).length)));
  const line = (cells: string[]) => `| ${cells.map((c, i) => cut(c).padEnd(widths[i] as number)).join(" | ")} |`;
  const rule = `| ${widths.map((w) => "-".repeat(w)).join(" | ")} |`;
  const printed = [line(table[0] as string[]), rule, ...rows.map(line)].join("\n");
  return (
    "This model has an enforced contract that failed.\nPlease ensure the name, data_type, and number of columns in " +
    `your contract match the columns in your model's definition.\n\n${printed}\n`
  );
}
