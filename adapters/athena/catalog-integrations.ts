import { TsdbtError } from "../../core/errors.ts";
import { PyDict } from "../../core/jinja/index.ts";

/** Catalogs that models may name by `catalog_name` without a catalogs.yml: what their tables are by default. */
const CATALOGS: { readonly [name: string]: { tableFormat: string } } = {
  info_schema: { tableFormat: "hive" },
  glue: { tableFormat: "iceberg" },
};

/** What macros ask of a catalog: `adapter.build_catalog_relation(config.model).table_format`. */
export function namedCatalog(name: string): PyDict {
  const known = Object.hasOwn(CATALOGS, name) ? CATALOGS[name] : undefined;
  if (!known) {
    const names = Object.keys(CATALOGS).join(", ");
    throw new TsdbtError("TD5063", "Runtime Error", `Catalog not found. Received: ${name}. Expected one of: ${names}`, {
      hint: "Catalogs of a catalogs.yml are not there yet: use `table_type`, `s3_data_dir` and `database` instead.",
    });
  }
  return PyDict.from({
    catalog_type: name,
    catalog_name: name,
    table_format: known.tableFormat,
    file_format: "parquet",
    external_volume: null,
    catalog_database: null,
  });
}
