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
  /** `build` runs everything and compares statuses and rows, `compile` the compiled SQL, `parse` the manifest. */
  mode: "build" | "compile" | "parse";
  /** Stand-ins for what a clone lacks: big files, models that are not public, macros for this warehouse. */
  stubs?: { [path: string]: string };
}

const DBT_UTILS = { dbt_utils: "dbt-labs/dbt-utils" };
const DBT_DATE = { dbt_date: "godatadriven/dbt-date" };
const EXPECTATIONS = { dbt_expectations: "metaplane/dbt-expectations", ...DBT_DATE };
const CODEGEN = { codegen: "dbt-labs/dbt-codegen" };
const AUDIT_HELPER = { audit_helper: "dbt-labs/dbt-audit-helper" };
const TRINO_UTILS = { trino_utils: "starburstdata/dbt-trino-utils" };
const CALOGICA = { dbt_expectations: "calogica/dbt-expectations", dbt_date: "calogica/dbt-date" };
const FLIPSIDE = {
  fsc_evm: "FlipsideCrypto/fsc-evm",
  fsc_utils: "FlipsideCrypto/fsc-utils",
  livequery_models: "FlipsideCrypto/livequery-models",
  dbt_external_tables: "dbt-labs/dbt-external-tables",
  dbt_snowflake_query_tags: "get-select/dbt-snowflake-query-tags",
  ...DBT_UTILS,
  ...CALOGICA,
};
const ELEMENTARY = { elementary: "elementary-data/dbt-data-reliability" };
/** Models that are not public. */
const models = (names: string) =>
  Object.fromEntries(names.split(" ").map((name) => [`models/stand_ins/${name}.sql`, "select 1 as id\n"]));
