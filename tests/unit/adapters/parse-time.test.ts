import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { plugin as athena } from "../../../adapters/athena/index.ts";
import { plugin as clickhouse } from "../../../adapters/clickhouse/index.ts";
import { plugin as duckdb } from "../../../adapters/duckdb/index.ts";
import { createSession } from "./session.ts";

const place = { profile: "shop", target: "dev", projectRoot: "/project" };
const options = { ...place, threads: 1 };
const adapters = {
  duckdb: duckdb.create(duckdb.parseCredentials({ type: "duckdb" }, place), options),
  clickhouse: clickhouse.create(clickhouse.parseCredentials({ type: "clickhouse", embedded: true }, place), options),
  athena: athena.create(
    athena.parseCredentials({ type: "athena", database: "awsdatacatalog", schema: "s", region_name: "r" }, place),
    options,
  ),
};

/** What dbt's adapters answer while parsing. */
const STAND_INS: { readonly [adapter: string]: readonly (readonly [string, string])[] } = {
  duckdb: [
    ["adapter.get_relation('a', 'b', 'c')", "None"],
    ["adapter.get_relation()", "None"],
    ["adapter.execute('select 1', fetch=true)[1].rows | length", "0"],
    ["adapter.execute()[0] == ''", "True"],
    ["adapter.get_columns_in_relation(none)", "[]"],
    ["adapter.get_missing_columns(1, 2)", "[]"],
    ["adapter.check_schema_exists('a', 'b')", "False"],
    ["adapter.already_exists('a', 'b')", "False"],
    ["adapter.get_column_schema_from_query('x')", "[]"],
    ["adapter.add_query('x')", "(None, None)"],
    ["adapter.drop_relation(none)", "None"],
    ["adapter.create_schema(1)", "None"],
    ["adapter.get_incremental_strategy_macro({}, 'nope')", "None"],
    ["adapter.get_hard_deletes_behavior({'hard_deletes': 'x'})", "None"],
    ["adapter.commit()", "None"],
    ["adapter.quote('a')", '"a"'],
    ["adapter.type()", "duckdb"],
    ["adapter.catalog_supports_foreign_keys('x')", "False"],
    ["adapter.valid_incremental_strategies() | length", "4"],
  ],
  clickhouse: [
    ["adapter.get_clickhouse_cluster_name()", "{}"],
    ["adapter.supports_atomic_exchange()", "None"],
    ["adapter.can_exchange('a', 'table')", "None"],
    ["adapter.is_before_version('1.2')", "False"],
    ["adapter.is_at_or_after_version('1.2')", "False"],
    ["adapter.clickhouse_db_engine_clause()", ""],
    ["adapter.get_column_schema_from_query('x')", "None"],
    ["adapter.check_incremental_schema_changes('x')", "None"],
    ["adapter.calculate_incremental_strategy('x')", "None"],
    ["adapter.get_credentials({})", "{}"],
    ["adapter.get_relation('a', 'b', 'c')", "None"],
    ["adapter.type()", "clickhouse"],
  ],
  athena: [
    ["adapter.get_relation('a', 'b', 'c')", "None"],
    ["adapter.get_glue_table(1)", "None"],
    ["adapter.generate_s3_location(1)", "None"],
    ["adapter.is_work_group_output_location_enforced()", "False"],
    ["adapter.list_schemas('a')", "[]"],
    ["adapter.check_schema_exists('a', 'b')", "False"],
    ["adapter.is_list([])", "True"],
    ["adapter.format_partition_keys(['day(At)', 'b'])", "date_trunc('day', at), b"],
    ["adapter.is_s3_tables_database('s3tablescatalog/b')", "True"],
    ["adapter.build_catalog_relation({'config': {'catalog_name': 'glue'}}).table_format", "iceberg"],
    ["adapter.get_catalog_integration('glue').table_format", "iceberg"],
    ["adapter.get_catalog_integration('info_schema').allows_writes", "True"],
    ["adapter.quote_seed_column('a', none, '`')", "`a`"],
    ["adapter.generate_unique_temporary_table_suffix('x') | length", "38"],
    ["adapter.type()", "athena"],
  ],
};

describe.each(Object.entries(STAND_INS))("adapter.* of %s while parsing", (type, cases) => {
  const adapter = adapters[type as keyof typeof adapters];
  it.each(cases)("%s is %s, and no warehouse is asked", async (expression, expected) => {
    expect(await createSession(adapter, null).render(`{{ ${expression} }}`)).toBe(expected);
  });
});

/** Names of dbt's adapter methods, as `methods.txt` lists them: `duckdb is_motherduck`. */
const NAMES = readFileSync(new URL("./methods.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");

it.each(NAMES)("%s is there", (line) => {
  const [type, name] = line.split(" ") as [string, string];
  for (const [own, adapter] of Object.entries(adapters)) {
    if (type !== "base" && type !== own) continue;
    expect(createSession(adapter, null).object.attr(name), own).toBeDefined();
  }
});

it("offers nothing else", async () => {
  const { render } = createSession(adapters.duckdb, null);
  expect(
    await render(
      "{{ adapter.connect is defined }}{{ adapter.credentials is defined }}{{ adapter.session is defined }}",
    ),
  ).toBe("FalseFalseFalse");
  expect(await render("{{ adapter.constructor is defined }}{{ adapter.close is defined }}")).toBe("FalseFalse");
});
