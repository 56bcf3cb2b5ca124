/** A piece of the parser's tree: an expression is an object with one key, its kind, and the rest below it. */
export type Tree = unknown;
export type Body = { readonly [key: string]: unknown };

export interface Named {
  text: string;
  quoted: boolean;
  start: number | null;
  end: number | null;
}

/** The kind and content of an expression; null for what is none. */
export function expression(tree: Tree): { kind: string; body: Body } | null {
  if (tree === null || typeof tree !== "object" || Array.isArray(tree)) return null;
  const keys = Object.keys(tree);
  if (keys.length !== 1) return null;
  const body = (tree as Body)[keys[0]!];
  return { kind: keys[0]!, body: body !== null && typeof body === "object" ? (body as Body) : {} };
}

/** An identifier; null where there is none. */
export function named(tree: Tree): Named | null {
  if (tree === null || typeof tree !== "object") return null;
  const { name, quoted, span } = tree as { name?: unknown; quoted?: unknown; span?: { start: number; end: number } };
  if (typeof name !== "string") return null;
  return { text: name, quoted: quoted === true, start: span?.start ?? null, end: span?.end ?? null };
}

export const nameText = (tree: Tree): string | null => named(tree)?.text ?? null;

export const list = (tree: Tree): readonly Tree[] => (Array.isArray(tree) ? tree : []);

/** Identifiers of a list. */
export const names = (tree: Tree): string[] =>
  list(tree)
    .map(nameText)
    .filter((name): name is string => name !== null);

/** An expression without the alias, parentheses and comments around it. */
export function bare(tree: Tree): Tree {
  const found = expression(tree);
  if (found && (found.kind === "alias" || found.kind === "paren" || found.kind === "annotated")) {
    return bare(found.body.this);
  }
  return tree;
}

const QUERIES: ReadonlySet<string> = new Set(["select", "union", "intersect", "except", "values", "pivot", "unpivot"]);

/** Whether an expression is a query, be it in parentheses. */
export function isQuery(tree: Tree): boolean {
  const found = expression(tree);
  if (!found) return false;
  if (found.kind === "subquery" || found.kind === "paren" || found.kind === "annotated")
    return isQuery(found.body.this);
  return QUERIES.has(found.kind);
}

/** The names of `a.b.c`, from the left; null where it is more than names. */
export function dotted(tree: Tree): Named[] | null {
  const found = expression(tree);
  if (found?.kind === "column") {
    const name = named(found.body.name);
    const table = named(found.body.table);
    if (!name) return null;
    return table ? [...splitTable(table), name] : [name];
  }
  if (found?.kind !== "dot") return null;
  const before = dotted(found.body.this);
  const field = named(found.body.field);
  return before && field ? [...before, field] : null;
}

/** The parser keeps `a.b` before a column as one name. */
function splitTable(table: Named): Named[] {
  if (table.quoted || !table.text.includes(".")) return [table];
  return table.text.split(".").map((text) => ({ ...table, text }));
}
