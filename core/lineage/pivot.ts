import { type Analysis, newScope, type Scope, type Scoped } from "./analysis.ts";
import { type Body, bare, dotted, expression, list, named, nameText, type Tree } from "./ast.ts";
import { distinct, type Rel, unknown, type Value } from "./relation.ts";
import { readAll, readValue } from "./values.ts";

/** `pivot` and `unpivot`, in `from` and as statements. */
export function pivoted(
  analysis: Analysis,
  kind: string,
  body: Body,
  outer: Scope,
  scopedOf: (tree: Tree) => Scoped[],
): Rel {
  const scope = newScope(outer, outer.env);
  scope.relations.push(...scopedOf(body.this));
  const source: Rel = {
    columns: scope.relations.flatMap((one) => one.rel.columns),
    open: scope.relations.flatMap((one) => one.rel.open),
  };
  if (kind === "unpivot") {
    const columns = list(body.columns);
    return unpivot(analysis, scope, source, {
      columns,
      names: [nameText(body.name_column)],
      values: [nameText(body.value_column)],
    });
  }
  if (body.unpivot) {
    const into = (expression({ into: body.into })?.body.unpivot_columns ?? {}) as Body;
    return unpivot(analysis, scope, source, {
      columns: list(body.expressions),
      names: [bareName(into.this)],
      values: list(into.expressions).map(bareName),
    });
  }
  return pivot(analysis, scope, source, body);
}

const bareName = (tree: Tree): string | null => {
  const found = expression(tree);
  if (found?.kind === "var") return typeof found.body.this === "string" ? found.body.this : nameText(found.body.this);
  return dotted(tree)?.at(-1)?.text ?? nameText(tree);
};

interface Unpivot {
  columns: readonly Tree[];
  names: (string | null)[];
  values: (string | null)[];
}

/** Rows of what were columns: the name is no column's, the value is that of all of them. */
function unpivot(analysis: Analysis, scope: Scope, source: Rel, { columns, names, values }: Unpivot): Rel {
  const { fold } = analysis.rules;
  const plain = columns.map((one) => dotted(bare(one)));
  if (values.length !== 1 || names[0] == null || values[0] == null || plain.some((parts) => parts === null)) {
    return {
      columns: [],
      open: [{ relation: null, reason: "an unpivot of this form is not followed", except: new Set() }],
    };
  }
  const gone = new Set(plain.map((parts) => fold(parts!.at(-1)!.text)));
  const value = readAll({ analysis, scope, clause: "other" }, columns);
  return {
    columns: [
      ...source.columns.filter((column) => !gone.has(fold(column.name))),
      { name: names[0], kind: "constant", sources: [] },
      { name: values[0], ...value },
    ],
    open: source.open.map((one) => ({ ...one, except: new Set([...one.except, ...gone]) })),
  };
}

/** Columns of what were values: known where the values are listed. */
function pivot(analysis: Analysis, scope: Scope, source: Rel, body: Body): Rel {
  const { fold } = analysis.rules;
  const statement = list(body.using).length > 0;
  const aggregates = list(statement ? body.using : body.expressions);
  const fields = list(statement ? body.expressions : body.fields);
  const groups = (expression(body.group)?.body.expressions ?? (body.group as Body | null)?.expressions) as Tree;
  const place = { analysis, scope, clause: "other" } as const;
  const used = new Set([...aggregates, ...fields].flatMap((tree) => columnNames(tree)).map(fold));
  const kept: Rel =
    list(groups).length > 0
      ? {
          columns: list(groups).map((tree) => ({
            name: dotted(bare(tree))?.at(-1)?.text ?? "?",
            ...readValue(place, tree),
          })),
          open: [],
        }
      : {
          columns: source.columns.filter((column) => !used.has(fold(column.name))),
          open: source.open.map((one) => ({ ...one, except: new Set([...one.except, ...used]) })),
        };
  const [only] = fields;
  const field = expression(only);
  if (fields.length !== 1 || field?.kind !== "in") {
    const value = unknown("the columns that a pivot makes of data are not known");
    const known = new Set(kept.columns.map((column) => fold(column.name)));
    return { columns: kept.columns, open: [...kept.open, { relation: null, reason: value.reason!, except: known }] };
  }
  const on = readValue(place, field.body.this);
  const columns = list(field.body.expressions).flatMap((tree) => {
    const label = labelOf(tree);
    return aggregates.map((aggregate) => {
      const value = readValue(place, aggregate);
      const alias = nameText(expression(aggregate)?.body.alias);
      const name =
        label === null ? "?" : alias === null ? (aggregates.length > 1 ? `${label}_?` : label) : `${label}_${alias}`;
      return { name, ...joined(value, on) };
    });
  });
  return { columns: [...kept.columns, ...columns], open: kept.open };
}

function joined(value: Value, on: Value): Value {
  const lost = [value, on].find((one) => one.kind === "unknown");
  if (lost) return unknown(lost.reason!);
  return { kind: "aggregate", sources: distinct([...value.sources, ...on.sources]) };
}

function labelOf(tree: Tree): string | null {
  const found = expression(tree);
  if (found?.kind === "alias" || found?.kind === "pivot_alias")
    return named(found.body.alias)?.text ?? labelOf(found.body.alias);
  if (found?.kind === "literal") return String(found.body.value);
  return bareName(tree);
}

/** The names of all columns in an expression. */
function columnNames(tree: Tree): string[] {
  const parts = dotted(tree);
  if (parts) return [parts.at(-1)!.text];
  if (Array.isArray(tree)) return tree.flatMap(columnNames);
  if (tree === null || typeof tree !== "object") return [];
  return Object.values(tree).flatMap(columnNames);
}
