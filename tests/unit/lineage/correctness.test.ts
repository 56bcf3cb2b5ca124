import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type LineageDialect, lineageOf, loadParser, type UpstreamRelation } from "../../../core/lineage/index.ts";
import type { TypeClass } from "../../../core/lineage/types.ts";

const FOLDER = join(import.meta.dirname, "../../fixtures/lineage");
const read = (name: string): unknown => parse(readFileSync(join(FOLDER, `${name}.yml`), "utf8"));

interface Case {
  sql: string;
  gives?: { [column: string]: string | null };
  open?: (string | null)[];
  error?: boolean;
}
interface Listed {
  id: string;
  schema: string;
  cte?: string;
  complete?: boolean;
  columns: { [name: string]: string };
}

const CATALOG: UpstreamRelation[] = (read("catalog") as Listed[]).map(({ id, schema, cte, complete, columns }) => ({
  id,
  database: null,
  schema,
  name: id,
  ...(cte ? { cte } : {}),
  complete: complete !== false,
  columns: Object.entries(columns).map(([name, type]) => ({ name, ...(type ? { type: type as TypeClass } : {}) })),
}));

beforeAll(loadParser);

const cases = (["duckdb", "clickhouse", "trino"] as const).flatMap((dialect) =>
  (read(dialect) as Case[]).map((one) => [dialect, one.sql, one] as [LineageDialect, string, Case]),
);

test("the set is large enough to say something", () => expect(cases.length).toBeGreaterThanOrEqual(150));

describe("each query gives what was checked by hand", () => {
  test.each(cases)("%s: %s", (dialect, sql, { gives, open, error }) => {
    const lineage = lineageOf(sql, dialect, CATALOG);
    expect(lineage.error !== undefined).toBe(error === true);
    if (error) return;
    const seen: { [column: string]: string | null } = {};
    for (const { name, kind, sources } of lineage.columns) {
      if (name in seen) continue;
      seen[name] =
        kind === "unknown" ? null : [kind, ...sources.map((s) => `${s.relation}.${s.column}`).sort()].join(" ");
    }
    const expected = Object.entries(gives ?? {}).map(([name, text]) => {
      if (text === null) return [name, null];
      const [kind, ...sources] = text.split(" ");
      return [name, [kind, ...sources.sort()].join(" ")];
    });
    expect(seen).toEqual(Object.fromEntries(expected));
    expect(lineage.open.map((one) => one.relation)).toEqual(open ?? []);
  });
});
