import { type Cte, newAnalysis, newEnvironment, type Reads } from "./analysis.ts";
import { joinAll } from "./joins.ts";
import { parseSql } from "./parser.ts";
import { readQuery } from "./query.ts";
import type { LineageDialect, QueryLineage, SqlProblem, UpstreamRelation } from "./types.ts";

/**
 * Where each column of a query comes from. Only what is sure is said: a column that could come from more than one table is
 * `unknown`, with the reason. Needs {@link loadParser}.
 *
 *     lineageOf("select id, a + b as c from t", "duckdb", [{ id: "t", name: "t", … }])
 */
export function lineageOf(sql: string, dialect: LineageDialect, upstream: readonly UpstreamRelation[]): QueryLineage {
  const parsed = parseSql(sql, dialect);
  if ("error" in parsed) return { columns: [], open: [], problems: [], error: parsed.error };
  const analysis = newAnalysis(dialect, upstream, { query: readQuery, joinAll });
  const placed = (place: number | null) => (place === null ? null : parsed.original(place));
  const moved = (one: SqlProblem): SqlProblem => ({ ...one, start: placed(one.start), end: placed(one.end) });
  const { columns, open } = analysis.query(parsed.tree, null, newEnvironment(null));
  return {
    columns: columns.map(({ name, kind, sources, reason, type }) => ({
      name,
      kind,
      sources,
      ...(reason === undefined ? {} : { reason }),
      ...(type === undefined ? {} : { type }),
    })),
    open: open.map(({ relation, reason }) => ({ relation, reason })),
    problems: [...once(analysis.problems).map(moved), ...unusedIn(analysis.reads, analysis.all)],
  };
}

/** A name that is looked up twice is at fault once. */
function once(problems: readonly SqlProblem[]): SqlProblem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = `${problem.kind}\0${problem.name}\0${problem.start ?? problem.message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Relations that only CTEs read which nothing reads. */
function unusedIn(main: Reads, all: readonly Cte[]): SqlProblem[] {
  const used = new Set<string>();
  const open = [main];
  const seen = new Set<Reads>();
  for (let reads = open.pop(); reads; reads = open.pop()) {
    if (seen.has(reads)) continue;
    seen.add(reads);
    for (const relation of reads.relations) used.add(relation);
    for (const cte of reads.ctes) open.push(cte.reads);
  }
  const unused = new Map<string, Cte>();
  for (const cte of all) for (const relation of cte.reads.relations) if (!used.has(relation)) unused.set(relation, cte);
  return [...unused].map(([relation, cte]) => ({
    kind: "unused-relation",
    message: `${relation} is read in '${cte.name}' alone, which nothing uses`,
    name: relation,
    start: null,
    end: null,
  }));
}
