import { describe, expect, it } from "vitest";
import { ClickHouseColumn, clickhouseColumn } from "../../../adapters/clickhouse/column.ts";
import { Column, ColumnFactory } from "../../../adapters/column.ts";
import { DuckDBColumn, duckdbColumn } from "../../../adapters/duckdb/column.ts";
import { Environment } from "../../../core/jinja/index.ts";

const environment = new Environment({ undefined: "dbt" });

function render(template: string, names: { [name: string]: unknown }): string {
  return environment.compile(template).render({ get: (name) => names[name] });
}

describe("api.Column", () => {
  const names = { Column: new ColumnFactory(Column) };
  it.each([
    ["{{ Column('id', 'varchar', 20).data_type }}", "character varying(20)"],
    ["{{ Column('id', 'text', 20).data_type }}", "character varying(256)"],
    ["{{ Column('id', 'numeric', none, 10, 2).data_type }}", "numeric(10,2)"],
    ["{{ Column('id', 'numeric').data_type }}", "numeric"],
    ["{{ Column.create('id', 'string').dtype }} {{ Column.translate_type('integer') }}", "TEXT integer"],
    ["{{ Column.string_type(3) }} {{ Column.numeric_type('decimal', 1, none) }}", "character varying(3) decimal"],
    [
      "{{ Column('a', 'int4').is_integer() }} {{ Column('a', 'FLOAT').is_float() }} {{ Column('a', 'decimal').is_number() }}",
      "True True True",
    ],
    ["{{ Column('a', 'varchar', 5).can_expand_to(Column('b', 'varchar', 9)) }}", "True"],
    ["{{ Column('a', 'int').name }} {{ Column('a', 'int').column }} {{ Column('a', 'int').quoted }}", 'a a "a"'],
    ["{{ Column('a', 'int').literal(1) }}", "1::int"],
    ["{{ Column.from_description('a', 'decimal(10, 2)').data_type }}", "decimal(10,2)"],
    ["{{ Column.from_description('a', 'varchar(7)').char_size }}", "7"],
    ["{{ Column('a', 'int') == Column('a', 'int') }} {{ Column('a', 'int') == Column('a', 'text') }}", "True False"],
    [
      "{{ Column('a', 'int') }}",
      "Column(column='a', dtype='int', char_size=None, numeric_precision=None, numeric_scale=None)",
    ],
  ])("%s is %s", (template, expected) => {
    expect(render(template, names)).toBe(expected);
  });
  it.each([
    ["{{ Column('a', none) }}", "'NoneType' object has no attribute 'lower'"],
    ["{{ Column.create('a', 3) }}", "'int' object has no attribute 'upper'"],
  ])("has a type that is a text: %s", (template, message) => {
    expect(() => render(template, { Column: new ColumnFactory(DuckDBColumn) })).toThrow(message);
  });
  it("says what it cannot do", () => {
    expect(() => render("{{ Column('a', 'int').string_size() }}", names)).toThrow(
      "Called string_size() on non-string field!",
    );
    expect(() => render("{{ Column.from_description('a', 'decimal(x, 2)') }}", names)).toThrow(
      'could not convert "x" to an integer',
    );
    expect(() => render("{{ Column('a') }}", names)).toThrow("missing 1 required positional argument: 'dtype'");
  });
});

describe("DuckDB's columns", () => {
  const Factory = new ColumnFactory(DuckDBColumn);
  it("prints as Python dbt's does", () => {
    expect(render("{{ Column.create('a', 'string') }}", { Column: Factory })).toBe(
      "DuckDBColumn(column='a', dtype='TEXT', char_size=None, numeric_precision=None, numeric_scale=None, fields=[])",
    );
  });
  it("takes structs apart, however deep", () => {
    const column = duckdbColumn(
      "s",
      'STRUCT(a INTEGER, b STRUCT(c DECIMAL(10,2), d VARCHAR[]), "e, f" MAP(VARCHAR, INTEGER))',
    );
    expect(column.flatten().map((c) => `${c.name}:${c.dtype}`)).toEqual([
      "s.a:INTEGER",
      "s.b.c:DECIMAL(10,2)",
      "s.b.d:VARCHAR[]",
      's."e, f":MAP(VARCHAR, INTEGER)',
    ]);
  });
  it("knows its own numbers", () => {
    expect([
      duckdbColumn("a", "UBIGINT").isInteger(),
      duckdbColumn("a", "DOUBLE").isFloat(),
      duckdbColumn("a", "VARCHAR").isString(),
    ]).toEqual([true, true, true]);
  });
});

describe("ClickHouse's columns", () => {
  it.each([
    ["String", "String", "String", false],
    ["Nullable(String)", "String", "Nullable(String)", true],
    ["LowCardinality(Nullable(String))", "String", "LowCardinality(Nullable(String))", true],
    ["Nullable(Decimal(10, 2))", "Decimal(10, 2)", "Nullable(Decimal(10, 2))", true],
    ["DateTime64(3)", "DateTime64(3)", "DateTime64(3)", false],
    ["Array(Nullable(Int8))", "Array(Nullable(Int8))", "Array(Nullable(Int8))", false],
  ])("%s", (type, dtype, dataType, nullable) => {
    const column = clickhouseColumn("a", type);
    expect([column.dtype, column.dataType, column.isNullable]).toEqual([dtype, dataType, nullable]);
  });
  it("names types as the engine does", () => {
    const names = { Column: new ColumnFactory(ClickHouseColumn) };
    expect(render("{{ Column.create('a', 'integer').data_type }} {{ Column('a', 'Nullable(Int8)') }}", names)).toBe(
      "Int32 a Nullable(Int8)",
    );
    expect(render("{{ [Column('a', 'Nullable(Int8)')] }}", names)).toBe(
      "[<ClickhouseColumn a (Nullable(Int8), is nullable: True)>]",
    );
    expect(
      render("{{ Column('a', 'FixedString(16)').string_size() }} {{ Column('a', 'String').is_string() }}", names),
    ).toBe("16 True");
  });
});