/** What the project's macros dispatch to on other warehouses. */
const macros = (names: string) => ({
  "macros/stand_ins.sql": names
    .split(" ")
    .map((name) => `{% macro default__${name}() %}{{ varargs }}{{ kwargs }}{% endmacro %}\n`)
    .join(""),
});
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
  const others = Object.entries(packages).filter(([, from]) => from !== repository);
  return { name, repository, folder, packages: Object.fromEntries(others), mode: "parse" };
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
    known: [
      {
        place: "tokens_gnosis_(base_non_standard_|base_full_|base_without_suicide_|suicide_)?transfers\\.columns$",
        reason: "a list of mappings merged by `<<`: the first key counts, with PyYAML 6.0.4 the last",
      },
    ],
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
    clickhouse: { schema: "default" },
    // two seeds are read while models are compiled; without the flag, models would read their own tables
    commands: [
      ["seed", "-s", "contracts_factory_registry", "mta_funnels"],
      ["compile", "--full-refresh"],
    ],
    // of the hooks that elementary brings: they hold ids and times of the run
    volatileFields: ["seed -s .*: (statements of )?operation\\."],
    mode: "compile",
  },
  {
    name: "aspects",
    repository: "openedx/aspects-dbt",
    profile: "clickhouse",
    packages: { ...DBT_UTILS, ...CODEGEN },
    clickhouse: { schema: "default" },
    mode: "compile",
  },
  {
    ...ofPackage("dbt-labs/dbt-project-evaluator", DBT_UTILS),
    volatileColumns: ["measured_at"],
    // made of a set of texts, whose order is another in every run of Python; of what other threads have come to
    volatileFields: ["int_all_graph_resources(\\.compiled_code| columns| rows)$", "stg_nodes rows$"],
    mode: "build",
  },
  {
    ...ofPackage("dbt-labs/dbt-audit-helper", DBT_UTILS),
    volatileColumns: ["unit_test_model_a.created_at", "unit_test_model_b.created_at"],
    // the time of the run; which of a model's unit tests is the first to fail is chance
    volatileFields: ["compare_and_classify_query_results\\.compiled_code$", "build: unit_test\\."],
    mode: "build",
  },
  ofPackage("elementary-data/dbt-data-reliability", DBT_UTILS, "integration_tests/dbt_project"),
  ofPackage("tuva-health/tuva", { ...DBT_UTILS, ...EXPECTATIONS, ...ELEMENTARY }),
  { ...ofPackage("data-mie/dbt-profiler", { ...DBT_UTILS, ...EXPECTATIONS }), mode: "build" },
  {
    ...ofPackage("brooklyn-data/dbt_artifacts", {}, "integration_test_project"),
    volatileFields: ["\\.microbatch\\.config$"],
  },
  { ...ofPackage("calogica/dbt-expectations", { dbt_date: "calogica/dbt-date" }), name: "calogica-expectations" },
  { ...ofPackage("calogica/dbt-date"), name: "calogica-date", mode: "build" },
  ofPackage("yu-iskw/dbt-unittest"),
  { name: "attribution-playbook", repository: "dbt-labs/attribution-playbook", mode: "build" },
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
    mode: "compile",
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
  { ...ofPackage("EqualExperts/dbt-unit-testing", {}, "integration-tests"), mode: "build" },
  { ...ofPackage("EqualExperts/dbt-unit-testing", {}, "jaffle-shop"), name: "unit-testing-jaffle-shop", mode: "build" },
  ofPackage("MaterializeInc/materialize-dbt-utils", DBT_UTILS, ""),
  ofPackage("Montreal-Analytics/dbt-snowflake-utils", DBT_UTILS, ""),
  {
    ...ofPackage(
      "datacoves/balboa",
      {
        ...DBT_UTILS,
        ...EXPECTATIONS,
        dbt_snow_mask: "entechlog/dbt-snow-mask",
        dbt_external_tables: "dbt-labs/dbt-external-tables",
      },
      "transform",
    ),
    mode: "compile",
  },
  {
    ...ofPackage("dbt-labs/dbt-event-logging", DBT_UTILS),
    // ids and times of the run
    volatileFields: ["logging-on-run-.*\\.compiled_code$", "dbt_audit_log rows$"],
    mode: "build",
  },
  ofPackage("dbt-labs/dbt-external-tables", DBT_UTILS),
  ofPackage("dbt-labs/snowplow", DBT_UTILS),
  ofPackage("dbt-labs/spark-utils", DBT_UTILS),
  {
    ...ofPackage("elementary-data/elementary", { ...DBT_UTILS, ...ELEMENTARY }, "elementary/monitor/dbt_project"),
    name: "elementary-monitor",
    paths: ["elementary/monitor/dbt_project"],
  },
  {
    ...ofPackage("elementary-data/elementary", { ...DBT_UTILS, ...ELEMENTARY }, "tests/e2e_dbt_project"),
    name: "elementary-e2e",
    paths: ["tests/e2e_dbt_project"],
  },
  {
    ...ofPackage("elementary-data/elementary", { ...DBT_UTILS, ...ELEMENTARY }, "tests/tests_with_db/dbt_project"),
    name: "elementary-with-db",
    paths: ["tests/tests_with_db", "elementary/monitor/dbt_project"],
  },
  {
    ...ofPackage("matsonj/nba-monte-carlo", DBT_UTILS, "transform"),
    paths: ["transform"],
    env: { DBT_TARGET_PATH: "target" },
  },
  {
    ...ofPackage(
      "mattermost/mattermost-data-warehouse",
      {
        ...DBT_UTILS,
        ...CODEGEN,
        dbt_project_evaluator: "dbt-labs/dbt-project-evaluator",
        dbt_snowflake_query_tags: "get-select/dbt-snowflake-query-tags",
      },
      "transform/mattermost-analytics",
    ),
    name: "mattermost-analytics",
    paths: ["transform/mattermost-analytics"],
  },
  {
    ...ofPackage("mattermost/mattermost-data-warehouse", { ...DBT_UTILS, ...CODEGEN }, "transform/snowflake-dbt"),
    stubs: macros("surrogate_key"),
    name: "mattermost-snowflake",
    paths: ["transform/snowflake-dbt"],
  },
  ofPackage("starburstdata/dbt-trino-utils", DBT_UTILS),
  { ...ofPackage("tnightengale/dbt-meta-testing", DBT_UTILS), mode: "build" },
  ofPackage("entechlog/dbt-snow-mask", DBT_UTILS),
  ofPackage("get-select/dbt-snowflake-query-tags"),
  ofPackage("FlipsideCrypto/fsc-evm", FLIPSIDE, ""),
  ofPackage("FlipsideCrypto/livequery-models", FLIPSIDE, ""),
  {
    ...ofPackage("Datavault-UK/automate-dv", DBT_UTILS, ""),
    stubs: macros("get_escape_characters cast_date cast_datetime"),
  },
  {
    ...ofPackage("ScalefreeCOM/datavault4dbt", {}, ""),
    stubs: macros(
      "rehash_single_hub hub_update_statement rehash_single_link link_update_statement rehash_single_ma_satellite " +
        "ma_satellite_update_statement rehash_single_nh_satellite nh_satellite_update_statement " +
        "rehash_single_satellite satellite_update_statement control_snap_v1",
    ),
  },
  {
    ...ofPackage("FlipsideCrypto/ethereum-models", FLIPSIDE, ""),
    stubs: models("silver__contract_reads"),
    known: [
      {
        place: "fsc_utils_sequence_gaps_silver_maker__vault_creation_VAULT_NO.*\\.depends_on$",
        reason:
          "two packages have a test of this name: the one last by name counts, with Python dbt the one last on disk",
      },
    ],
  },
  {
    ...ofPackage("dagster-io/dagster-open-platform", DBT_UTILS, "dagster_open_platform_dbt"),
    paths: ["dagster_open_platform_dbt"],
    stubs: models(
      "arr_by_month stg_hubspot__company stg_hubspot__contacts abm_contact_intent_scores " +
        "stg_cloud_product__deployments stg_cloud_product__organizations user_organizations recruiting_pipeline " +
        "stg_salesforce__accounts stg_salesforce__opportunities stg_salesforce__opportunity_line_item salesforce_users",
    ),
  },
  {
    name: "sushi-dbt",
    repository: "TobikoData/sqlmesh",
    folder: "examples/sushi_dbt",
    paths: ["examples/sushi_dbt"],
    mode: "build",
  },
  ...["altered_jaffle_shop", "simple", "model_version", "multi_folder"].map(
    (folder): PublicProject => ({
      name: `cosmos-${folder}`,
      repository: "astronomer/astronomer-cosmos",
      folder: `dev/dags/dbt/${folder}`,
      paths: ["dev/dags/dbt"],
      packages: DBT_UTILS,
      mode: "build",
    }),
  ),
];
