import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Adapter, Connection } from "../../../adapters/adapter.ts";
import { plugin } from "../../../adapters/duckdb/index.ts";
import { Table } from "../../../core/agate/table.ts";
import { TsdbtError } from "../../../core/errors.ts";
import { pyRepr } from "../../../core/jinja/index.ts";
import { createSession } from "./session.ts";

const root = mkdtempSync(join(tmpdir(), "tsdbt-duckdb-"));
const open: Adapter[] = [];

function adapterOf(output: { [key: string]: unknown } = {}, options: { [key: string]: unknown } = {}): Adapter {
  const place = { profile: "shop", target: "dev", projectRoot: root };
  const credentials = plugin.parseCredentials({ type: "duckdb", ...output }, place);
  const adapter = plugin.create(credentials, { ...place, threads: 2, ...options });
  open.push(adapter);
  return adapter;
}

afterEach(async () => {
  for (const adapter of open.splice(0)) await adapter.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function values(connection: Connection, sql: string, limit?: number): Promise<unknown[][]> {
  const { table } = await connection.execute(sql, { fetch: true, limit });
  return table.rows.map((row) => [...row.values]);
}

async function failure(work: Promise<unknown>): Promise<TsdbtError> {
  return work.then(
    () => Promise.reject(new Error("no error")),
    (error) => error as TsdbtError,
  );
}

describe("values", () => {
  // What Python dbt gives for the same expression: the type of the table's column, and the value's repr.
  it.each([
    ["1", "Integer", "1"],
    ["9007199254740993::bigint", "Integer", "9007199254740993"],
    ["170141183460469231731687303715884105727::hugeint", "Integer", "170141183460469231731687303715884105727"],
    ["18446744073709551615::ubigint", "Integer", "18446744073709551615"],
    ["2.50::decimal(10,2)", "Number", "Decimal('2.50')"],
    ["-0.05::decimal(3,2)", "Number", "Decimal('-0.05')"],
    [
      "12345678901234567890123456789.123456789::decimal(38,9)",
      "Number",
      "Decimal('12345678901234567890123456789.123456789')",
    ],
    ["1.5::double", "Number", "Decimal('1.5')"],
    ["2.0::double", "Number", "Decimal('2.0')"],
    ["1e300::double", "Number", "Decimal('1E+300')"],
    ["'nan'::double", "Number", "Decimal('NaN')"],
    ["'x'", "Text", "'x'"],
    ["''", "Text", "''"],
    ["'null'", "Text", "'null'"],
    ["'005'", "Text", "'005'"],
    ["true", "Boolean", "True"],
    ["null", "Integer", "None"],
    ["date '2020-01-02'", "Date", "datetime.date(2020, 1, 2)"],
    ["'infinity'::date", "Date", "datetime.date(9999, 12, 31)"],
    ["'1000-01-01 (BC)'::date", "Text", "'1000-01-01 (BC)'"],
    ["timestamp '2020-01-02 03:04:05.6'", "DateTime", "datetime.datetime(2020, 1, 2, 3, 4, 5, 600000)"],
    ["timestamp '1900-01-01 00:00:00.000001'", "DateTime", "datetime.datetime(1900, 1, 1, 0, 0, 0, 1)"],
    ["'infinity'::timestamp", "DateTime", "datetime.datetime(9999, 12, 31, 23, 59, 59, 999999)"],
    ["timestamp_ns '2020-01-01 00:00:00.123456789'", "DateTime", "datetime.datetime(2020, 1, 1, 0, 0, 0, 123456)"],
    ["timestamp_s '2020-01-01 00:00:01'", "DateTime", "datetime.datetime(2020, 1, 1, 0, 0, 1)"],
    ["time '01:02:03'", "Text", "'01:02:03'"],
    ["'10:00:00+02'::timetz", "Text", "'10:00:00+02:00'"],
    ["interval '1 day 2 hours'", "Text", "'1 day, 2:00:00'"],
    ["interval '1 month'", "Text", "'30 days, 0:00:00'"],
    ["[1, 2, null]", "Text", "'[1, 2, null]'"],
    ["[1, 2]::int[2]", "Text", "'[1, 2]'"],
    ["{'a': 1, 'b': 'x'}", "Text", `'{"a": 1, "b": "x"}'`],
    ["map {'k': 1.5}", "Text", `'{"k": 1.5}'`],
    [
      "{'d': date '2020-01-01', 'x': 1.50::decimal(5,2), 'y': null, 'u': true, 'f': 2.0::double}",
      "Text",
      `'{"d": "2020-01-01", "x": 1.5, "y": null, "u": true, "f": 2.0}'`,
    ],
    ["union_value(num := 2)", "Integer", "2"],
    ["'ab'::blob", "Text", `"b'ab'"`],
    ["'101'::bit", "Text", "'101'"],
    ["'a'::enum('a', 'b')", "Text", "'a'"],
    ["'00000000-0000-0000-0000-000000000001'::uuid", "Text", "'00000000-0000-0000-0000-000000000001'"],
    [`'{"a": 1}'::json`, "Text", `'{"a": 1}'`],
  ])("%s is %s %s", async (sql, type, repr) => {
    const connection = await adapterOf().connect("test");
    const { table } = await connection.execute(`select ${sql} as v`, { fetch: true });
    expect([table.columnTypes[0]?.typeName, pyRepr(table.rows[0]?.values[0])]).toEqual([type, repr]);
  });

  it("show moments by the session's clock", async () => {
    const connection = await adapterOf({ settings: { TimeZone: "Europe/Berlin" } }).connect("test");
    const [row] = await values(
      connection,
      "select timestamptz '2020-01-02 03:04:05+00', timestamptz '2020-07-02 03:04:05+00'",
    );
    expect(row!.map((value) => String((value as { str(): string }).str()))).toEqual([
      "2020-01-02 04:04:05+01:00",
      "2020-07-02 05:04:05+02:00",
    ]);
  });
  it("name columns of one name apart, and read no more rows than asked", async () => {
    const connection = await adapterOf().connect("test");
    const { table } = await connection.execute("select 1 as a, 2 as a, range as b from range(100000)", {
      fetch: true,
      limit: 3,
    });
    expect(table.columnNames).toEqual(["a", "a_2", "b"]);
    expect(table.rows).toHaveLength(3);
    expect((await values(connection, "select count(*) from range(5000)"))[0]).toEqual([5000]);
    expect(await values(connection, "select range from range(5000)")).toHaveLength(5000);
  });
  it("answer the last of several statements, and nothing where none are wanted", async () => {
    const connection = await adapterOf().connect("test");
    expect(await values(connection, "create table t as select 1 as a; select a from t")).toEqual([[1]]);
    const { response, table } = await connection.execute("insert into t values (2), (3)");
    expect([response, table.rows.length]).toEqual([{ _message: "OK" }, 0]);
  });
  it("bind values of every kind", async () => {
    const connection = await adapterOf().connect("test");
    await connection.execute("create table t (a int, b decimal(10,2), c date, d boolean, e varchar)");
    const given = Table.fromRows(["a", "b", "c", "d", "e"], [[1, null, null, true, "x"]]).rows[0]!.values;
    await connection.execute("insert into t values (?, ?, ?, ?, ?), (2, '1.50', '2020-01-01', false, null)", {
      bindings: given,
    });
    expect(pyRepr((await values(connection, "select * from t order by a"))[0])).toBe("[1, None, None, True, 'x']");
  });
});

describe("transactions", () => {
  it("begin by themselves where asked, and end with the connection", async () => {
    const adapter = adapterOf();
    const first = await adapter.connect("first");
    await first.execute("create table t (a int)");
    await first.execute("insert into t values (1)", { autoBegin: true });
    const second = await adapter.connect("second");
    expect(await values(second, "select count(*) from t")).toEqual([[0]]);
    await first.commit();
    expect(await values(second, "select count(*) from t")).toEqual([[1]]);
    await first.execute("insert into t values (2)", { autoBegin: true });
    await first.release();
    expect(await values(second, "select count(*) from t")).toEqual([[1]]);
  });
  it("are rolled back by an error, and committing then does nothing", async () => {
    const connection = await adapterOf().connect("test");
    await connection.execute("create table t (a int)");
    await connection.execute("insert into t values (1)", { autoBegin: true });
    await failure(connection.execute("select nope"));
    await connection.commit();
    expect(await values(connection, "select count(*) from t")).toEqual([[0]]);
  });
  it("refuse to begin twice", async () => {
    const connection = await adapterOf().connect("test");
    await connection.begin();
    expect((await failure(connection.begin())).message).toBe(
      'Tried to begin a new transaction on connection "test", but it already had one open!',
    );
  });
  it("stay away where the profile says so", async () => {
    const adapter = adapterOf({ disable_transactions: true });
    const connection = await adapter.connect("first");
    await connection.execute("create table t as select 1 as a", { autoBegin: true });
    expect(await values(await adapter.connect("second"), "select * from t")).toEqual([[1]]);
  });
});

describe("errors", () => {
  it("are the engine's, with the place they point at", async () => {
    const connection = await adapterOf({}, { queryComment: (name: string) => `{"node": "${name}"}` }).connect("test");
    const error = await failure(connection.execute("select 1 as a\nfrom (select 2 as b)\nwhere nope = 1"));
    expect(error).toBeInstanceOf(TsdbtError);
    expect([error.kind, error.details.span, error.details.source]).toEqual([
      "Runtime Error",
      { line: 3, column: 7 },
      "select 1 as a\nfrom (select 2 as b)\nwhere nope = 1",
    ]);
    expect(error.message).toMatch(/^Binder Error: Referenced column "nope" not found/);
    expect(error.message).not.toContain("LINE");
  });
  it("find their place in a line that DuckDB cuts", async () => {
    const connection = await adapterOf().connect("test");
    const sql = `select ${"1 as a, ".repeat(30)}nope from (select 1 as b)`;
    const error = await failure(connection.execute(sql));
    expect(error.details.span).toEqual({ line: 1, column: sql.indexOf("nope") + 1 });
  });
  it("hint at ref() for a missing table", async () => {
    const error = await failure((await adapterOf().connect("test")).execute("select * from nope"));
    expect(error.details.hint).toContain("ref()");
  });
  it("never show passwords", async () => {
    const error = await failure(
      adapterOf({ attach: [{ path: "password=geheim host=nowhere", type: "sqlite" }] }).connect("test"),
    );
    expect(JSON.stringify([error.message, error.details.source])).not.toContain("geheim");
  });
});

describe("files", () => {
  it("are opened once in a process, and closed by the last that uses them", async () => {
    const [one, two] = [adapterOf({ path: "shared.duckdb" }), adapterOf({ path: "shared.duckdb" })];
    await (await one.connect("a")).execute("create table t as select 1 as a");
    const second = await two.connect("b");
    await one.close();
    expect(await values(second, "select * from t")).toEqual([[1]]);
    await two.close();
    expect(existsSync(join(root, "shared.duckdb.wal"))).toBe(false);
  });
  it("say which process holds them", async () => {
    await (await adapterOf({ path: "locked.duckdb" }).connect("a")).execute("create table t as select 1 as a");
    const code = `
      import { plugin } from ${JSON.stringify(join(import.meta.dirname, "../../../adapters/duckdb/index.ts"))};
      const place = { profile: "p", target: "t", projectRoot: ${JSON.stringify(root)} };
      const adapter = plugin.create(plugin.parseCredentials({ type: "duckdb", path: "locked.duckdb" }, place), { ...place, threads: 1 });
      adapter.connect("b").then(() => console.log("opened"), (e) => console.log(e.message + "|" + e.details.hint));`;
    const file = join(import.meta.dirname, "locked.tmp.mts");
    writeFileSync(file, code);
    try {
      const { stdout } = spawnSync(process.execPath, ["--import", "tsx", file], { encoding: "utf8" });
      expect(stdout).toContain(`IO Error: Could not set lock on file "locked.duckdb": another process (`);
      expect(stdout).toMatch(/\(\S*node\S*, PID \d+\) holds it/);
      expect(stdout).toContain("retries");
    } finally {
      rmSync(file);
    }
  });
  it("say what is wrong with their folder, and can be tried again", async () => {
    const adapter = adapterOf({ path: "missing/shop.duckdb" });
    expect((await failure(adapter.connect("a"))).details.hint).toContain("must exist");
    expect((await failure(adapter.connect("a"))).kind).toBe("Database Error");
  });
  it("may be attached, and named by the profile", async () => {
    await (await adapterOf({ path: "other.duckdb" }).connect("a")).execute("create table t as select 5 as a");
    await open.splice(0)[0]!.close();
    const path = join(root, "other.duckdb");
    const adapter = adapterOf({ path: "main.duckdb", database: "other", attach: [{ path, alias: "other" }] });
    expect(await values(await adapter.connect("b"), "select * from other.main.t")).toEqual([[5]]);
  });
});

describe("files that models read", () => {
  it("are found from the project, wherever the process runs", async () => {
    writeFileSync(join(root, "prices.csv"), "a\n42\n");
    expect(await values(await adapterOf().connect("a"), "select a from 'prices.csv'")).toEqual([[42]]);
  });
});

describe("tables that refer to each other", () => {
  const node = (alias: string, constraints: { [key: string]: unknown }[] = []) => ({
    database: "memory",
    schema: "main",
    alias,
    contract: { enforced: true },
    constraints,
  });
  it("are built one by one, and others beside them", async () => {
    const adapter = adapterOf();
    const connection = await adapter.connect("a");
    await connection.execute(
      "create table parent (id int primary key); create table child (id int references parent (id))",
    );
    const session = createSession(adapter, connection);
    const order: string[] = [];
    const enter = async (alias: string, constraints?: { [key: string]: unknown }[]) => {
      const leave = await adapter.guard!(node(alias, constraints), session);
      order.push(alias);
      return leave;
    };
    const leaveParent = await enter("parent");
    const child = enter("child", [{ type: "foreign_key", columns: ["id"] }]);
    (await enter("lonely"))();
    expect(order).toEqual(["parent", "lonely"]);
    leaveParent();
    (await child)();
    expect(order).toEqual(["parent", "lonely", "child"]);
    (await enter("child"))();
  });
});

it("says what in the profile is not used, once", async () => {
  const messages: string[] = [];
  const adapter = adapterOf(
    { setings: {}, plugins: [{ module: "excel" }] },
    { emit: (event: { message: string; level: string }) => event.level === "warn" && messages.push(event.message) },
  );
  await adapter.connect("a");
  await adapter.connect("b");
  expect(messages).toHaveLength(2);
});

describe("a database in memory", () => {
  it("holds through a command, and is another for each adapter", async () => {
    const adapter = adapterOf();
    const first = await adapter.connect("a");
    await first.execute("create table t as select 1 as a");
    await first.release();
    expect(await values(await adapter.connect("b"), "select * from t")).toEqual([[1]]);
    await failure((await adapterOf().connect("c")).execute("select * from t"));
  });
});

it("stops what runs when cancelled", async () => {
  const adapter = adapterOf();
  const connection = await adapter.connect("slow");
  const running = failure(
    connection.execute("select count(*) from range(100000000000) t(n) where n % 7 = 1", { fetch: true }),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await adapter.cancelAll()).toEqual(["slow"]);
  expect((await running).message).toContain("Interrupted");
  expect(await values(connection, "select 1")).toEqual([[1]]);
});

describe("adapter.* of DuckDB in execution", () => {
  async function session(output: { [key: string]: unknown } = {}) {
    const adapter = adapterOf(output);
    const connection = await adapter.connect("model.shop.orders");
    await connection.execute(
      "create table orders (id integer primary key, price decimal(10,2)); create view recent as select 1 as a, 'x' as b",
    );
    return createSession(adapter, connection);
  }
  const relation = "adapter.get_relation('memory', 'main', 'orders')";
  it.each([
    [`{{ ${relation} }} {{ ${relation}.type }}`, '"memory"."main"."orders" table'],
    ["{{ adapter.get_relation(database='memory', schema='main', identifier='nope') is none }}", "True"],
    ["{{ adapter.get_relation('memory', 'main', 'recent').is_view }}", "True"],
    [`{{ adapter.get_columns_in_relation(${relation}) | map(attribute='name') | join(',') }}`, "id,price"],
    ["{{ adapter.get_columns_in_relation(Relation.create('memory', 'main', 'nope')) }}", "[]"],
    ["{{ adapter.get_columns_in_table('main', 'orders') | length }}", "2"],
    [
      `{{ adapter.get_missing_columns(${relation}, adapter.get_relation('memory', 'main', 'recent')) | map(attribute='name') | list }}`,
      "['id', 'price']",
    ],
    ["{{ adapter.already_exists('main', 'orders') }} {{ adapter.already_exists('main', 'x') }}", "True False"],
    [
      "{{ adapter.check_schema_exists('memory', 'main') }} {{ adapter.check_schema_exists('memory', 'x') }}",
      "True False",
    ],
    [`{{ adapter.expand_target_column_types(${relation}, ${relation}) }}`, "None"],
    [
      "{% set r = adapter.execute('select 1 as a', fetch=true) %}{{ r[0] }} {{ r[1].rows[0].values() }} {{ r[0].code is none }}",
      "OK (1,) True",
    ],
    ["{{ adapter.execute('select 1 as a')[1] | length }}", "0"],
    [
      "{{ adapter.get_column_schema_from_query('select 1 as a, {x: 1, y: {z: true}} as s') | map(attribute='name') | join(' ') }}",
      "a s.x s.y.z",
    ],
    [
      "{{ adapter.type() }} {{ adapter.quote('a') }} {{ adapter.quote_as_configured('a', 'schema') }} {{ adapter.quote_as_configured('a', 'x') }}",
      'duckdb "a" "a" a',
    ],
    ["{{ adapter.quote_seed_column('a', none) }} {{ adapter.quote_seed_column('a', false) }}", '"a" a'],
    [
      "{{ adapter.dispatch('x', 'dbt_utils') }} {{ adapter.dispatch(macro_name='x', macro_namespace='p') }}",
      "dbt_utils/x p/x",
    ],
    ["{{ adapter.Relation.create(schema='a', identifier='b') }} {{ adapter.date_function }}", '"a"."b" '],
    [
      "{% do adapter.create_schema(Relation.create('memory', 'new', 'x')) %}{{ adapter.check_schema_exists('memory', 'new') }}{% do adapter.drop_schema(Relation.create('memory', 'new')) %}{{ adapter.check_schema_exists('memory', 'new') }}",
      "TrueFalse",
    ],
    [`{% do adapter.drop_relation(${relation}) %}{{ ${relation} is none }}`, "True"],
    [
      `{% do adapter.rename_relation(${relation}, Relation.create('memory', 'main', 'bills')) %}{{ ${relation} is none }} {{ adapter.get_relation('memory', 'main', 'bills').is_table }}`,
      "True True",
    ],
    [
      `{% do adapter.add_query('insert into orders values (1, 2)') %}{% do adapter.commit() %}{{ adapter.execute('select count(*) from orders', fetch=true)[1][0][0] }}`,
      "1",
    ],
    [
      `{% do adapter.add_query('insert into orders values (?, ?)', bindings=[7, '1.50']) %}{{ adapter.execute('select price from orders', fetch=true)[1][0][0] }}`,
      "1.50",
    ],
    [
      `{% do adapter.cache_added(Relation.create('memory', 'main', 'y', 'view')) %}{{ adapter.get_relation('memory', 'main', 'y').type }}{% do adapter.cache_dropped(Relation.create('memory', 'main', 'y')) %}{{ adapter.get_relation('memory', 'main', 'y') }}`,
      "viewNone",
    ],
    ["{{ adapter.location_exists('/nope.csv') }}", "False"],
    [
      "{{ adapter.external_root() }} {{ adapter.get_binding_char() }} {{ adapter.is_motherduck() }} {{ adapter.disable_transactions() }}",
      `${root} ? False False`,
    ],
    [
      '{{ adapter.escape_sql_string("it\'s") }} {{ adapter.valid_incremental_strategies() }}',
      "it''s ['append', 'delete+insert', 'merge', 'microbatch']",
    ],
    ["{{ adapter.external_write_options('a.csv.gz', {}) }}", "format csv, compression gzip, header 1"],
    [
      "{{ adapter.external_write_options('a', {'partition_by': 'x, y', 'delimiter': '|'}) }}",
      "partition_by (x, y), delimiter '|', format csv, header 1",
    ],
    [
      "{{ adapter.external_read_location('a', {'partition_by': 'x,y', 'format': 'csv'}) }} {{ adapter.external_read_location('a.csv', {}) }}",
      "a/*/*/*.csv a.csv",
    ],
    ["{{ adapter.get_seed_file_path({'root_path': '/p', 'original_file_path': 'seeds/a.csv'}) }}", "/p/seeds/a.csv"],
    [
      `{{ adapter.catalog_supports_foreign_keys('MEMORY') }} {{ adapter.existing_key_constraint_types(${relation}) }}`,
      "True ['primary_key']",
    ],
    [`{{ adapter.is_ducklake(${relation}) }} {{ adapter.use_ducklake_table_workarounds(${relation}) }}`, "False False"],
    [
      "{{ adapter.batch_id_for_model({'batch': {'event_time_start': '2024-01-01 00:00:00+00:00'}}) }}|{{ adapter.batch_id_for_model({}) }}",
      "20240101_0000000000|",
    ],
    [
      `{% set a = adapter.get_temp_relation_path(${relation}) %}{{ a.schema }} {{ a.identifier == adapter.get_temp_relation_path(${relation}).identifier }}`,
      "dbt_temp True",
    ],
    [
      "{{ adapter.parse_index(none) }} {{ adapter.parse_index({'columns': ['a'], 'unique': true}).columns }}",
      "None ['a']",
    ],
    [`{{ adapter.parse_index({'columns': ['a']}).render(${relation}) | length }}`, "32"],
    [
      "{{ adapter.get_hard_deletes_behavior({'hard_deletes': 'new_record'}) }} {{ adapter.get_hard_deletes_behavior({}) }} {{ adapter.get_hard_deletes_behavior({'invalidate_hard_deletes': true}) }}",
      "new_record ignore invalidate",
    ],
    ["{{ adapter.get_incremental_strategy_macro({'get_incremental_delete_insert_sql': 5}, 'delete+insert') }}", "5"],
    [
      "{{ adapter.behavior.enable_truthy_nulls_equals_macro.no_warn }} {{ 1 if adapter.behavior.enable_truthy_nulls_equals_macro else 0 }}",
      "False 0",
    ],
    ["{{ adapter.build_catalog_relation({'config': {}}) }}", "None"],
    [
      "{{ adapter.render_raw_columns_constraints({'a': {'name': 'a', 'data_type': 'int', 'constraints': [{'type': 'not_null'}, {'type': 'check', 'expression': 'a > 0'}, {'type': 'foreign_key', 'to': 'db.main.t', 'to_columns': ['id']}]}, 'b': {'name': 'b', 'data_type': 'text', 'quote': true}}) }}",
      "['a int not null check (a > 0) references main.t (id)', '\"b\" text']",
    ],
    [
      "{{ adapter.render_raw_model_constraints([{'type': 'primary_key', 'columns': ['a', 'b'], 'name': 'pk'}, {'type': 'unique', 'columns': ['a']}, {'type': 'foreign_key', 'columns': ['a'], 'to': 'db.main.t', 'to_columns': ['id']}, {'type': 'check', 'expression': 'a > 0'}, {'type': 'custom', 'expression': 'x'}]) }}",
      "['constraint pk primary key (a, b)', 'unique (a)', 'foreign key (a) references main.t (id)', 'check (a > 0)', 'x']",
    ],
  ])("%s gives %s", async (template, expected) => {
    expect(await (await session()).render(template)).toBe(expected);
  });
  it.each([
    ["{{ adapter.get_relation('memory', 'main', 'Orders') }}", "dbt found an approximate match"],
    [
      "{{ adapter.drop_relation(Relation.create('memory', 'main', 'orders')) }}",
      'Tried to drop relation "memory"."main"."orders", but its type is null.',
    ],
    ["{{ adapter.cache_added(none) }}", "Attempted to cache a null relation"],
    [
      "{{ adapter.get_missing_columns('x', none) }}",
      "'adapter.get_missing_columns' expects argument 'from_relation' to be of type 'DuckDBRelation', instead got x",
    ],
    ["{{ adapter.quote_seed_column('a', 'yes') }}", "has an invalid type <class 'str'>"],
    ["{{ adapter.dispatch('pkg.x') }}", 'Did you mean `adapter.dispatch("x", macro_namespace="pkg")`?'],
    [
      "{{ adapter.dispatch('x', packages=['a']) }}",
      'The "packages" argument of adapter.dispatch() has been deprecated.',
    ],
    [
      "{{ adapter.get_incremental_strategy_macro({}, 'insert_overwrite') }}",
      "The incremental strategy 'insert_overwrite' is not valid for this adapter",
    ],
    [
      "{{ adapter.get_incremental_strategy_macro({}, 'mine') }}",
      'dbt could not find an incremental strategy macro with the name "get_incremental_mine_sql"',
    ],
    ["{{ adapter.render_raw_model_constraints([{'type': 'uniq'}]) }}", "Could not parse constraint: {'type': 'uniq'}"],
    ["{{ adapter.get_hard_deletes_behavior({'hard_deletes': 'x'}) }}", "Invalid setting for property hard_deletes."],
    [
      "{{ adapter.valid_snapshot_target(adapter.get_relation('memory', 'main', 'orders')) }}",
      'missing "dbt_scd_id", "dbt_valid_from", "dbt_valid_to"',
    ],
    ["{{ adapter.parse_index('x') }}", "Invalid index config"],
    ["{{ adapter.store_relation('excel', 1, [], 'a', 'b', {}) }}", "plugins of dbt-duckdb are Python"],
    ["{{ adapter.get_catalog_integration('x') }}", "Catalog not found"],
    ["{{ adapter.get_relation('memory') }}", "missing 2 required positional arguments"],
  ])("%s fails: %s", async (template, message) => {
    await expect((await session()).render(template)).rejects.toThrow(message);
  });
  it("begins the transaction that a rebuild in place needs", async () => {
    const tester = await session({ disable_transactions: true });
    await tester.render(
      "{% do adapter.ensure_transaction() %}{% do adapter.ensure_transaction() %}{% do adapter.execute('drop table orders') %}",
    );
    await (await tester.connection()).rollback();
    expect(await values(await tester.connection(), "select count(*) from orders")).toEqual([[0]]);
    expect(tester.events.map((event) => event.level)).toEqual(["warn"]);
  });
  it("warns once of one thing", async () => {
    const tester = await session();
    await tester.render("{% for i in range(3) %}{% do adapter.warn_once('careful') %}{% endfor %}");
    expect(tester.events.map((event) => event.message)).toEqual(["careful"]);
  });
  it("types the columns of a CSV file", async () => {
    const tester = await session();
    const { readCsv } = await import("../../../core/agate/index.ts");
    const table = readCsv("a,b,c,d,e,f,g\n1,1.5,x,true,2020-01-01,2020-01-01 00:00:00,2.0\n", { file: "a.csv" });
    const types = await tester.render("{% for i in range(7) %}{{ adapter.convert_type(t, i) }},{% endfor %}", {
      t: table,
    });
    expect(types).toBe("integer,float8,text,boolean,date,timestamp without time zone,integer,");
    expect(await tester.render("{{ adapter.convert_datetimes_to_strs(t).column_types[5] }}", { t: table })).toContain(
      "Text",
    );
  });
});

describe("relations of a project", () => {
  it("are quoted as the project says", () => {
    const adapter = adapterOf({}, { quoting: { identifier: false } });
    const source = { database: "memory", schema: "main", alias: "orders" };
    expect(adapter.relationOf(source).str()).toBe('"memory"."main".orders');
    expect(adapter.relationOf({ ...source, quoting: { identifier: true, schema: false } }).str()).toBe(
      '"memory".main."orders"',
    );
    const configured = { ...source, config: { quoting: { identifier: true } } };
    expect(adapter.relationOf(configured).str()).toBe('"memory"."main".orders');
  });
  it("may be files, for sources alone", () => {
    const adapter = adapterOf();
    const source = {
      database: "memory",
      schema: "raw",
      name: "orders",
      source_name: "raw",
      meta: { external_location: "d/{name}.csv" },
    };
    expect(adapter.relationOf({ ...source, resource_type: "source" }).str()).toBe("'d/orders.csv'");
    expect(
      adapter
        .relationOf({ ...source, resource_type: "source" })
        .replace({ limit: 1 })
        .str(),
    ).toBe("(select * from 'd/orders.csv' limit 1)");
    expect(adapter.relationOf({ ...source, resource_type: "model" }).str()).toBe('"memory"."raw"."orders"');
  });
});
