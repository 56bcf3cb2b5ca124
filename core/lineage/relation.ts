import type { DialectRules } from "./dialects.ts";
import type { ColumnKind, ColumnLineage, ColumnSource, OpenStar, TypeClass } from "./types.ts";

/** What is known of one value. */
export type Value = Omit<ColumnLineage, "name">;

/** A star that could not be written out: any column but `except` may come through it. */
export interface Open extends OpenStar {
  except: ReadonlySet<string>;
  /** What each of its columns is, where that is known though their names are not. */
  value?: Value;
}

/** What a query or table yields: the columns known, and what else may come. */
export interface Rel {
  columns: ColumnLineage[];
  open: Open[];
  /** What decides which rows there are: the value of `exists`. */
  conditions?: Value;
}

export type Found = { value: Value; sure: boolean } | null;

export const CONSTANT: Value = { kind: "constant", sources: [] };

export const unknown = (reason: string): Value => ({ kind: "unknown", sources: [], reason });

/** The column of a relation; not `sure` where it is only known that it could come through a star. */
export function lookUp(rel: Rel, name: string, { fold }: DialectRules): Found {
  const folded = fold(name);
  const column = rel.columns.find((one) => fold(one.name) === folded);
  if (column) return { value: column, sure: true };
  const through = rel.open.filter((open) => !open.except.has(folded));
  if (through.length === 0) return null;
  if (through.length > 1) return { value: unknown(couldCome(through.map(placeOf))), sure: false };
  const [open] = through as [Open];
  if (open.value) return { value: open.value, sure: false };
  if (open.relation === null) return { value: unknown(open.reason), sure: false };
  return { value: { kind: "direct", sources: [{ relation: open.relation, column: name }] }, sure: false };
}

const placeOf = (open: Open): string => open.relation ?? "what is not known";

/** The reason where several tables could have a column. */
export function couldCome(relations: readonly string[]): string {
  return `could come from ${[...new Set(relations)].join(" or ")}, whose columns are not all known`;
}

const RANK: readonly ColumnKind[] = ["constant", "direct", "derived", "aggregate", "unknown"];

/** The stronger of two kinds: what is computed from an aggregate counts as aggregate. */
export function stronger(a: ColumnKind, b: ColumnKind): ColumnKind {
  return RANK.indexOf(a) >= RANK.indexOf(b) ? a : b;
}

/** One value that is now this and now that: rows of a union, a merged join column. */
export function either(values: readonly Value[]): Value {
  const lost = values.find((value) => value.kind === "unknown");
  if (lost) return unknown(lost.reason!);
  const kind = values.map((value) => value.kind).reduce(stronger);
  const types = new Set(values.map((value) => value.type));
  return withType(
    { kind, sources: distinct(values.flatMap((value) => value.sources)) },
    types.size === 1 ? [...types][0] : undefined,
  );
}

export function withType(value: Value, type: TypeClass | undefined): Value {
  const { type: _, ...rest } = value;
  return type ? { ...rest, type } : rest;
}

/** Sources without repetition, in the order they came. */
export function distinct(sources: readonly ColumnSource[]): ColumnSource[] {
  const seen = new Map<string, ColumnSource>();
  for (const source of sources) {
    const key = `${source.relation}\0${source.column}`;
    if (!seen.has(key)) seen.set(key, source);
  }
  return [...seen.values()];
}

/** A relation under other column names, as `t(a, b)` gives them: the first ones only, if there are fewer. */
export function renamed(rel: Rel, names: readonly string[]): Rel {
  if (names.length === 0) return rel;
  if (rel.open.length > 0) {
    const reason = `${rel.open.map(placeOf).join(", ")}: the columns that get other names are not known`;
    return { columns: names.map((name) => ({ name, ...unknown(reason) })), open: [] };
  }
  return { ...rel, columns: rel.columns.map((column, i) => ({ ...column, name: names[i] ?? column.name })) };
}
