import type { Analysis, Scope } from "./analysis.ts";
import { type Body, bare, dotted, expression, isQuery, list, type Named, named, nameText, type Tree } from "./ast.ts";
import { argumentsOf, functionName, isAggregate } from "./functions.ts";
import { distinct, type Rel, unknown, type Value, withType } from "./relation.ts";
import { type Clause, isValue, resolve } from "./resolve.ts";
import { classOfExpression } from "./type-class.ts";
import type { ColumnSource } from "./types.ts";

/** Where an expression stands. */
export interface Place {
  analysis: Analysis;
  scope: Scope;
  clause: Clause;
  /** Parameters of the lambdas around it, folded. */
  locals?: ReadonlySet<string>;
}

/** What goes into an expression, gathered while walking through it. */
interface Gathered {
  sources: ColumnSource[];
  lost: string | null;
  aggregated: boolean;
  /** It differs from row to row though no column goes into it. */
  perRow: boolean;
}

/** What the value of an expression is. */
export function readValue(place: Place, tree: Tree): Value {
  const plain = bare(tree);
  const parts = dotted(plain);
  if (parts && !place.locals?.has(place.analysis.rules.fold(parts[0]!.text))) {
    return resolve(namesOf(place), parts);
  }
  if (isQuery(plain)) return scalarOf(place, plain);
  const into = gather(place, plain);
  if (into.lost !== null) return unknown(into.lost);
  const sources = distinct(into.sources);
  const kind = into.aggregated ? "aggregate" : sources.length > 0 || into.perRow ? "derived" : "constant";
  return withType({ kind, sources }, classOfExpression(plain));
}

/** What goes into some expressions together: conditions, arguments. */
export function readAll(place: Place, trees: readonly Tree[]): Value {
  const into: Gathered = { sources: [], lost: null, aggregated: false, perRow: false };
  for (const tree of trees) walk(place, tree, into);
  if (into.lost !== null) return unknown(into.lost);
  return { kind: into.sources.length > 0 ? "derived" : "constant", sources: distinct(into.sources) };
}

function gather(place: Place, tree: Tree): Gathered {
  const into: Gathered = { sources: [], lost: null, aggregated: false, perRow: false };
  walk(place, tree, into);
  return into;
}

const namesOf = ({ analysis, scope, clause }: Place) => ({
  analysis,
  scope,
  clause,
  ofAlias: (tree: Tree) => readValue({ analysis, scope, clause }, tree),
});

function add(into: Gathered, value: Value): void {
  if (value.kind === "unknown") into.lost ??= value.reason!;
  if (value.kind === "aggregate") into.aggregated = true;
  if (value.kind === "derived") into.perRow = true;
  into.sources.push(...value.sources);
}

function scalarOf({ analysis, scope }: Place, tree: Tree): Value {
  const rel = analysis.query(tree, scope, scope.env);
  const lost = lostOf(rel);
  if (lost) return lost;
  if (rel.columns.length === 1) return rel.columns[0]!;
  return { kind: "derived", sources: distinct(rel.columns.flatMap((column) => column.sources)) };
}

const lostOf = (rel: Rel): Value | null => (rel.open.length > 0 ? unknown(rel.open[0]!.reason) : null);

/** Parts of the tree that hold no expressions. */
const NO_EXPRESSIONS: ReadonlySet<string> = new Set([
  "span",
  "to",
  "data_type",
  "alias",
  "leading_comments",
  "trailing_comments",
  "inferred_type",
  "frame",
  "unit",
]);

function walk(place: Place, tree: Tree, into: Gathered): void {
  if (tree === null || typeof tree !== "object") return;
  if (Array.isArray(tree)) {
    for (const item of tree) walk(place, item, into);
    return;
  }
  const found = expression(tree);
  if (!found) {
    walkBody(place, tree as Body, into);
    return;
  }
  const { kind, body } = found;
  const special = SPECIAL[kind];
  if (special) special(place, body, into, tree);
  else if (isQuery(tree) && kind !== "paren") add(into, scalarOf(place, tree));
  else {
    if (isAggregate(kind, body, place.analysis.dialect)) into.aggregated = true;
    walkBody(place, body, into);
  }
}

function walkBody(place: Place, body: Body, into: Gathered): void {
  for (const [key, value] of Object.entries(body)) if (!NO_EXPRESSIONS.has(key)) walk(place, value, into);
}

type Special = (place: Place, body: Body, into: Gathered, tree: Tree) => void;

const column: Special = (place, body, into, tree) => {
  const parts = dotted(tree);
  if (!parts) {
    walk(place, body.this, into);
    return;
  }
  if (place.locals?.has(place.analysis.rules.fold(parts[0]!.text))) return;
  add(into, resolve(namesOf(place), parts));
};

