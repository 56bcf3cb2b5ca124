import { afterEach, describe, expect, test } from "vitest";
import { dataTypes, Table, tableOutput } from "../../../core/agate/index.ts";
import { PyDict, PyFloat, pyRepr } from "../../../core/jinja/index.ts";
import { PyDate, PyDecimal } from "../../../core/python/index.ts";
import { render } from "../python/support.ts";

const rows = (): unknown[][] => [
  [1, "ann", PyDecimal.parse("1.5"), new PyDate(2026, 1, 2)],
  [2, null, PyDecimal.parse("2.25"), null],
  [3, "Cid", null, new PyDate(2026, 3, 4)],
];
const table = (): Table => Table.fromRows(["id", "name", "amt", "day"], rows());

describe("types of a result", () => {
  test("are the first that hold every value", () => {
    expect(table().columnTypes.map((type) => type.typeName)).toEqual(["Integer", "Text", "Number", "Date"]);
    const mixed = Table.fromRows(
      ["a", "b", "c", "d"],
      [
        [1, 1.5, null, true],
        [PyDecimal.parse("2"), new PyFloat(2), null, false],
      ],
    );
    expect(mixed.columnTypes.map((type) => type.typeName)).toEqual(["Number", "Number", "Integer", "Boolean"]);
    expect(pyRepr([...mixed.rows[1]!.values])).toBe("[Decimal('2'), Decimal('2.0'), None, False]");
  });

  test("texts stay as they are, lists and dicts become JSON", () => {
    const made = Table.fromRows(
      ["a", "b"],
      [
        ["007", [1, PyDict.from([["k", PyDecimal.parse("1")]])]],
        ["null", null],
      ],
    );
    expect(made.column("a")).toEqual(["007", "null"]);
    expect(made.column("b")).toEqual(['[1, {"k": 1.0}]', null]);
  });
});

describe("in templates", () => {
  test.each([
    ["t.column_names", "('id', 'name', 'amt', 'day')"],
    ["t.columns['name'].values()", "('ann', None, 'Cid')"],
    ["t.columns[-1].name", "day"],
    ["t.rows[0].name ~ t.rows[0]['id'] ~ t[0][0]", "ann11"],
    ["t.rows[0]", "<agate.Row: (1, 'ann', Decimal('1.5'), datetime.date(2026, 1, 2))>"],
    ["t.rows[0:2] | length", "2"],
    ["t.rows | map(attribute='id') | list", "[1, 2, 3]"],
    ["t.order_by('amt').columns[0].values()", "(1, 2, 3)"],
    ["t.order_by('amt', reverse=true).columns[0].values()", "(3, 2, 1)"],
    ["t.select(['day', 'id']).rows[0].values()", "(datetime.date(2026, 1, 2), 1)"],
    ["t.exclude('id').column_names", "('name', 'amt', 'day')"],
    ["t.rename({'id': 'key'}).column_names", "('key', 'name', 'amt', 'day')"],
    ["t.limit(1) | length", "1"],
    ["t.group_by('name').keys()", "('ann', None, 'Cid')"],
    ["t.join(t.select(['id', 'amt']), 'id').column_names", "('id', 'name', 'amt', 'day', 'amt2')"],
    ["t.merge([t, t]) | length", "6"],
    ["t.rows[9] is defined or t.columns['x'] is defined or t.nope is defined", "False"],
    ["t.rows[0].get('nope', 5)", "5"],
    [
      "t.rows[0].dict()",
      "OrderedDict([('id', 1), ('name', 'ann'), ('amt', Decimal('1.5')), ('day', datetime.date(2026, 1, 2))])",
    ],
  ])("%s", (expression, expected) => {
    expect(render(expression, { t: table() })).toBe(expected);
  });

  test.each([
    ["t.select(['x'])", "tuple.index(x): x not in tuple"],
    ["t.order_by('x')", "'x'"],
    ["t.to_csv('/tmp/x')", "a template cannot write files"],
  ])("%s raises", (expression, message) => {
    expect(() => render(expression, { t: table() })).toThrow(message);
  });
});

describe("as text", () => {
  const write = tableOutput.write;
  afterEach(() => {
    tableOutput.write = write;
  });

  test("print_table", () => {
    let printed = "";
    tableOutput.write = (text) => {
      printed += text;
    };
    expect(render("t.print_table(max_columns=3, max_rows=2)", { t: table() })).toBe("None");
    expect(printed).toBe(
      "| id | name |  amt | ... |\n| -- | ---- | ---- | --- |\n|  1 | ann  | 1.50 | ... |\n|  2 |      | 2.25 | ... |\n| ... | ...  |  ... | ... |\n",
    );
  });

  test("numbers get no more places than asked for, and groups", () => {
    const numbers = Table.fromRows(["n"], [[PyDecimal.parse("1234.56789")], [PyDecimal.parse("-0.5")]]);
    expect(numbers.print()).toBe("|          n |\n| ---------- |\n| 1,234.568… |\n|    -0.500… |\n");
    expect(numbers.print({ maxPrecision: null })).toContain("1,234.56789");
  });

  test("JSON and CSV", () => {
    const made = Table.fromRows(
      ["a", "b"],
      [
        [1, 'x "é"'],
        [null, "y,z"],
      ],
    );
    expect(made.toJson()).toBe('[{"a": 1, "b": "x \\"é\\""}, {"a": null, "b": "y,z"}]');
    expect(made.toCsv()).toBe('a,b\n1,"x ""é"""\n,"y,z"\n');
  });

  test("str is the structure", () => {
    expect(Table.fromRows(["a"], [], [dataTypes.INTEGER]).str()).toBe(
      "| column | data_type |\n| ------ | --------- |\n| a      | Integer   |\n",
    );
  });
});
