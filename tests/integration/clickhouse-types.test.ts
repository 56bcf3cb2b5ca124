import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningClickHouse, startClickHouse } from "../services/clickhouse.ts";
import { serverProject } from "../support/clickhouse-server.ts";
import { discardProjects, makeProject } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

let server: RunningClickHouse;
beforeAll(async () => {
  server = await startClickHouse();
}, 60_000);
afterAll(() => {
  server.stop();
  discardProjects();
});

const INT256 = "57896044618658097711785492504343953926634992332820282019728792003956564819967";

/** Expressions, each with the text that a template gets of its value. */
const VALUES: readonly (readonly [expression: string, text: string])[] = [
  ["9007199254740993::UInt64", "9007199254740993"],
  ["-9223372036854775808::Int64", "-9223372036854775808"],
  ["170141183460469231731687303715884105727::Int128", "170141183460469231731687303715884105727"],
  [`${INT256}::Int256`, INT256],
  ["0.1::Float32", "0.10000000149011612"],
  ["0.1::Float64", "0.1"],
  ["1/0", "Infinity"],
  ["1.10::Decimal(9, 2)", "1.10"],
  ["toDecimal64('12345678901234.5678', 4)", "12345678901234.5678"],
  ["toDecimal128('12345678901234567890123456789.123456789', 9)", "12345678901234567890123456789.123456789"],
  [
    "toDecimal256('1234567890123456789012345678901234567890.1234567890', 10)",
    "1234567890123456789012345678901234567890.1234567890",
  ],
  ["'a'::FixedString(3)", "b'a\\x00\\x00'"],
  ["unhex('ff00')", "ff00"],
  ["'x'::LowCardinality(Nullable(String))", "x"],
  ["null::Nullable(Int32)", "None"],
  ["toDate32('1925-01-01')", "1925-01-01"],
  ["toDateTime64('2024-01-31 12:00:00.123456789', 9, 'UTC')", "2024-01-31 12:00:00.123456"],
  ["toDateTime64('2024-07-31 12:00:00.123456', 6, 'America/New_York')", "2024-07-31 12:00:00.123456-04:00"],
  ["'b'::Enum16('a' = 1, 'b' = 2000)", "b"],
  ["'61f0c404-5cb3-11e7-907b-a6006ad3dba0'::UUID", "61f0c404-5cb3-11e7-907b-a6006ad3dba0"],
  ["'1.2.3.4'::IPv4", "1.2.3.4"],
  ["'2001:db8::1'::IPv6", "2001:db8::1"],
  ["true", "True"],
  ["[9007199254740993]::Array(UInt64)", "[9007199254740993]"],
  ["['a', null]::Array(Nullable(String))", '["a", null]'],
  ["map(1, 9007199254740993)::Map(UInt8, UInt64)", '{"1": 9007199254740993}'],
  ["(1, 'a')::Tuple(UInt8, String)", '[1, "a"]'],
  ["(1, 'a')::Tuple(a UInt8, b String)", '{"a": 1, "b": "a"}'],
  ["[(1, 'a')]::Nested(id UInt8, name String)", '[{"id": 1, "name": "a"}]'],
  ["(1.0, 2.0)::Point", "[1.0, 2.0]"],
  ['\'{"a":1,"b":{"c":["1",2]},"d":9007199254740993}\'::JSON', '{"a": 1, "b": {"c": ["1", 2]}, "d": 9007199254740993}'],
  ["9007199254740993::Variant(UInt64, String)", "9007199254740993"],
  ["cast(toInt64(9007199254740993), 'Dynamic')", "9007199254740993"],
  ["sumState(toUInt8(1))", "0100000000000000"],
  ["cast(1, 'SimpleAggregateFunction(sum, UInt64)')", "1"],
  ["toTime('12:34:56')", "12:34:56"],
];

type Files = { [path: string]: string };
const engines: [string, (files: Files) => string][] = [
  ["a server", (files) => serverProject(server, files, { schema: "types" })],
  ["the engine in the process", (files) => makeProject(files, "clickhouse")],
];

describe.each(engines)("values of %s", (_, project) => {
  it("reach templates, show and the differences of unit tests with every digit", () => {
    const probes = VALUES.map(([expression]) => JSON.stringify(expression)).join(", ");
    const root = project({
      "macros/probe.sql":
        `{% macro probe() %}{% for e in [${probes}] %}{% set rows = run_query('select ' ~ e ~ ' as x').rows %}` +
        "{{ print('@' ~ rows[0][0]) }}{% endfor %}{% endmacro %}",
      "models/given.sql": "select toInt256(1) as big, toDecimal128('1', 9) as part",
      "models/made.sql": "select big, part from {{ ref('given') }}",
      "models/_models.yml": `unit_tests:
  - name: digits
    model: made
    given: [{input: ref('given'), rows: [{big: '${INT256}', part: '12345678901234567890.123456789'}]}]
    expect: {rows: [{big: '1', part: '2'}]}\n`,
    });
    const run = tsdbt(root, ["-q", "run-operation", "probe"]);
    expect(run.code, run.text).toBe(0);
    const seen = run.stdout.split("\n").filter((line) => line.startsWith("@"));
    expect(seen.map((line, i) => [VALUES[i]![0], line.slice(1)])).toEqual(VALUES);

    const columns = [
      "9007199254740993::UInt64",
      `${INT256}::Int256`,
      "toDecimal128('12345678901234567890.123456789', 9)",
    ];
    const inline = `select ${columns.map((expression, i) => `${expression} as c${i}`).join(", ")}`;
    const table = tsdbt(root, ["-q", "show", "--inline", inline]);
    for (const digits of ["9007199254740993", INT256.slice(0, 17)]) expect(table.stdout).toContain(digits);
    const json = tsdbt(root, ["-q", "show", "--output", "json", "--inline", inline]);
    for (const digits of ["9007199254740993", INT256]) expect(json.stdout).toContain(digits);

    const build = tsdbt(root, ["build"]);
    expect(build.code).toBe(1);
    expect(build.text).toContain(`+++,${INT256},12345678901234567890.123456789`);
  }, 120_000);
});
