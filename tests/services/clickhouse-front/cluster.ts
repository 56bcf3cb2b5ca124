import { unquoted } from "./statements.ts";

const CLAUSE = /\s+on\s+cluster\s+("[^"]+"|`[^`]+`|'[^']+'|[\w-]+)/i;
const DDL =
  /^(?:create|drop|alter|rename|exchange|truncate|optimize|attach|detach|undrop|system|grant|revoke|kill|replace|delete|update)\b/i;

/** What the server answers to a statement for a cluster: what each of its hosts has done. */
export const DONE_ON_CLUSTER =
  "select 'localhost' as host, 9000::UInt16 as port, 0::Int64 as status, '' as error, " +
  "0::UInt64 as num_hosts_remaining, 0::UInt64 as num_hosts_active";

/** A statement for a cluster as the one for this server, which is its only one; undefined where it names none. */
export function onThisServer(statement: string, clusters: string[]): string | undefined {
  if (!DDL.test(statement)) return undefined;
  const clause = CLAUSE.exec(statement);
  if (!clause) return undefined;
  const name = unquoted(clause[1]!);
  if (!clusters.includes(name)) {
    throw new Error(`Code: 701. DB::Exception: Requested cluster '${name}' not found. (CLUSTER_DOESNT_EXIST)`);
  }
  return statement.slice(0, clause.index) + statement.slice(clause.index + clause[0].length);
}

const REPLICATED =
  /\bReplicated(\w*MergeTree)\b(?:\s*\(\s*('(?:[^'\\]|\\.)*'\s*,\s*'(?:[^'\\]|\\.)*'\s*(?:,\s*)?)?)?/gi;

const REPLICATED_DATABASE = /^(create\s+database\b[\s\S]*?\bengine\s*=?\s*)Replicated\s*\([^)]*\)/i;

/** The statement with the engines of what has no other replica, for which the server would need Keeper. */
export function withoutReplicas(statement: string): string {
  if (!/^(?:create|replace|attach)\b/i.test(statement)) return statement;
  const local = statement.replace(REPLICATED_DATABASE, "$1Atomic");
  return local.replace(REPLICATED, (all, engine: string) => (all.includes("(") ? `${engine}(` : engine));
}

/** Whether a statement waits for replicas: as all there is has none, it has nothing to wait for. */
export function waitsForReplicas(statement: string): boolean {
  return /^system\s+sync\s+replica\b/i.test(statement);
}
