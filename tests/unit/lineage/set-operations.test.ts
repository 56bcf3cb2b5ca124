import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type LineageDialect, lineageOf, loadParser, type UpstreamRelation } from "../../../core/lineage/index.ts";

const TABLES: UpstreamRelation[] = ["t", "u", "v"].map((name) => ({
  id: name,
  database: null,
  schema: null,
  name,
  complete: true,
  columns: [{ name: "a" }, { name: "b" }],
}));

/** A query as people write it, and the same with parentheses around every branch and a name for every subquery. */
interface Written {
  plain: string;
  sure: string;
}

const OPERATIONS = ["union all", "union distinct", "except distinct", "intersect distinct"];
const CONDITIONS = ["", " where a = (select max(b) from v)", " where a in (select b from u)", " where (a > 1)"];

const { query } = fc.letrec<{ query: Written; branch: Written; source: Written }>((tie) => ({
  source: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("t", "u", "v").map((name) => ({ plain: name, sure: name })),
    tie("query").map(({ plain, sure }) => ({ plain: `(${plain})`, sure: `(${sure}) as q` })),
  ),
  branch: fc
    .tuple(fc.constantFrom("a, b", "b as a, a as b"), tie("source"), fc.constantFrom(...CONDITIONS))
    .map(([columns, from, condition]) => ({
      plain: `select ${columns} from ${from.plain}${condition}`,
      sure: `select ${columns} from ${from.sure}${condition}`,
    })),
  query: fc
    .tuple(tie("branch"), fc.array(fc.tuple(fc.constantFrom(...OPERATIONS), tie("branch")), { maxLength: 2 }))
    .map(([first, others]) =>
      others.reduce(
        (left, [operation, right]) => ({
          plain: `${left.plain} ${operation} ${right.plain}`,
          sure: `(${left.sure}) ${operation} (${right.sure})`,
        }),
        first,
      ),
    )
    // Which of several operations is done first is the dialect's affair.
    .filter(({ plain }) => !/intersect/.test(plain) || !/union|except/.test(plain)),
}));

beforeAll(loadParser);

test.each<LineageDialect>(["duckdb", "clickhouse", "trino"])("%s: branches end where they end", (dialect) => {
  const columnsOf = (sql: string) => {
    const { columns, error } = lineageOf(sql, dialect, TABLES);
    return { columns, error };
  };
  fc.assert(
    fc.property(query, ({ plain, sure }) => {
      expect(columnsOf(plain)).toEqual(columnsOf(sure));
    }),
    { numRuns: 60 },
  );
});
