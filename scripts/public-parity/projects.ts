import type { ParityPlan } from "../parity/project.ts";

/** A public project that both tools must read alike. */
export interface PublicProject extends ParityPlan {
  name: string;
  /** `owner/name` on GitHub. */
  repository: string;
  /** Where in it dbt_project.yml lies, unless at its top. */
  folder?: string;
  /** The only parts of the repository that the project needs. */
  paths?: string[];
  /** What the hub or git would bring, by package name: the repository it is taken from. */
  packages?: { [name: string]: string };
  /** The warehouse of the profile that is written for it; DuckDB unless said. */
  profile?: "duckdb" | "clickhouse";
  target?: string;
  /** `build` runs everything and compares statuses and rows; `parse` compares the manifest. */
  mode: "build" | "parse";
  /** Stand-ins for files that are too big to be had with a clone. */
  stubs?: { [path: string]: string };
}

/** The commit that is compared, by repository. */
export const COMMITS: { [repository: string]: string } = {
  "brooklyn-data/dbt_artifacts": "6d37fa068c47de8ab85722047ca5af3f873cd508",
  "cal-itp/data-infra": "f20856f3f4cfe37f9e36f42bfe3ea22f6d4a2cfa",
  "calogica/dbt-date": "3580a09de74f25c66838f80fe79bb9c346351e62",
  "calogica/dbt-expectations": "c7dc2af8e1bd00b24583bea88cd883b88b706aab",
  "ClickHouse/dbt-clickhouse": "c5c810b8740b417c695e22007f4e08e500d91320",
  "data-mie/dbt-profiler": "1cc879230b8569c095f62148db0bda76a242d249",
  "DataRecce/jaffle-shop-expand": "8e536435566e013e042cad9a14742121f59469d9",
  "dbt-labs/attribution-playbook": "54e5543f7fc914f0701c259b83d43be77be519bd",
  "dbt-labs/dbt-audit-helper": "3bd0ca4e9d79b7d740ad7e77384b3d03a16cf242",
  "dbt-labs/dbt-codegen": "526cb1f0e8464d88b931e0249b4198039f15d641",
  "dbt-labs/dbt-project-evaluator": "927abbd523b627f4f1595e2fb93ebf2244314bd6",
  "dbt-labs/dbt-utils": "700764ce230b2fb775b5338b6bc77a72233ea34c",
  "dbt-labs/jaffle-shop": "7be2c5838dbdeca8e915d4e46db70e910753d7f6",
  "dbt-labs/jaffle_shop_duckdb": "9b13827913b230a045b0a71736a00e2053fbcb16",
  "duneanalytics/spellbook": "91dac121414fe46afdb47690ea5906871373dba5",
  "elementary-data/dbt-data-reliability": "ccb0de3409756b7c3d2a08a6216be7ba548c18ab",
  "gnosischain/dbt-cerebro": "9c8ab7375df5731949a891ecc627403c9f0533af",
  "godatadriven/dbt-date": "e706de9630b228aae58a2bb0e99f34b19abb4688",
  "metaplane/dbt-expectations": "77d385655ce3318685cf6930b46d077f61de5f55",
  "mitodl/ol-data-platform": "49d7ee606c383e44cc36e832f2343fb02b01cebb",
  "openedx/aspects-dbt": "6dc156a7790022a20e9d9ef6a584cabd462c995e",
  "starburstdata/dbt-trino-utils": "248dce66d4c3563e5d776f630ef637e7bcc1cb66",
  "tuva-health/tuva": "6be34c7add402a897dd020fa51c6be586847eb41",
  "yu-iskw/dbt-unittest": "95c8869d8e6f1502a5ebe7c0a422757e9bb68c23",
};

const DBT_UTILS = { dbt_utils: "dbt-labs/dbt-utils" };
const DBT_DATE = { dbt_date: "godatadriven/dbt-date" };
const EXPECTATIONS = { dbt_expectations: "metaplane/dbt-expectations", ...DBT_DATE };
const CODEGEN = { codegen: "dbt-labs/dbt-codegen" };
const AUDIT_HELPER = { audit_helper: "dbt-labs/dbt-audit-helper" };
const TRINO_UTILS = { trino_utils: "starburstdata/dbt-trino-utils" };
const ELEMENTARY = { elementary: "elementary-data/dbt-data-reliability" };
const JAFFLE_SEEDS = {
  "seeds/jaffle-data/raw_items.csv": "id,order_id,sku\n1,o1,JAF-001\n2,o1,BEV-001\n3,o2,JAF-003\n",
  "seeds/jaffle-data/raw_orders.csv":
    "id,customer,ordered_at,store_id,subtotal,tax_paid,order_total\n" +
    "o1,c1,2024-09-01T15:01:00,s1,700,42,742\no2,c2,2024-09-02T08:30:00,s1,1200,72,1272\n",
};
const BUCKETS = [
  "AGGREGATOR_SCRAPER AIRTABLE AMPLITUDE_BENEFITS_EVENTS ANALYSIS_OUTPUT_MODELS ELAVON_PARSED ENGHOUSE_PARSED",
  "GTFS_DOWNLOAD_CONFIG GTFS_RT_PARSED GTFS_RT_VALIDATION GTFS_SCHEDULE_PARSED_HOURLY GTFS_SCHEDULE_RAW",
  "GTFS_SCHEDULE_UNZIPPED_HOURLY GTFS_SCHEDULE_VALIDATION_HOURLY KUBA LITTLEPAY_PARSED LITTLEPAY_PARSED_V3",
  "LITTLEPAY_RAW_V3 NTD_API_DATA_PRODUCTS NTD_REPORT_VALIDATION NTD_XLSX_DATA_PRODUCTS__CLEAN",
  "STATE_GEOPORTAL_DATA_PRODUCTS TIDES",
].flatMap((names) => names.split(" "));

