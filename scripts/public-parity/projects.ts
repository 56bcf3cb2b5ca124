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
  "dagster-io/dagster-open-platform": "a5b83cf866fcd2b5db83e6d0bc77748021dac1cd",
  "data-mie/dbt-profiler": "1cc879230b8569c095f62148db0bda76a242d249",
  "datacoves/balboa": "a19cafa12d1473c91aadeb6ab2b76e89200d20be",
  "DataRecce/jaffle-shop-expand": "8e536435566e013e042cad9a14742121f59469d9",
  "Datavault-UK/automate-dv": "0aa71153fbb233c630de07e3bb2a8ea3801880e1",
  "dbt-labs/attribution-playbook": "54e5543f7fc914f0701c259b83d43be77be519bd",
  "dbt-labs/dbt-audit-helper": "3bd0ca4e9d79b7d740ad7e77384b3d03a16cf242",
  "dbt-labs/dbt-codegen": "526cb1f0e8464d88b931e0249b4198039f15d641",
  "dbt-labs/dbt-event-logging": "7b289a58cfe5a0219d0a291f5439aa7c639076f2",
  "dbt-labs/dbt-external-tables": "c33165e5d8b2f8908571f11dfa61654109b8c5b5",
  "dbt-labs/dbt-project-evaluator": "927abbd523b627f4f1595e2fb93ebf2244314bd6",
  "dbt-labs/dbt-utils": "700764ce230b2fb775b5338b6bc77a72233ea34c",
  "dbt-labs/dbt_metrics": "a2dc203973866719cf021f7c0c125cac4786387f",
  "dbt-labs/jaffle-shop": "7be2c5838dbdeca8e915d4e46db70e910753d7f6",
  "dbt-labs/jaffle-sl-template": "c54c8fb8bea86c0c4d3d5c588d55f8de9de57ade",
  "dbt-labs/jaffle_shop_duckdb": "9b13827913b230a045b0a71736a00e2053fbcb16",
  "dbt-labs/mrr-playbook": "f7921cf7f67e57e8eb1ce86dc16fa3a9e03cee94",
  "dbt-labs/snowplow": "82d63829766e4c2ef0dfa64f0a4acda563241441",
  "dbt-labs/spark-utils": "f1771e7906b3c8fa5bc93b68174a9a5d5ddc2730",
  "duneanalytics/spellbook": "91dac121414fe46afdb47690ea5906871373dba5",
  "elementary-data/dbt-data-reliability": "ccb0de3409756b7c3d2a08a6216be7ba548c18ab",
  "elementary-data/elementary": "809127cd0af638536c58679fab077c3cae9f403a",
  "EqualExperts/dbt-unit-testing": "fbfd8967ddd9b6c919e2ba487e9f37f75950c4e0",
  "everpeace/dbt-models-metadata": "c6e9521b5ba69ea05c186f4ff770b0772ea02a8a",
  "fivetran/dbt_fivetran_log": "63e5200fa65c2788f68d8fb77c863671fae0cb5d",
  "fivetran/dbt_fivetran_utils": "f7567295c8f406946dfdbcdd761affad7d7bb535",
  "fivetran/dbt_github": "48ceaa54a3ff3474323612a1b34f3bf39dd82783",
  "fivetran/dbt_hubspot": "be3a903c24d804bdeea3629c0dda005fb114527f",
  "fivetran/dbt_shopify": "d768d54a59fe1114939066da114b630c0c726f0b",
  "FlipsideCrypto/ethereum-models": "9e5079dd2a529ed1b52253f0b89f0422d35384d1",
  "FlipsideCrypto/fsc-utils": "2a9b91a5e62a7f4c3dab95aebb5bbc844178ce9b",
  "gnosischain/dbt-cerebro": "9c8ab7375df5731949a891ecc627403c9f0533af",
  "godatadriven/dbt-date": "e706de9630b228aae58a2bb0e99f34b19abb4688",
  "infinitelambda/dq-tools": "f3a01ec2fe646efa3a7d5d81e76c9231e938cb57",
  "MaterializeInc/materialize-dbt-utils": "d83fbe55fc164bcee5bb8b14e8bd1907f4540d5f",
  "matsonj/nba-monte-carlo": "6363a857bc1ba0ebaa31d6a68160949581c99169",
  "mattermost/mattermost-data-warehouse": "61af2424d790a8f83267f2b9ee12589fd32bcfa9",
  "metaplane/dbt-expectations": "77d385655ce3318685cf6930b46d077f61de5f55",
  "mitodl/ol-data-platform": "49d7ee606c383e44cc36e832f2343fb02b01cebb",
  "mjirv/dbt-datamocktool": "5a4c311edfb2e5a915950e8ecd00ea0bb2ac89cb",
  "Montreal-Analytics/dbt-snowflake-utils": "0ac3d18222e1d0e28bf1de3ad3535135c43cc2ff",
  "openedx/aspects-dbt": "6dc156a7790022a20e9d9ef6a584cabd462c995e",
  "opensource-observer/oso": "5c24528bd485b72b9559d2818f6300bcd1ed7201",
  "ScalefreeCOM/datavault4dbt": "bd8711519fe2e9276a35d2134692745a0babcce5",
  "snowplow/dbt-snowplow-unified": "6df7562dbc963d13d58f75d39ca2e3ab2de7d41b",
  "snowplow/dbt-snowplow-utils": "b9d941bc4dc3ee232b1fd944c2ad76b1814b1303",
  "snowplow/dbt-snowplow-web": "0e4f868f6bc7c35ec154506fb48f00584c15f95a",
  "starburstdata/dbt-trino-utils": "248dce66d4c3563e5d776f630ef637e7bcc1cb66",
  "tnightengale/dbt-meta-testing": "3e5afe02dd71ba71375f50de90ccd24163aabd1f",
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
const FIVETRAN = { fivetran_utils: "fivetran/dbt_fivetran_utils", spark_utils: "dbt-labs/spark-utils", ...DBT_UTILS };
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
  ofPackage("fivetran/dbt_hubspot", FIVETRAN),
  ofPackage("fivetran/dbt_shopify", FIVETRAN),
  ofPackage("fivetran/dbt_github", FIVETRAN),
  ofPackage("fivetran/dbt_fivetran_log", FIVETRAN),
  {
    ...ofPackage("snowplow/dbt-snowplow-utils", { ...DBT_UTILS, dbt_unittest: "yu-iskw/dbt-unittest" }),
    env: { SCHEMA_SUFFIX: "ci" },
  },
  {
    ...ofPackage("snowplow/dbt-snowplow-unified", { ...DBT_UTILS, snowplow_utils: "snowplow/dbt-snowplow-utils" }),
    env: { SCHEMA_SUFFIX: "ci" },
  },
  ofPackage("data-mie/dbt-profiler", { ...DBT_UTILS, ...EXPECTATIONS }),
  ofPackage("brooklyn-data/dbt_artifacts", {}, "integration_test_project"),
  ofPackage("infinitelambda/dq-tools", DBT_UTILS),
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
  {
    name: "dagster-open-platform",
    repository: "dagster-io/dagster-open-platform",
    folder: "dagster_open_platform_dbt",
    packages: DBT_UTILS,
    mode: "parse",
  },
  { name: "automate-dv", repository: "Datavault-UK/automate-dv", packages: DBT_UTILS, mode: "parse" },
  { name: "datavault4dbt", repository: "ScalefreeCOM/datavault4dbt", packages: DBT_UTILS, mode: "parse" },
];
