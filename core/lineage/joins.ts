import type { Analysis, Scope, Scoped } from "./analysis.ts";
import { type Body, bare, dotted, expression, list, named, names, type Tree } from "./ast.ts";
import { scopedOf } from "./from.ts";
import { CONSTANT, either, lookUp, type Rel, unknown, type Value } from "./relation.ts";
import { clash } from "./type-class.ts";
import { readAll, readValue } from "./values.ts";

/** Adds what joins bring to a scope, left to right. */
export function joinAll(analysis: Analysis, joins: readonly Tree[], scope: Scope): void {
  for (const tree of joins) join(analysis, tree as Body, scope);
}

function join(analysis: Analysis, body: Body, scope: Scope): void {
  const kind = `${String(body.kind ?? "")} ${String(body.join_hint ?? "")}`.toLowerCase();
  if (/\w*array\b/.test(kind)) {
    arrayJoin(analysis, body.this, scope);
    return;
  }
  const before = [...scope.relations];
  const added = scopedOf(analysis, body.this, scope);
  const onlyLeft = /semi|anti/.test(kind);
  scope.relations.push(...added);
  if (body.using && list(body.using).length > 0) {
    const shared = names(body.using);
    for (const name of shared) merge(analysis, scope, { name, before, added, kind });
    const keys = new Set(shared.map(analysis.rules.fold));
    const first = [...keys].map((key) => [key, scope.mergedOf.get(key)!] as const);
    scope.mergedOf = new Map([...first, ...[...scope.mergedOf].filter(([key]) => !keys.has(key))]);
  } else if (kind.includes("natural")) natural(analysis, scope, before, added, kind);
  if (body.on) conditions(analysis, scope, body.on);
  if (onlyLeft) for (const one of added) hide(scope, one, /right/.test(kind) ? before : null);
}

/** A semi or anti join leaves the columns of one side. */
function hide(scope: Scope, one: Scoped, left: readonly Scoped[] | null): void {
  const gone = left ?? [one];
  scope.relations = scope.relations.map((each) => (gone.includes(each) ? { ...each, hidden: true } : each));
}

interface Merging {
  name: string;
  before: readonly Scoped[];
  added: readonly Scoped[];
  kind: string;
}

/** `using (name)`: one column for both sides. */
function merge(analysis: Analysis, scope: Scope, { name, before, added, kind }: Merging): void {
  const key = analysis.rules.fold(name);
  const left = scope.merged.get(key) ?? sideOf(analysis, before, name);
  const right = sideOf(analysis, added, name);
  if (!left || !right) {
    for (const [side, of] of [
      [left, before],
      [right, added],
    ] as const) {
      if (side) continue;
      const { start, end } = { start: null, end: null };
      const label = of.map((one) => one.label).join(", ");
      analysis.problems.push({
        kind: "missing-column",
        message: `${label} has no column '${name}' to join by`,
        name,
        start,
        end,
      });
    }
  } else compare(analysis, left, right, name, null);
  const merged = /full/.test(kind) ? both(left, right) : /right/.test(kind) ? right : left;
  scope.merged.set(key, merged ?? unknown(`${name} is not in both tables`));
  const tables = [...before, ...added].filter((one) => !one.hidden && lookUp(one.rel, name, analysis.rules));
  scope.mergedOf.set(key, new Set([...(scope.mergedOf.get(key) ?? []), ...tables.map((one) => one.rel)]));
}

const both = (left: Value | null, right: Value | null): Value | null =>
  left && right
    ? { ...either([left, right]), ...(left.kind === "unknown" || right.kind === "unknown" ? {} : { kind: "derived" }) }
    : (left ?? right);

function sideOf({ rules }: Analysis, relations: readonly Scoped[], name: string): Value | null {
  const found = relations
    .filter((one) => !one.hidden)
    .map((one) => lookUp(one.rel, name, rules))
    .filter((one) => one !== null);
  const sure = found.filter((one) => one.sure);
  if (sure.length > 0) return sure[0]!.value;
  if (found.length > 1) return unknown(`${name} could come from more than one table, whose columns are not all known`);
  return found[0]?.value ?? null;
}

function natural(
  analysis: Analysis,
  scope: Scope,
  before: readonly Scoped[],
  added: readonly Scoped[],
  kind: string,
): void {
  const { fold } = analysis.rules;
  if ([...before, ...added].some((one) => one.rel.open.length > 0)) {
    const rel: Rel = {
      columns: [],
      open: [{ relation: null, reason: "what a natural join merges is not known", except: new Set() }],
    };
    scope.relations.push({ rel, qualifiers: [], label: "a natural join" });
    return;
  }
  const left = new Set(before.flatMap((one) => one.rel.columns.map((column) => fold(column.name))));
  const shared = added
    .flatMap((one) => one.rel.columns.map((column) => column.name))
    .filter((name) => left.has(fold(name)));
  for (const name of shared) merge(analysis, scope, { name, before, added, kind });
}

/** ClickHouse's `array join`: its names stand in front of the columns. */
function arrayJoin(analysis: Analysis, tree: Tree, scope: Scope): void {
  const found = expression(tree);
  const items = found?.kind === "tuple" ? list(found.body.expressions) : [tree];
  const place = { analysis, scope, clause: "other" } as const;
  const added = items.map((item): [string, Value] | null => {
    const parts = expression(item)?.kind === "table" ? null : dotted(bare(item));
    const one = expression(item);
    const own = one?.kind === "table" ? one.body : null;
    const alias =
      (one?.kind === "alias" || own ? named(one?.body.alias)?.text : undefined) ??
      (own ? named(own.name)?.text : parts?.map((part) => part.text).join("."));
    const value = own
      ? readValue(place, { column: { name: own.name, table: own.schema ?? null } })
      : readValue(place, bare(item));
    return alias ? [alias, value.kind === "direct" ? { ...value, kind: "derived" } : value] : null;
  });
  for (const one of added) if (one) scope.merged.set(analysis.rules.fold(one[0]), one[1]);
}

/** The conditions of `on`: each column is looked up, and what `=` compares must go together. */
function conditions(analysis: Analysis, scope: Scope, tree: Tree): void {
  const found = expression(tree);
  if (found?.kind === "and" || found?.kind === "paren") {
    for (const part of found.kind === "and" ? [found.body.left, found.body.right] : [found.body.this]) {
      conditions(analysis, scope, part);
    }
    return;
  }
  const place = { analysis, scope, clause: "other" } as const;
  if (found?.kind !== "eq") {
    readAll(place, [tree]);
    return;
  }
  const [left, right] = [found.body.left, found.body.right].map((side) => readValue(place, side)) as [Value, Value];
  const at = dotted(bare(found.body.left)) ?? dotted(bare(found.body.right));
  compare(analysis, left, right, at?.at(-1)?.text ?? "", at?.at(-1) ?? null);
}

function compare(
  analysis: Analysis,
  left: Value,
  right: Value,
  name: string,
  at: { start: number | null; end: number | null } | null,
): void {
  if (!clash(left.type, right.type) || left === CONSTANT) return;
  analysis.problems.push({
    kind: "join-types",
    message: `The join compares ${left.type} with ${right.type}${name ? ` ('${name}')` : ""}`,
    name,
    hint: "cast one side to the other's type",
    start: at?.start ?? null,
    end: at?.end ?? null,
  });
}
