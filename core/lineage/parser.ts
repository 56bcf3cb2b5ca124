import { TsdbtError } from "../errors.ts";
import type { Tree } from "./ast.ts";
import { readable } from "./readable.ts";
import type { LineageDialect } from "./types.ts";

interface Parser {
  parse(sql: string, dialect: string): { success: boolean; ast: Tree; error?: string };
  generate(trees: Tree[], dialect: string): { success: boolean; sql?: string[] };
}

let loaded: Parser | null = null;

/** Loads the SQL parser: 24 MB of WebAssembly that nothing else needs. @throws TsdbtError where it is not installed */
export async function loadParser(): Promise<void> {
  if (loaded) return;
  try {
    loaded = (await import("@polyglot-sql/sdk")) as unknown as Parser;
  } catch (cause) {
    throw new TsdbtError("TD5101", "Runtime Error", "The SQL parser for column-level lineage could not be loaded", {
      hint: "npm install @polyglot-sql/sdk",
      cause,
    });
  }
}

interface Parsed {
  tree: Tree;
  /** Where in the SQL stands what the tree says to stand at a place. */
  original(place: number): number;
}

/** The tree of the one query that `sql` holds, or why there is none. Needs {@link loadParser}. */
export function parseSql(sql: string, dialect: LineageDialect): Parsed | { error: string } {
  const { sql: read, original } = readable(sql, dialect);
  const result = loaded!.parse(read, dialect);
  if (!result.success) return { error: result.error ?? "the SQL could not be read" };
  const statements = (result.ast as Tree[]).filter((statement) => statement !== null);
  if (statements.length !== 1) return { error: `one query was expected, not ${statements.length}` };
  return { tree: statements[0], original };
}

/** An expression as SQL; null where the parser cannot write it. */
export function sqlOf(tree: Tree, dialect: LineageDialect): string | null {
  const result = loaded!.generate([tree], dialect);
  return result.success ? (result.sql?.[0] ?? null) : null;
}
