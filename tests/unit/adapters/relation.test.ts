import { describe, expect, it } from "vitest";
import { ClickHouseRelation } from "../../../adapters/clickhouse/relation.ts";
import { DuckDBRelation, externalLocation } from "../../../adapters/duckdb/relation.ts";
import { Relation } from "../../../adapters/relation.ts";
import { createRelation, ephemeralRelation, quotingOf } from "../../../adapters/relation-create.ts";
import { RelationFactory } from "../../../adapters/relation-factory.ts";
import { TsdbtError } from "../../../core/errors.ts";
import { Environment, PyDict, pyEquals } from "../../../core/jinja/index.ts";
import { PyDateTime } from "../../../core/python/datetime/datetime.ts";

const orders = createRelation(DuckDBRelation, { database: "db", schema: "main", identifier: "orders", type: "table" });
const environment = new Environment({ undefined: "dbt" });

function render(template: string, names: { [name: string]: unknown } = { r: orders }): string {
  return environment.compile(template).render({ get: (name) => names[name] });
}

describe("a relation in templates", () => {
  it.each([
    ["{{ r }}", '"db"."main"."orders"'],
    ["{{ r.database }}.{{ r.schema }}.{{ r.identifier }}.{{ r.name }}.{{ r.table }}", "db.main.orders.orders.orders"],
    ["{{ r.include(database=False) }}", '"main"."orders"'],
    ["{{ r.include(False, False) }}", '"orders"'],
    ["{{ r.quote(identifier=false, schema=false) }}", '"db".main.orders'],
    ["{{ r.quote(false, false, false).include(database=false) }}", "main.orders"],
    ["{{ r.without_identifier() }}", '"db"."main"'],
    [
      "{{ r.incorporate(path={'identifier': 'x'}, type='view') }} {{ r.incorporate(type='view').is_view }}",
      '"db"."main"."x" True',
    ],
    ["{{ r.incorporate(path={'schema': none}) }}", '"db"."orders"'],
    ["{{ r.replace_path(identifier='y') }}", '"db"."main"."y"'],
    ["{{ r.information_schema('tables') }}", '"db".INFORMATION_SCHEMA.tables'],
    [
      "{{ r.information_schema() }} {{ r.information_schema_only() }}",
      '"db".INFORMATION_SCHEMA "db".INFORMATION_SCHEMA',
    ],
    ["{{ r.information_schema(nothing) }}", '"db".INFORMATION_SCHEMA'],
    [
      "{{ r.type }} {{ r.is_table }} {{ r.is_view }} {{ r.is_cte }} {{ r.is_materialized_view }}",
      "table True False False False",
    ],
    ["{{ r.View }} {{ r.MaterializedView }} {{ r.CTE }}", "view materialized_view cte"],
    ["{{ r.path }}", "Path(database='db', schema='main', identifier='orders')"],
    ["{{ r.path.get_lowered_part('schema') }}", "main"],
    ["{{ r.include_policy }}", "Policy(database=True, schema=True, identifier=True)"],
    ["{{ r.quoted('a') }}", '"a"'],
    ["{{ [r] }}", '[<DuckDBRelation "db"."main"."orders">]'],
    ["{{ r is mapping and r.get('metadata', {}).get('type', '').endswith('Relation') }}", "True"],
    ["{{ r.get('nope', 'other') }} {{ r['schema'] }}", "other main"],
    ["{{ r.can_be_renamed }} {{ r.can_be_replaced }} {{ r.require_alias }}", "False False False"],
    [
      '{{ r == r.incorporate() }} {{ r == r.include(database=false) }} {{ r == \'"db"."main"."orders"\' }}',
      "True False False",
    ],
    ["{{ r in [r.incorporate()] }} {{ {r: 1}[r.incorporate()] }}", "True 1"],
    ["{{ 'yes' if r else 'no' }} {{ r.nope is defined }}", "yes False"],
    ["{{ r.scd_args(['a', 'b'], 'c') }}", "['a', 'b', 'c']"],
    ["{{ r.create(schema='s', identifier='i', type='view') }}", '"s"."i"'],
    ["{{ r.add_ephemeral_prefix('x') }}", "__dbt__cte__x"],
  ])("%s is %s", (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  it("says all of itself as a dict, as Python dbt does", () => {
    expect(
      render("{{ r.to_dict() }}", {
        r: createRelation(DuckDBRelation, { database: "d", schema: "s", identifier: "i" }),
      }),
    ).toBe(
      "{'path': {'database': 'd', 'schema': 's', 'identifier': 'i'}, 'type': None, 'quote_character': '\"', " +
        "'include_policy': {'database': True, 'schema': True, 'identifier': True}, " +
        "'quote_policy': {'database': True, 'schema': True, 'identifier': True}, 'dbt_created': False, 'limit': None, " +
        "'event_time_filter': None, 'require_alias': False, 'catalog': None, 'renameable_relations': [], " +
        "'replaceable_relations': [], 'external': None}",
    );
  });

  it("limits the rows of a query", () => {
    expect(orders.replace({ limit: 0 }).str()).toBe('(select * from "db"."main"."orders" where false limit 0)');
    expect(orders.replace({ limit: 5 }).str()).toBe('(select * from "db"."main"."orders" limit 5)');
    expect(orders.replace({ limit: 5 }).render()).toBe('"db"."main"."orders"');
    const base = createRelation(Relation, { schema: "main", identifier: "orders" });
    expect(base.replace({ limit: 0 }).str()).toBe(
      '(select * from "main"."orders" where false limit 0) _dbt_limit_subq_orders',
    );
  });

  it("takes the rows of a time range", () => {
    const start = new PyDateTime(2024, 1, 1);
    const end = new PyDateTime(2024, 1, 2, 3, 4, 5, 6);
    const ranged = orders.replace({ eventTimeFilter: { fieldName: "at", start, end } });
    expect(ranged.str()).toBe(
      `(select * from "db"."main"."orders" where at >= '2024-01-01 00:00:00' and at < '2024-01-02 03:04:05.000006')`,
    );
    const open = orders.replace({ limit: 1, eventTimeFilter: { fieldName: "at", start: null, end } });
    expect(open.str()).toBe(
      `(select * from (select * from "db"."main"."orders" limit 1) where at < '2024-01-02 03:04:05.000006')`,
    );
  });

  it("refuses parts that are no names", () => {
    expect(() => render("{{ api.create(schema=1) }}", { api: new RelationFactory(DuckDBRelation) })).toThrow(
      "Got an invalid path schema: 1",
    );
    expect(() => render("{{ api.create(type='tabel') }}", { api: new RelationFactory(DuckDBRelation) })).toThrow(
      "There is no relation type 'tabel'.",
    );
  });

  it("matches names exactly, and does not guess", () => {
    expect(orders.matches({ schema: "main", identifier: "orders" })).toBe(true);
    expect(orders.matches({ identifier: "other" })).toBe(false);
    expect(() => orders.matches({ identifier: "Orders" })).toThrow(
      /dbt found an approximate match[\s\S]*Searched for: "Orders"\nFound: "db"."main"."orders"/,
    );
    expect(() => orders.matches({})).toThrow("no search path");
    const own = orders.replace({ dbtCreated: true }).quote({ identifier: false });
    expect(own.matches({ identifier: "ORDERS" })).toBe(true);
  });

  it("is quoted as class, project and source say, the last one deciding", () => {
    const source = { database: "d", schema: "s", quoting: { identifier: true } };
    expect(quotingOf(DuckDBRelation, { identifier: false, schema: false }, source)).toEqual({
      database: true,
      schema: false,
      identifier: true,
    });
  });

  it("stands for an ephemeral model without quotes", () => {
    expect(ephemeralRelation(DuckDBRelation, "stg").str()).toBe("__dbt__cte__stg");
  });
});

describe("api.Relation", () => {
  const api = new RelationFactory(DuckDBRelation, { identifier: false });
  it.each([
    ["{{ api.create(database='d', schema='s', identifier='i') }}", '"d"."s".i'],
    ["{{ api.create('d', 's', 'i', 'view').type }}", "view"],
    ["{{ api.create(schema='s', identifier='i', quote_policy={'identifier': true, 'schema': false}) }}", 's."i"'],
    ["{{ api.create(identifier='i', include_policy={'identifier': false}) }}", ""],
    ["{{ api.create(identifier=\"read_csv('x.csv')\", external=\"read_csv('x.csv')\") }}", "read_csv('x.csv')"],
    ["{{ api.create(identifier='i', whatever=1) }}", "i"],
    ["{{ api.Table }} {{ api.External }}", "table external"],
  ])("%s is %s", (template, expected) => {
    expect(render(template, { api })).toBe(expected);
  });
});

describe("DuckDB's sources that are files", () => {
  const source = { name: "orders", source_name: "raw", identifier: "orders_v1", schema: "raw", database: "db" };
  it.each([
    [{ external_location: "data/{name}.parquet" }, "'data/orders.parquet'"],
    [
      { external_location: "read_csv('data/{identifier}.csv', delim='{sep}')", sep: "|" },
      "read_csv('data/orders_v1.csv', delim='|')",
    ],
    [{ external_location: "data/%(name)s.csv", formatter: "oldstyle" }, "'data/orders.csv'"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Python's string.Template writes its names so
    [{ external_location: "data/$name.${schema}.csv", formatter: "template" }, "'data/orders.raw.csv'"],
    [{ external_location: "{{x}}/{name}.csv" }, "'{x}/orders.csv'"],
    [{}, null],
  ])("%j is read from %s", (meta, expected) => {
    expect(externalLocation({ ...source, meta })).toBe(expected);
    expect(externalLocation({ ...source, config: meta })).toBe(expected);
  });
  it("says what is wrong with a location", () => {
    expect(() => externalLocation({ ...source, meta: { external_location: "{nam}.csv" } })).toThrow("names 'nam'");
    expect(() => externalLocation({ ...source, meta: { external_location: "x", formatter: "new" } })).toThrow(
      "Formatter new not recognized",
    );
    expect(() => externalLocation({ ...source, meta: { plugin: "excel" } })).toThrow("plugin 'excel'");
  });
});

describe("ClickHouse's relation", () => {
  const table = createRelation(ClickHouseRelation, {
    database: "",
    schema: "shop",
    identifier: "orders",
    type: "table",
  });
  it.each([
    ["{{ r }}", "`shop`.`orders`"],
    ["{{ r.database == '' }} {{ r.include(database=True) }}", "True `shop`.`orders`"],
    ["{{ r.quote(identifier=False) }}", "`shop`.`orders`"],
    ["{{ r.without_identifier() }}", "`shop`"],
    ["{{ r.derivative('_backup', 'view') }} {{ r.derivative('x', none, True) }}", "`shop`.`orders_backup` `shop`.`x`"],
    [
      "{{ r.can_exchange }} {{ r.should_on_cluster }} {{ r.without_identifier().should_on_cluster }}",
      "False False True",
    ],
    ["{{ r.incorporate(can_exchange=True).can_exchange }} {{ r.mvs_pointing_to_it }}", "True []"],
    ["{{ r.get_on_cluster('c', 'Replicated') }} {{ r.get_on_cluster('c') }}", "False True"],
  ])("%s is %s", (template, expected) => {
    expect(render(template, { r: table })).toBe(expected);
  });
  it("escapes what ends an identifier, and leaves what is quoted", () => {
    expect(createRelation(ClickHouseRelation, { schema: "a`b", identifier: "`c`" }).render()).toBe("`a\\`b`.`c`");
  });
  it("has no database", () => {
    expect(() => createRelation(ClickHouseRelation, { database: "other", schema: "shop" })).toThrow(TsdbtError);
    expect(createRelation(ClickHouseRelation, { database: "shop", schema: "shop", identifier: "x" }).database).toBe("");
  });
  it("cuts microseconds and zones from moments", () => {
    const start = new PyDateTime(2024, 1, 2, 3, 4, 5, 6);
    expect(table.replace({ eventTimeFilter: { fieldName: "at", start, end: null } }).str()).toBe(
      "(select * from `shop`.`orders` where at >= '2024-01-02 03:04:05')",
    );
  });
});

it("never equals a relation of another class", () => {
  const parts = { schema: "a", identifier: "b" };
  expect(pyEquals(createRelation(Relation, parts), createRelation(ClickHouseRelation, parts))).toBe(false);
  expect(PyDict.from([[orders, 1]]).get(orders.replace({}))).toBe(1);
});
