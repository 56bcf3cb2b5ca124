import { pyIterate } from "../jinja/runtime/iterate.ts";
import { type Body, type Member, method, raise, typeName } from "../python/support.ts";
import { distinct, exclude, find, join, limit, merge, orderBy, rename, select, where } from "./operations.ts";
import { output } from "./output.ts";
import { structureText } from "./print.ts";
import { denormalize, homogenize, normalize, pivot } from "./reshape.ts";
import { TABLE_MEMBERS, Table } from "./table.ts";
import { groupBy } from "./tableset.ts";

const add = (signature: string, body: Body): void => {
  TABLE_MEMBERS.set(signature.slice(0, signature.indexOf("(")), method(signature, body) as Member<Table>);
};

function asTable(value: unknown): Table {
  return value instanceof Table
    ? value
    : raise("AttributeError", `'${typeName(value)}' object has no attribute '_rows'`);
}

/** Files are not for templates: what agate writes to a path is refused. */
const refuseFile =
  (name: string): Body =>
  () =>
    raise("SecurityError", `a template cannot write files: Table.${name}() is not available`);

add("select(key)", select);
add("exclude(key)", exclude);
add("where(test)", where);
add("find(test)", find);
add("order_by(key, reverse=False)", orderBy);
add("limit(start_or_stop=None, stop=None, step=None)", limit);
add("distinct(key=None)", distinct);
add("rename(column_names=None, row_names=None, slug_columns=False, slug_rows=False, **kwargs)", rename);
add("group_by(key, key_name=None, key_type=None)", groupBy);
add(
  "join(right_table, left_key=None, right_key=None, inner=False, full_outer=False, require_match=False, columns=None)",
  (self: Table, right, leftKey, rightKey, inner, fullOuter, requireMatch, columns) =>
    join(self, asTable(right), leftKey, rightKey, { inner, fullOuter, requireMatch, columns }),
);
add("merge(tables, row_names=None, column_names=None)", (_self: Table, tables, _rowNames, columnNames) =>
  merge(Array.from(pyIterate(tables), asTable), columnNames),
);
add(
  "pivot(key=None, pivot=None, aggregation=None, computation=None, default_value=..., key_name=None)",
  (self: Table, key, column, _aggregation, _computation, otherwise) => pivot(self, key, column, otherwise),
);
add(
  "denormalize(key=None, property_column='property', value_column='value', default_value=..., column_types=None)",
  denormalize as Body,
);
add(
  "normalize(key, properties, property_column='property', value_column='value', column_types=None)",
  normalize as Body,
);
/** Computations are objects of agate that a template has no way to make, so only their absence is possible. */
const noComputations = (computations: unknown): void => {
  for (const item of pyIterate(computations)) raise("TypeError", `'${typeName(item)}' object is not subscriptable`);
};
add("compute(computations, replace=False)", (self: Table, computations) => {
  noComputations(computations);
  return self.withRows(self.rows);
});
add("homogenize(key, compare_values, default_row=None)", homogenize);
add(
  "print_table(max_rows=20, max_columns=6, output=None, max_column_width=20, locale=None, max_precision=3)",
  (self: Table, maxRows, maxColumns, _output, maxColumnWidth, _locale, maxPrecision) => {
    output.write(self.print({ maxRows, maxColumns, maxColumnWidth, maxPrecision }));
    return null;
  },
);
add("print_structure(output=None, max_rows=None)", (self: Table) => {
  output.write(structureText(self));
  return null;
});
add("print_csv(**kwargs)", (self: Table) => {
  output.write(self.toCsv());
  return null;
});
add("print_json(**kwargs)", (self: Table, kwargs) => {
  output.write(self.toJson(kwargs.get("newline") === true));
  return null;
});
for (const name of ["to_csv", "to_json"]) add(`${name}(path, **kwargs)`, refuseFile(name));
