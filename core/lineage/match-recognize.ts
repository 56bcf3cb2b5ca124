import { type Analysis, newScope, type Scope, type Scoped } from "./analysis.ts";
import { type Body, bare, dotted, expression, list, nameText, type Tree } from "./ast.ts";
import type { Rel, Value } from "./relation.ts";
import type { ColumnLineage } from "./types.ts";
import { type Place, readAll, readValue } from "./values.ts";

/** `match_recognize`: rows of a pattern, with all their columns or one row a match, and what is measured of it. */
export function matched(analysis: Analysis, body: Body, outer: Scope, scopedOf: (tree: Tree) => Scoped[]): Rel {
  const { fold } = analysis.rules;
  const scope = newScope(outer, outer.env);
  const variables = (String(body.pattern ?? "").match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []).map(fold);
  for (const one of scopedOf(body.this)) {
    scope.relations.push({ ...one, qualifiers: [...one.qualifiers, ...variables] });
  }
  const place: Place = { analysis, scope, clause: "other" };
  const allRows = /^all/i.test(String(body.rows ?? ""));
  readAll(
    place,
    list(body.define).map((one) => list(one)[1]),
  );
  const before = [list(body.partition_by), allRows ? list(body.order_by).map((one) => (one as Body).this) : []].flat();
  const columns: ColumnLineage[] = [
    ...before.map((tree) => ({ ...readValue(place, tree), name: dotted(bare(tree))?.at(-1)?.text ?? "?" })),
    ...list(body.measures).map((one) => measure(place, (one as Body).this, allRows)),
  ];
  if (!allRows) return { columns, open: [] };
  const named = new Set(columns.map(({ name }) => fold(name)));
  const rels = scope.relations.map((one) => one.rel);
  return {
    columns: [...columns, ...rels.flatMap((rel) => rel.columns.filter(({ name }) => !named.has(fold(name))))],
    open: rels.flatMap((rel) => rel.open.map((one) => ({ ...one, except: new Set([...one.except, ...named]) }))),
  };
}

/** `last(b.price) as top`. Where all rows stay, it is computed for each, as by a window function. */
function measure(place: Place, tree: Tree, allRows: boolean): ColumnLineage {
  const value: Value = readValue(place, tree);
  const ofMatch = value.kind === "constant" && expression(bare(tree))?.kind !== "literal";
  const kind = ofMatch || (value.kind === "aggregate" && allRows) ? "derived" : value.kind;
  return { ...value, kind, name: nameText(expression(tree)?.body.alias) ?? "?" };
}