const SPECIAL: { readonly [kind: string]: Special } = {
  column,
  dot: column,
  star: (place, body, into) => everyColumn(place, body, into),
  function: (place, body, into) => {
    const { dialect } = place.analysis;
    if (isAggregate("function", body, dialect)) into.aggregated = true;
    const name = functionName(body)?.toLowerCase();
    if (name === "columns" && dialect !== "trino") into.lost ??= "columns(…) within an expression is not followed";
    else {
      const { args: _, ...rest } = body;
      walk(place, argumentsOf(body), into);
      walkBody(place, rest, into);
    }
  },
  method_call: (place, body, into) => {
    const { dialect } = place.analysis;
    if (isAggregate("function", { name: body.method }, dialect)) into.aggregated = true;
    walk(place, body.args, into);
    const parts = dotted(body.this);
    if (parts && isSchema(place, parts, into)) return;
    walk(place, body.this, into);
  },
  combined_parameterized_agg: (place, body, into) => {
    into.aggregated = true;
    walk(place, body.expressions, into);
    walk(place, body.filter, into);
  },
  parameterized_agg: (place, body, into) => SPECIAL.combined_parameterized_agg!(place, body, into, null),
  apply: (_place, _body, into) => {
    into.lost ??= "apply(…) within an expression is not followed";
  },
  named_argument: (place, body, into) => walk(place, body.value, into),
  lambda: (place, body, into) => {
    const { fold } = place.analysis.rules;
    const own = list(body.parameters).map((one) => fold(nameText(one) ?? ""));
    walk({ ...place, locals: new Set([...(place.locals ?? []), ...own]) }, body.body, into);
  },
  comprehension: (place, body, into) => {
    walk(place, body.iterator, into);
    const own = list([body.expression, body.position]).flatMap((one) => dotted(one)?.map((part) => part.text) ?? []);
    const locals = new Set([...(place.locals ?? []), ...own.map((name) => place.analysis.rules.fold(name))]);
    walk({ ...place, locals }, [body.this, body.condition], into);
  },
  window_function: (place, body, into) => {
    const inner = windowed(place, body.this);
    into.sources.push(...inner.sources);
    into.lost ??= inner.lost;
    into.aggregated ||= inner.aggregated;
    into.perRow = true;
    overOf(place, body.over, into);
  },
  exists: (place, body, into) => {
    const rel = place.analysis.query(body.this, place.scope, place.scope.env);
    into.perRow = true;
    if (rel.conditions)
      add(into, { ...rel.conditions, kind: rel.conditions.kind === "aggregate" ? "derived" : rel.conditions.kind });
  },
};

/** `main.f(x)`, which in DuckDB may be `f(main, x)` too. */
function isSchema(place: Place, parts: readonly Named[], into: Gathered): boolean {
  const { dialect, rules } = place.analysis;
  if (dialect !== "duckdb") return true;
  if (place.locals?.has(rules.fold(parts[0]!.text))) return false;
  const known = isValue(namesOf(place), parts);
  if (known === null) into.lost ??= `${parts.map(({ text }) => text).join(".")} may be a column or a schema`;
  return known !== true;
}

/** What goes into a window's function: `sum(x) over ()` aggregates nothing away, `sum(sum(x)) over ()` does below. */
function windowed(place: Place, tree: Tree): Gathered {
  const found = expression(tree);
  if (!found) return gather(place, tree);
  const { kind, body } = found;
  if (kind === "ignore_nulls" || kind === "respect_nulls" || kind === "filter") {
    const inner = windowed(place, body.this);
    if (kind === "filter") walk(place, body.expression, inner);
    return inner;
  }
  if (kind === "within_group") {
    const inner = windowed(place, body.this);
    walk(place, body.order_by, inner);
    return inner;
  }
  const into = gather(place, []);
  if (kind === "function") walk(place, argumentsOf(body), into);
  const { args: _, this: own, params: __, ...rest } = body;
  if (kind === "aggregate_function") walk(place, body.args, into);
  if (kind !== "combined_parameterized_agg") walk(place, own, into);
  walkBody(place, rest, into);
  return into;
}

function overOf(place: Place, over: Tree, into: Gathered): void {
  if (over === null || typeof over !== "object") return;
  const { partition_by, order_by, window_name } = over as Body;
  walk(place, [partition_by, order_by], into);
  const name = named(window_name);
  if (!name) return;
  const { windows } = place.scope;
  const key = place.analysis.rules.fold(name.text);
  const spec = windows.get(key);
  if (!spec) return;
  windows.delete(key);
  overOf(place, spec, into);
  windows.set(key, spec);
}

/** `count(t.*)`, `to_json(*)`. */
function everyColumn({ analysis, scope }: Place, body: Body, into: Gathered): void {
  const table = named(body.table);
  const { fold } = analysis.rules;
  for (const { rel, qualifiers, hidden } of scope.relations) {
    if (hidden || (table && !qualifiers.includes(fold(table.text)))) continue;
    const lost = lostOf(rel);
    if (lost) into.lost ??= lost.reason!;
    for (const value of rel.columns) add(into, value);
  }
}
