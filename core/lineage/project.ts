import { createHash } from "node:crypto";
import type { LineageCache } from "./cache.ts";
import type { LineagePool } from "./pool.ts";
import type { LineageDialect, QueryLineage, TypeClass, UpstreamRelation } from "./types.ts";

/** A resource with columns, and what is needed to read them. */
export interface LineageNode extends Omit<UpstreamRelation, "columns" | "complete"> {
  /** What it selects; null where it has no SQL: a source, a seed, a model that did not compile. */
  sql: string | null;
  /** Why there is no SQL, where there should be. */
  reason?: string;
  /** Resources that the SQL reads. */
  parents: readonly string[];
  /** Columns known without the SQL: of a seed's header, the warehouse, YAML. */
  known: readonly { name: string; type?: TypeClass }[];
  /** Whether `known` are all of them. */
  complete: boolean;
  /** Columns that are added to those of the SQL: a snapshot's. */
  added?: readonly string[];
  /** Its SQL may be another one when it runs: what it yields now is not all that it may yield. */
  volatile?: boolean;
}

/** The lineage of every node, by id. A node is read once all it reads are; what was read before is taken from the cache. */
export async function projectLineage(
  nodes: ReadonlyMap<string, LineageNode>,
  dialect: LineageDialect,
  { cache, pool }: { cache: LineageCache; pool: LineagePool },
): Promise<Map<string, QueryLineage>> {
  const begun = new Map<string, Promise<QueryLineage>>();
  const of = (node: LineageNode): Promise<QueryLineage> => {
    let result = begun.get(node.id);
    if (!result) {
      result = read(node);
      begun.set(node.id, result);
    }
    return result;
  };
  const read = async (node: LineageNode): Promise<QueryLineage> => {
    // Not within the caller's stack: chains of models may be long.
    await null;
    if (node.sql === null) return withoutSql(node);
    const parents = node.parents.map((id) => nodes.get(id)).filter((parent) => parent !== undefined);
    const upstream = await Promise.all(parents.map(async (parent) => upstreamOf(parent, await of(parent))));
    upstream.push({ ...placeOf(node), columns: [], complete: false });
    const job = { sql: node.sql, dialect, upstream };
    const key = createHash("sha256").update(JSON.stringify(job)).digest("base64url");
    let lineage = cache.get(key);
    if (!lineage) {
      lineage = await pool.run(job);
      cache.set(key, lineage);
    }
    return withAdded(node, lineage);
  };
  const results = new Map<string, QueryLineage>();
  await Promise.all([...nodes.values()].map(async (node) => results.set(node.id, await of(node))));
  return new Map([...nodes.keys()].map((id) => [id, results.get(id)!]));
}

const placeOf = ({ id, database, schema, name, cte, file }: LineageNode) => ({
  id,
  database,
  schema,
  name,
  ...(cte === undefined ? {} : { cte }),
  ...(file === undefined ? {} : { file }),
});

/** What a node's own lineage says that others may read of it; else what is known otherwise. */
function upstreamOf(node: LineageNode, lineage: QueryLineage): UpstreamRelation {
  const place = placeOf(node);
  if (node.sql === null || lineage.error !== undefined) {
    return { ...place, columns: node.known, complete: node.complete };
  }
  const columns = lineage.columns.map(({ name, type }) => ({ name, ...(type ? { type } : {}) }));
  const complete = lineage.open.length === 0 && !node.volatile;
  if (complete) return { ...place, columns, complete };
  const seen = new Set(columns.map((column) => column.name.toLowerCase()));
  const others = node.known.filter((column) => !seen.has(column.name.toLowerCase()));
  return { ...place, columns: [...columns, ...others], complete: false };
}

function withoutSql(node: LineageNode): QueryLineage {
  const columns = node.known.map(({ name, type }) => ({
    name,
    kind: "direct" as const,
    sources: [],
    ...(type ? { type } : {}),
  }));
  const open = node.complete ? [] : [{ relation: node.id, reason: `the columns of ${node.name} are not all known` }];
  if (node.reason === undefined) return { columns, open, problems: [] };
  return { columns: [], open: [], problems: [], error: node.reason };
}

function withAdded(node: LineageNode, lineage: QueryLineage): QueryLineage {
  if (!node.added || lineage.error !== undefined) return lineage;
  const added = node.added.map((name) => ({ name, kind: "derived" as const, sources: [] }));
  return { ...lineage, columns: [...lineage.columns, ...added] };
}