function spellbook(name: string, packages: { [name: string]: string } = DBT_UTILS): PublicProject {
  const folder = `dbt_subprojects/${name}`;
  return {
    name: `spellbook-${name.replace("_spellbook", "")}`,
    repository: "duneanalytics/spellbook",
    folder,
    paths: [folder, "sources", "dbt_macros"],
    packages,
    mode: "parse",
  };
}

/** The project with which a package tests itself, read only. */
function ofPackage(
  repository: string,
  packages: { [name: string]: string } = {},
  folder = "integration_tests",
): PublicProject {
  const name = repository.slice(repository.indexOf("/") + 1);
  return { name, repository, folder, packages, mode: "parse" };
}

export const PROJECTS: PublicProject[] = [
  {
    name: "dbt-utils",
    repository: "dbt-labs/dbt-utils",
    folder: "integration_tests",
    volatileColumns: ["recency_time_included.created_at"],
    mode: "build",
  },
  {
    name: "dbt-codegen",
    repository: "dbt-labs/dbt-codegen",
    folder: "integration_tests",
    packages: DBT_UTILS,
    mode: "build",
  },
  {
    name: "dbt-expectations",
    repository: "metaplane/dbt-expectations",
    folder: "integration_tests",
    packages: DBT_DATE,
    volatileColumns: ["row_value", "row_value_log"],
    // they look at random values
    volatileFields: ["within_n_moving_stdevs_timeseries.*\\.(status|failures|message)$"],
    mode: "build",
  },
  { name: "dbt-date", repository: "godatadriven/dbt-date", folder: "integration_tests", mode: "build" },
  {
    name: "jaffle-shop",
    repository: "dbt-labs/jaffle-shop",
    packages: { ...DBT_UTILS, ...DBT_DATE, ...AUDIT_HELPER },
    stubs: JAFFLE_SEEDS,
    commands: [["build", "--vars", "{load_source_data: true}"]],
    mode: "build",
  },
  {
    name: "jaffle-shop-expand",
    repository: "DataRecce/jaffle-shop-expand",
    packages: { ...DBT_UTILS, ...DBT_DATE, ...AUDIT_HELPER },
    stubs: JAFFLE_SEEDS,
    commands: [["build", "--vars", "{load_source_data: true}"]],
    mode: "build",
  },
  { name: "jaffle_shop_duckdb", repository: "dbt-labs/jaffle_shop_duckdb", mode: "build" },
  spellbook("solana"),
  {
    ...spellbook("tokens", { ...DBT_UTILS, ...CODEGEN, ...TRINO_UTILS }),
    stubs: { "models/tokens/ethereum/tokens_ethereum_nft_curated.sql": "select 1 as contract_address" },
  },
  spellbook("dex"),
  spellbook("hourly_spellbook"),
  spellbook("daily_spellbook"),
  {
    name: "dbt-cerebro",
    repository: "gnosischain/dbt-cerebro",
    profile: "clickhouse",
    packages: { ...DBT_UTILS, ...ELEMENTARY },
    stubs: { "seeds/gp_migrated_safes.csv": "safe,migrated_at\n0x0,2024-01-01\n" },
    env: { CEREBRO_PII_SALT: "salt" },
    mode: "parse",
  },
  {
    name: "aspects",
    repository: "openedx/aspects-dbt",
    profile: "clickhouse",
    packages: { ...DBT_UTILS, ...CODEGEN },
    mode: "parse",
  },
  ofPackage("dbt-labs/dbt-project-evaluator", DBT_UTILS),
  ofPackage("dbt-labs/dbt-audit-helper", DBT_UTILS),
  ofPackage("elementary-data/dbt-data-reliability", DBT_UTILS, "integration_tests/dbt_project"),
  ofPackage("tuva-health/tuva", { ...DBT_UTILS, ...EXPECTATIONS, ...ELEMENTARY }),
  ofPackage("data-mie/dbt-profiler", { ...DBT_UTILS, ...EXPECTATIONS }),
  {
    ...ofPackage("brooklyn-data/dbt_artifacts", {}, "integration_test_project"),
    volatileFields: ["\\.microbatch\\.config$"],
  },
  { ...ofPackage("calogica/dbt-expectations", { dbt_date: "calogica/dbt-date" }), name: "calogica-expectations" },
  { ...ofPackage("calogica/dbt-date"), name: "calogica-date" },
  ofPackage("yu-iskw/dbt-unittest"),
  { name: "attribution-playbook", repository: "dbt-labs/attribution-playbook", mode: "parse" },
  {
    name: "clickhouse-taxis",
    repository: "ClickHouse/dbt-clickhouse",
    folder: "examples/taxis",
    profile: "clickhouse",
    mode: "parse",
  },
  {
    name: "ol-data-platform",
    repository: "mitodl/ol-data-platform",
    folder: "src/ol_dbt",
    paths: ["src/ol_dbt"],
    packages: { ...DBT_UTILS, ...CODEGEN, ...EXPECTATIONS, ...TRINO_UTILS, ...AUDIT_HELPER },
    mode: "parse",
  },
  {
    name: "cal-itp",
    repository: "cal-itp/data-infra",
    folder: "warehouse",
    paths: ["warehouse"],
    packages: { ...DBT_UTILS, ...EXPECTATIONS },
    env: {
      GOOGLE_CLOUD_PROJECT: "some-project",
      ...Object.fromEntries(BUCKETS.map((name) => [`CALITP_BUCKET__${name}`, `gs://${name.toLowerCase()}`])),
    },
    mode: "parse",
  },
];
