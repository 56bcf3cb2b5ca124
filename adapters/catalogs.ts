/** A catalog that models may name by `catalog_name`, as catalogs.yml or the adapter itself describes it. */
export interface CatalogIntegration {
  /** What models name. */
  name: string;
  /** Such as `glue`, in lower case. */
  catalogType: string;
  /** Its name at the warehouse. */
  catalogName: string | null;
  tableFormat: string | null;
  fileFormat: string | null;
  externalVolume: string | null;
  catalogDatabase: string | null;
}
