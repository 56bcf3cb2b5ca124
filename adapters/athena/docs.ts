import type { Column, Table as GlueTable } from "@aws-sdk/client-glue";
import { TsdbtError } from "../../core/errors.ts";
import { PyDict } from "../../core/jinja/index.ts";
import { pyStr } from "../../core/jinja/runtime/repr.ts";
import { dumpJson } from "../../core/python/json.ts";
import { lookUp } from "../look-up.ts";
import type { Relation } from "../relation.ts";
import type { AthenaAdapter } from "./adapter.ts";

/** Longest texts that Glue keeps. */
const TABLE_COMMENT = 2048;
const COLUMN_COMMENT = 255;
const PARAMETER_VALUE = 512_000;

export interface DocsWanted {
  ofRelation: boolean;
  ofColumns: boolean;
  skipArchive: boolean;
  /** What dbt keeps beside a table's description. */
  project: { name: unknown; version: unknown };
  warn: (message: string) => void;
}

/** Writes descriptions and meta of a model and its columns to Glue, where they differ from what is there. */
export async function persistDocs(
  adapter: AthenaAdapter,
  relation: Relation,
  model: unknown,
  wanted: DocsWanted,
): Promise<void> {
  const table = await adapter.glue.table(relation);
  if (!table) {
    throw new TsdbtError(
      "TD5463",
      "Runtime Error",
      `Table ${relation.render()} does not exist: it takes no comments.`,
      {
        hint: "Something else dropped it meanwhile: run again.",
      },
    );
  }
  let changed = false;
  let described: GlueTable = { ...table, Parameters: { ...table.Parameters } };
  if (wanted.ofRelation) {
    const before = JSON.stringify([described.Description ?? "", described.Parameters]);
    described = withTableDocs(described, model, wanted);
    changed = JSON.stringify([described.Description, described.Parameters]) !== before;
  }
  if (wanted.ofColumns) {
    const columns = (table.StorageDescriptor?.Columns ?? []).map((column) =>
      withColumnDocs(column, model, wanted.warn),
    );
    changed ||= JSON.stringify(columns) !== JSON.stringify(table.StorageDescriptor?.Columns ?? []);
    described = { ...described, StorageDescriptor: { ...described.StorageDescriptor, Columns: columns } };
  }
  if (changed) await adapter.glue.updateTable(relation, described, wanted.skipArchive);
}

function withTableDocs(table: GlueTable, model: unknown, { project, warn }: DocsWanted): GlueTable {
  const Description = shortened(oneLine(pyStr(lookUp(model, "description") ?? "")), TABLE_COMMENT);
  const config = lookUp(model, "config");
  const meta = new PyDict();
  const given = lookUp(config, "meta");
  if (given instanceof PyDict) for (const [key, value] of given.entries()) meta.set(key, value);
  meta.set("unique_id", lookUp(model, "unique_id"));
  meta.set("materialized", lookUp(config, "materialized"));
  meta.set("dbt_project_name", project.name);
  meta.set("dbt_project_version", project.version);
  const Parameters = { ...table.Parameters, comment: Description, ...parametersOf(meta, "Meta", warn) };
  return { ...table, Description, Parameters };
}

function withColumnDocs(column: Column, model: unknown, warn: (message: string) => void): Column {
  const columns = lookUp(model, "columns");
  const documented = columns instanceof PyDict ? columns.get(column.Name ?? "") : undefined;
  if (documented === undefined) return column;
  const Comment = shortened(oneLine(pyStr(lookUp(documented, "description") ?? "")), COLUMN_COMMENT);
  const meta = lookUp(documented, "meta");
  const Parameters = meta instanceof PyDict && meta.size > 0 ? parametersOf(meta, "Column meta", warn) : {};
  return {
    ...column,
    ...((Comment !== "" || column.Comment !== undefined) && { Comment }),
    ...(Object.keys(Parameters).length > 0 && { Parameters: { ...column.Parameters, ...Parameters } }),
  };
}

/** What Glue can keep of a `meta`: texts under keys of 255 characters at most. */
function parametersOf(meta: PyDict, what: string, warn: (message: string) => void): { [key: string]: string } {
  const parameters: { [key: string]: string } = {};
  for (const [key, value] of meta.entries()) {
    const name = pyStr(key);
    if (name.length > 255 || /[^\u0020-\ud7ff\ue000-\ufffd\t]/.test(name)) {
      warn(`${what} key '${name}' is not supported and will be ignored`);
      continue;
    }
    const text = value instanceof PyDict || Array.isArray(value) ? dumpJson(value) : pyStr(value);
    parameters[name] = text.slice(0, PARAMETER_VALUE);
  }
  return parameters;
}

function oneLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}

function shortened(text: string, size: number): string {
  return text.length > size ? `${text.slice(0, size - 3)}...` : text;
}
