import { TsdbtError } from "../../core/errors.ts";
import { PyDict } from "../../core/jinja/index.ts";
import type { CatalogIntegration } from "../catalogs.ts";

const FORMATS: { readonly [type: string]: string } = { glue: "iceberg", s3_tables: "iceberg", info_schema: "hive" };

/** Types of catalogs that catalogs.yml may describe. */
export const CATALOG_TYPES: readonly string[] = Object.keys(FORMATS);

/** The `table_type` of each format that the second form of catalogs.yml knows. */
export const TABLE_FORMATS = { default: "hive", iceberg: "iceberg" };

/** There without a catalogs.yml. */
const OWN: readonly CatalogIntegration[] = ["info_schema", "glue"].map((name) => ({
  name,
  catalogType: name,
  catalogName: name,
  tableFormat: null,
  fileFormat: "parquet",
  externalVolume: null,
  catalogDatabase: null,
}));

/** The catalogs that models may name by `catalog_name`: those of a catalogs.yml, `glue` and `info_schema`. */
export class Catalogs {
  private readonly byName: ReadonlyMap<string, CatalogIntegration>;
  /** Throws a TsdbtError where one of them has the name of one that is always there. */
  constructor(given: readonly CatalogIntegration[]) {
    const taken = given.find(({ name }) => OWN.some((own) => own.name === name));
    if (taken) {
      throw new TsdbtError("TD5064", "Runtime Error", `Catalog already exists: ${taken.name}.`, {
        file: "catalogs.yml",
        hint: `${OWN.map(({ name }) => `\`${name}\``).join(" and ")} are there without being described: give it another name.`,
      });
    }
    this.byName = new Map([...OWN, ...given].map((catalog) => [catalog.name, catalog]));
  }

  /** What macros ask of one: `adapter.build_catalog_relation(config.model).table_format`. */
  relationOf(name: string): PyDict {
    return PyDict.from(this.fieldsOf(name));
  }
  /** What `adapter.get_catalog_integration(name)` answers. */
  integrationOf(name: string): PyDict {
    return PyDict.from({ name, ...this.fieldsOf(name), allows_writes: true });
  }
  private fieldsOf(name: string) {
    const catalog = this.byName.get(name);
    if (!catalog) {
      const names = [...this.byName.keys()].join(", ");
      throw new TsdbtError(
        "TD5063",
        "Runtime Error",
        `Catalog not found. Received: ${name}. Expected one of: ${names}`,
        {
          hint: "Describe it in catalogs.yml.",
        },
      );
    }
    const { catalogType, catalogName, tableFormat, fileFormat, externalVolume, catalogDatabase } = catalog;
    return {
      catalog_type: catalogType,
      catalog_name: catalogName,
      table_format: tableFormat ?? FORMATS[catalogType],
      file_format: fileFormat,
      // S3 Tables keep their files themselves.
      external_volume: catalogType === "s3_tables" ? null : externalVolume,
      catalog_database: catalogDatabase,
    };
  }
}
