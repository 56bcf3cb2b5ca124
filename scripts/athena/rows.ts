import type { Look } from "../../tests/athena/look.ts";

/** Columns whose values are new in each run. */
const NEW_EACH_TIME = /^(?:dbt_valid_from|dbt_valid_to|dbt_updated_at|dbt_scd_id|seen)$/;

/** {@link tableRows} of a schema and of those whose names begin with its own, by `schema.table`. */
export async function rowsOfSchemas(look: Look, schema: string): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const name of await look.schemas()) {
    if (name !== schema && !name.startsWith(`${schema}_`)) continue;
    for (const [table, rows] of Object.entries(await tableRows(look, name))) {
      found.set(`${name.replace(schema, "SCHEMA")}.${table}`, rows);
    }
  }
  return found;
}

/** The rows of every table and view of a schema, in an order of their own, and the tables' columns. */
async function tableRows(look: Look, schema: string): Promise<{ [table: string]: unknown }> {
  const found: { [table: string]: unknown } = {};
  for (const { Name = "", StorageDescriptor, PartitionKeys = [] } of await look.tables(schema)) {
    const columns = [...(StorageDescriptor?.Columns ?? []), ...PartitionKeys].map((column) => column.Name ?? "");
    const shown = columns.map((name) => {
      if (name === "dbt_valid_to") return `"${name}" is null`;
      return NEW_EACH_TIME.test(name) ? "null" : `"${name}"`;
    });
    const rows = await look.rows(`select ${shown.join(", ")} from "${schema}"."${Name}"`, schema);
    found[Name] = [columns, rows.map((row) => JSON.stringify(row.map(rounded))).sort()];
  }
  return Object.fromEntries(Object.entries(found).sort());
}

/** The engine adds floating-point numbers in an order of its own: their last digits differ from one run to the next. */
function rounded(value: string | null): string | null {
  return value !== null && /^-?\d+\.\d+(?:E-?\d+)?$/.test(value) ? Number(value).toPrecision(12) : value;
}
