import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Adapter, Connection } from "../../../adapters/adapter.ts";
import { plugin } from "../../../adapters/clickhouse/index.ts";
import type { TsdbtError } from "../../../core/errors.ts";
import { pyRepr } from "../../../core/jinja/index.ts";
import { createSession } from "./session.ts";

const root = mkdtempSync(join(tmpdir(), "tsdbt-clickhouse-"));
const place = { profile: "shop", target: "dev", projectRoot: root };
const open: Adapter[] = [];

function adapterOf(output: { [key: string]: unknown } = {}, options: { [key: string]: unknown } = {}): Adapter {
  const credentials = plugin.parseCredentials({ type: "clickhouse", embedded: true, schema: "shop", ...output }, place);
  const adapter = plugin.create(credentials, { ...place, threads: 2, ...options });
  open.push(adapter);
  return adapter;
}

afterEach(async () => {
  for (const adapter of open.splice(0)) await adapter.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function values(connection: Connection, sql: string): Promise<unknown[][]> {
  const { table } = await connection.execute(sql, { fetch: true });
  return table.rows.map((row) => [...row.values]);
}

async function failure(work: Promise<unknown>): Promise<TsdbtError> {
  return work.then(
    () => Promise.reject(new Error("no error")),
    (error) => error as TsdbtError,
  );
}

const TABLE = "engine MergeTree order by tuple()";

describe("values", () => {
  const cases: [string, string, string][] = [
    ["toInt64(1)", "Integer", "1"],
    ["toUInt64(18446744073709551615)", "Integer", "18446744073709551615"],
    ["toInt256('-123456789012345678901234567890')", "Integer", "-123456789012345678901234567890"],
    ["toInt64('9007199254740993')", "Integer", "9007199254740993"],
    ["1.5", "Number", "Decimal('1.5')"],
    ["2.0::Float64", "Number", "Decimal('2.0')"],
    ["inf", "Number", "Decimal('Infinity')"],
    ["nan", "Number", "Decimal('NaN')"],
    ["toDecimal64(1.50, 4)", "Number", "Decimal('1.5000')"],
    ["toDecimal128('-0.000001', 6)", "Number", "Decimal('-0.000001')"],
    ["'é\\t\\'\"'", "Text", "'é\\t\\'\"'"],
    ["true", "Boolean", "True"],
    ["NULL", "Integer", "None"],
    ["CAST(NULL, 'Nullable(String)')", "Integer", "None"],
    ["toLowCardinality('x')", "Text", "'x'"],
    ["toDate('2020-01-02')", "Date", "datetime.date(2020, 1, 2)"],
    ["toDate32('1900-01-01')", "Date", "datetime.date(1900, 1, 1)"],
    ["toDateTime('2020-01-02 03:04:05', 'UTC')", "DateTime", "datetime.datetime(2020, 1, 2, 3, 4, 5)"],
    ["toDateTime64('2020-01-02 03:04:05.678', 3, 'UTC')", "DateTime", "datetime.datetime(2020, 1, 2, 3, 4, 5, 678000)"],
    [
      "toDateTime('2020-07-02 03:04:05', 'Europe/Berlin')",
      "DateTime",
      "datetime.datetime(2020, 7, 2, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(seconds=7200)))",
    ],
    ["[1, 2, NULL]", "Text", "'[1, 2, null]'"],
    ["['a', 'b''c']", "Text", `'["a", "b\\'c"]'`],
    ["tuple(1, 'x')", "Text", `'[1, "x"]'`],
    ["CAST(tuple(1, toInt64(2)), 'Tuple(a Int8, `b c` Int64)')", "Text", `'{"a": 1, "b c": 2}'`],
    ["map('k', [1.5, NULL])", "Text", `'{"k": [1.5, null]}'`],
    ["map(1, toDecimal64(1.5, 2))", "Text", `'{"1": 1.5}'`],
    ["toUUID('00000000-0000-0000-0000-000000000001')", "Text", "'00000000-0000-0000-0000-000000000001'"],
    ["toFixedString('ab', 3)", "Text", `"b'ab\\\\x00'"`],
    ["CAST('a', 'Enum8(\\'a\\' = 1, \\'b,(\\' = 2)')", "Text", "'a'"],
    ["toIPv4('1.2.3.4')", "Text", "'1.2.3.4'"],
    ["interval 1 day", "Integer", "1"],
  ];
  it("are exact", async () => {
    const connection = await adapterOf().connect("test");
    for (const [sql, type, repr] of cases) {
      const { table } = await connection.execute(`select ${sql} as v`, { fetch: true });
      expect([sql, table.columnTypes[0]?.typeName, pyRepr(table.rows[0]?.values[0])]).toEqual([sql, type, repr]);
    }
  });
  it("come with dbt's response", async () => {
    const connection = await adapterOf().connect("test");
    const { response, table } = await connection.execute("select number from numbers(10)", { fetch: true, limit: 3 });
    expect(response).toEqual({ _message: "OK", query_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(table.rows).toHaveLength(3);
    expect((await connection.execute("select 1 as a where 0", { fetch: true })).table.columnNames).toEqual(["a"]);
    expect(
      (await connection.execute("create table shop.resp (a Int8) engine Memory", { fetch: true })).table.columnNames,
    ).toEqual([]);
  });
});

describe("sessions", () => {
  it("work in the profile's schema, which is made", async () => {
    const adapter = adapterOf({ schema: "made here" });
    const connection = await adapter.connect("test");
    expect(
      await values(connection, "select currentDatabase(), engine from system.databases where name = currentDatabase()"),
    ).toEqual([["made here", "Atomic"]]);
    await connection.execute("drop database `made here`");
    expect(await values(await adapter.connect("again"), "select currentDatabase()")).toEqual([["made here"]]);
  });
  it("wait for mutations, and may delete by queries", async () => {
    const connection = await adapterOf({ custom_settings: { max_threads: 1, join_use_nulls: true } }).connect("test");
    expect(
      await values(
        connection,
        "select getSetting('mutations_sync'), getSetting('allow_nondeterministic_mutations'), getSetting('max_threads'), getSetting('join_use_nulls')",
      ),
    ).toEqual([[3, true, 1, true]]);
  });
  it("are apart from one another, and keep the data", async () => {
    const adapter = adapterOf();
    const [one, two] = [await adapter.connect("one"), await adapter.connect("two")];
    await one.execute("create temporary table t (a Int8)");
    expect((await failure(two.execute("select * from t"))).message).toContain("UNKNOWN_TABLE");
    await one.execute(`create or replace table kept ${TABLE} as select 5 as a`);
    await adapter.close();
    expect(await values(await adapterOf().connect("three"), "select * from kept")).toEqual([[5]]);
  });
  it("run side by side, and leave Node free", async () => {
    const adapter = adapterOf();
    const connections = await Promise.all([1, 2, 3, 4, 5].map((n) => adapter.connect(`c${n}`)));
    const sums = await Promise.all(
      connections.map((c, i) => values(c, `select sum(number) + ${i} from numbers(1000000)`)),
    );
    expect(sums.map((rows) => rows[0]![0])).toEqual([0, 1, 2, 3, 4].map((n) => 499999500000 + n));
  });
  it("drop what a failed statement had written", async () => {
    const connection = await adapterOf().connect("test");
    await failure(values(connection, "select throwIf(number = 100000) from numbers(1000000)"));
    expect(await values(connection, "select 7")).toEqual([[7]]);
  });
  it("stop what runs when cancelled", async () => {
    const adapter = adapterOf();
    const connection = await adapter.connect("slow");
    const running = failure(
      values(connection, "select count() from numbers(1000000000000) where cityHash64(number) % 7 = 1"),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await adapter.cancelAll()).toEqual(["slow"]);
    expect((await running).message).toContain("QUERY_WAS_CANCELLED");
    expect(await values(connection, "select 1")).toEqual([[1]]);
  });
});

describe("errors", () => {
  it("are the engine's, with their place", async () => {
    const connection = await adapterOf({}, { queryComment: () => "a\nb" }).connect("test");
    const error = await failure(connection.execute("select 1 as a\nfro x"));
    expect([error.kind, error.details.span, error.details.source]).toEqual([
      "Database Error",
      { line: 2, column: 1 },
      "select 1 as a\nfro x",
    ]);
    expect(error.message).toMatch(/^Code: 62\. DB::Exception: Syntax error/);
  });
  it("say that a folder is held by another process", async () => {
    await adapterOf().connect("test");
    const code = `
      import { plugin } from ${JSON.stringify(join(import.meta.dirname, "../../../adapters/clickhouse/index.ts"))};
      const place = ${JSON.stringify(place)};
      const adapter = plugin.create(plugin.parseCredentials({ type: "clickhouse", embedded: true }, place), { ...place, threads: 1 });
      adapter.connect("b").then(() => console.log("opened"), (e) => console.log(e.message + "|" + e.details.hint));`;
    const file = join(import.meta.dirname, "held.tmp.mts");
    writeFileSync(file, code);
    try {
      expect(spawnSync(process.execPath, ["--import", "tsx", file], { encoding: "utf8" }).stdout).toMatch(
        /cannot open its data folder[\s\S]*Another process may hold it/,
      );
    } finally {
      rmSync(file);
    }
  });
  it("say that this process works in another folder", async () => {
    await adapterOf().connect("test");
    expect((await failure(adapterOf({ path: "other" }).connect("b"))).message).toContain("cannot open");
  });
});

describe("adapter.* of ClickHouse in execution", () => {
  const relation = "adapter.get_relation('', 'shop', 'orders')";
  const call = async (
    template: string,
    output: { [key: string]: unknown } = {},
    options: { [key: string]: unknown } = {},
  ) => {
    const adapter = adapterOf(output, options);
    const connection = await adapter.connect("model.shop.orders");
    await connection.execute(
      `create or replace table orders (id Int32, name LowCardinality(Nullable(String))) ${TABLE}`,
    );
    await connection.execute("create or replace view recent as select 1 as a");
    await connection.execute("drop table if exists bills");
    return createSession(adapter, connection).render(template);
  };
  it.each([
    [
      `{{ ${relation} }} {{ ${relation}.type }} {{ ${relation}.can_exchange }} {{ ${relation}.database == '' }}`,
      "`shop`.`orders` table True True",
    ],
    [`{{ ${relation}.mvs_pointing_to_it }}`, "[{'schema': 'x', 'name': 'y', 'sql': 'select 1'}]"],
    [
      "{{ adapter.get_relation('whatever', 'shop', 'recent').is_view }} {{ adapter.get_relation('', 'shop', 'Orders') }}",
      "True None",
    ],
    [
      `{{ adapter.get_columns_in_relation(${relation}) }}`,
      "[<ClickhouseColumn id (Int32, is nullable: False)>, <ClickhouseColumn name (LowCardinality(Nullable(String)), is nullable: True)>]",
    ],
    [
      "{{ adapter.supports_atomic_exchange() }} {{ adapter.can_exchange('shop', 'table') }} {{ adapter.can_exchange('shop', 'view') }} {{ adapter.can_exchange('nope', 'table') }} {{ adapter.can_exchange('default', 'table') }}",
      "True True False False True",
    ],
    [
      "{{ adapter.should_on_cluster() }} {{ adapter.should_on_cluster('table', 'x') }} {{ adapter.get_clickhouse_cluster_name() }}",
      "False False None",
    ],
    [
      "{{ adapter.get_clickhouse_local_suffix() }}|{{ adapter.get_clickhouse_local_db_prefix() }}|{{ adapter.clickhouse_db_engine_clause() }}",
      "_local||",
    ],
    [
      "{{ adapter.is_before_version('99.1') }} {{ adapter.is_at_or_after_version('21.3') }} {{ adapter.is_before_version('21.3.1.1') }}",
      "True True False",
    ],
    [
      "{{ adapter.calculate_incremental_strategy(none) }} {{ adapter.calculate_incremental_strategy('delete+insert') }}",
      "legacy delete_insert",
    ],
    ["{{ adapter.validate_incremental_strategy('append', none, none, none) }}", "None"],
    ["{{ adapter.get_ch_database('shop').engine }} {{ adapter.get_ch_database('nope') }}", "Atomic None"],
    ["{{ adapter.check_schema_exists(none, 'shop') }} {{ adapter.check_schema_exists(none, 'SHOP') }}", "True False"],
    [
      "{{ adapter.get_column_schema_from_query('select 1 as a, NULL as b, toDecimal64(1, 2) as c') | map(attribute='data_type') | list }}",
      "['UInt8', 'Nullable(Nothing)', 'Decimal(18, 2)']",
    ],
    [
      "{{ adapter.get_column_schema_from_query('select b from (select 1 as a) t left join (select 2 as a, 3 as b) u using a', {'join_use_nulls': 1})[0].data_type }}",
      "Nullable(UInt8)",
    ],
    [
      "{{ adapter.format_columns(adapter.get_column_schema_from_query('select 1 as a')) }}",
      "[{'name': 'a', 'data_type': 'UInt8'}]",
    ],
    [
      "{{ adapter.get_model_settings({'config': {'materialized': 'table', 'settings': {'a': 1, 'b': 'x', 'c': \"'y'\"}}}) | trim }}",
      "-- end_of_sql\n                    SETTINGS a=1, b='x', c='y', replicated_deduplication_window='0'",
    ],
    ["{{ adapter.get_model_settings({'config': {'materialized': 'view'}}) | trim }}", "-- end_of_sql"],
    ["{{ adapter.get_model_settings({'config': {'materialized': 'table'}}, 'Memory') | trim }}", "-- end_of_sql"],
    [
      "{{ adapter.get_model_query_settings({'config': {'query_settings': {'max_threads': 1}}}) | trim }}|{{ adapter.get_model_query_settings({'config': {}}) }}",
      "-- settings_section\n            SETTINGS max_threads=1|",
    ],
    [
      `{% set c = adapter.check_incremental_schema_changes('sync_all_columns', ${relation}, "select toInt64(1) as id, 'x' as extra") %}{{ c.columns_to_add }} {{ c.columns_to_drop }} {{ c.columns_to_modify }} {{ 1 if c }}`,
      "[<ClickhouseColumn extra (String, is nullable: False)>] [<ClickhouseColumn name (LowCardinality(Nullable(String)), is nullable: True)>] [<ClickhouseColumn id (Int64, is nullable: False)>] 1",
    ],
    [`{{ 1 if adapter.check_incremental_schema_changes('ignore', ${relation}, 'select * from orders') else 0 }}`, "0"],
    [
      "{{ adapter.get_credentials({'port': 1, 'user': ''}) }}",
      "{'password': '', 'database': '', 'host': 'localhost', 'port': 1}",
    ],
    ["{{ adapter.quote('a') }} {{ adapter.type() }}", '"a" clickhouse'],
    [
      "{{ adapter.render_raw_columns_constraints({'a': {'name': 'a', 'data_type': 'Int8', 'codec': 'ZSTD', 'ttl': 'd + interval 1 day'}, 'b': {'name': 'b', 'data_type': 'String'}}) }}",
      "['`a` Int8 CODEC(ZSTD) TTL d + interval 1 day', '`b` String']",
    ],
    [
      "{{ adapter.render_raw_model_constraints([{'type': 'check', 'name': 'pos', 'expression': 'a > 0'}]) }}",
      "['CONSTRAINT pos CHECK (a > 0)']",
    ],
    [
      `{% do adapter.rename_relation(${relation}, Relation.create(none, 'shop', 'bills')) %}{{ ${relation} }} {{ adapter.get_relation('', 'shop', 'bills').type }}`,
      "None table",
    ],
    [
      "{{ adapter.s3source_clause('s3', {'fmt': 'CSV'}, 'https://b.s3.amazonaws.com', 'd/x.csv', '', ['a Int8', 'b String'], '', '', '', 'gz') }}",
      "s3('https://b.s3.amazonaws.com/d/x.csv', 'CSV', 'a Int8,b String', 'gz')",
    ],
  ])("%s gives %s", async (template, expected) => {
    expect(await call(template)).toBe(expected);
  });
  it.each([
    [
      "{{ adapter.validate_incremental_strategy('merge', none, none, none) }}",
      "The incremental strategy 'merge' is not valid for ClickHouse.",
    ],
    [
      "{{ adapter.validate_incremental_strategy('delete_insert', none, '', none) }}",
      "'delete_insert' strategy requires a non-empty 'unique_key'.",
    ],
    [
      "{{ adapter.validate_incremental_strategy('append', ['x'], none, none) }}",
      "Cannot apply incremental predicates with 'append' strategy.",
    ],
    [
      "{{ adapter.validate_incremental_strategy('insert_overwrite', none, none, none) }}",
      "requires non-empty 'partition_by'. Current partition_by is None.",
    ],
    [
      `{{ adapter.check_incremental_schema_changes('fail', ${relation}, 'select 1 as id') }}`,
      "Source columns not in target: ['name LowCardinality(Nullable(String))']",
    ],
    [`{{ adapter.check_incremental_schema_changes('sync', ${relation}, 'select 1') }}`, "Only `fail`, `ignore`"],
    ["{{ adapter.is_before_version('x.1') }}", "Version must consist of only numbers"],
    [
      "{{ adapter.render_raw_model_constraints([{'type': 'check', 'expression': 'a > 0'}]) }}",
      "CHECK Constraint 'name' is required",
    ],
    [
      "{{ adapter.s3source_clause('s3', {}, 'b', 'p', 'CSV', '', 'id', '', '') }}",
      "S3 aws_access_key_id specified without aws_secret_access_key",
    ],
  ])("%s fails: %s", async (template, message) => {
    await expect(call(template)).rejects.toThrow(message);
  });
  it("reads defaults of S3 sources from the project's vars", async () => {
    const vars = { taxi: { bucket: "b.s3.eu.amazonaws.com", path: "/p", fmt: "Parquet", role_arn: "arn:x" } };
    expect(await call("{{ adapter.s3source_clause('taxi', {}, '', '', '', '', '', '', '') }}", {}, { vars })).toBe(
      "s3('https://b.s3.eu.amazonaws.com/p', 'Parquet', extra_credentials(role_arn='arn:x'))",
    );
  });
  it("warns of constraints that ClickHouse does not have", async () => {
    const adapter = adapterOf();
    const session = createSession(adapter, await adapter.connect("x"));
    expect(
      await session.render(
        "{{ adapter.render_raw_model_constraints([{'type': 'unique', 'columns': ['a']}, {'type': 'unique', 'columns': ['a'], 'warn_unsupported': false}]) }}",
      ),
    ).toBe("[]");
    expect(session.events.map((event) => [event.name, event.code])).toEqual([["ConstraintNotSupported", "E049"]]);
    await session.render("{{ adapter.filter_settings_by_engine({'replicated_deduplication_window': 0}, 'Memory') }}");
    expect(session.events.at(-1)?.message).toBe(
      "Setting replicated_deduplication_window not available for engine Memory, ignoring.",
    );
  });
  it("types and writes CSV files", async () => {
    const { readCsv } = await import("../../../core/agate/index.ts");
    const table = readCsv('a,b,c,d,e,f,g\n1,1.5,"x, ""y""",true,2020-01-01,2020-01-01 00:00:00,2.0\n,,,,,,\n', {
      file: "a.csv",
    });
    const adapter = adapterOf();
    const { render } = createSession(adapter, await adapter.connect("x"));
    expect(await render("{% for i in range(7) %}{{ adapter.convert_type(t, i) }},{% endfor %}", { t: table })).toBe(
      "Int32,Float32,String,Bool,Date,DateTime,Int32,",
    );
    expect(await render("{{ adapter.get_csv_data(t) }}", { t: table })).toBe(
      '1,1.5,"x, ""y""",True,2020-01-01,2020-01-01T00:00:00,2.0\n,,,,,,\n',
    );
  });
});

it("takes a source's database for the schema that it does not name", () => {
  const adapter = adapterOf();
  const source = { schema: "raw", source_name: "raw", name: "orders", resource_type: "source" };
  expect(adapter.relationOf({ ...source, database: "lake" }).str()).toBe("`lake`.`orders`");
  expect(adapter.relationOf({ ...source, database: "" }).str()).toBe("`raw`.`orders`");
  expect(adapter.relationOf({ ...source, schema: "s", database: "lake" }).str()).toBe("`s`.`orders`");
});
