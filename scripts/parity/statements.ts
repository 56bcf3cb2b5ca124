import { closeSync, openSync, readSync } from "node:fs";

/** Statements that reached a server, in their order, by who sent them: a node, or a connection of the run itself. */
export type Statements = Map<string, string[]>;

/** Reads a part of a log with a line of JSON for each statement. */
export function readStatements(log: string, [from, to]: [number, number]): Statements {
  const statements: Statements = new Map();
  const bytes = Buffer.alloc(to - from);
  const file = openSync(log, "r");
  readSync(file, bytes, 0, bytes.length, from);
  closeSync(file);
  for (const line of bytes.toString("utf8").split("\n").filter(Boolean)) {
    const { query } = JSON.parse(line) as { query: string };
    const [, comment, sql] = /^\s*\/\* (\{.*?\}) \*\/([\s\S]*)$/.exec(query) ?? [];
    // a connection asks the server for its version and what it can do, each tool in its own way
    if (comment === undefined || COLUMNS_OF_QUERY.test(sql!)) continue;
    const { node_id, connection_name } = JSON.parse(comment) as { node_id?: string; connection_name?: string };
    const sender = node_id ?? connection_name ?? "";
    // the cache of relations is filled when it is asked for first, which each tool does at another moment
    if (!sender.startsWith("list_") && RELATIONS.test(sql!)) continue;
    statements.set(sender, [...(statements.get(sender) ?? []), wordsOf(sql!)]);
  }
  return statements;
}

const WORD =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`|[\w$]+|[\s\S]/g;
/** dbt's client asks for these formats by adding them to the text. */
const CLIENTS_FORMAT = /\s*FORMAT (Native|JSON)\s*$/;
/** What relations a schema has. */
const RELATIONS = /^\s*with mv_sources as \(/;
/** Which columns a query has: it changes nothing, and dbt sends it without a comment, so that nobody knows who asked. */
const COLUMNS_OF_QUERY = /^\s*SELECT \* FROM \( [\s\S]*\) LIMIT 0\s*$/;
/** What follows is data. */
const DATA = /\bformat CSV\s*\n/i;

/** Names that a run makes up for itself. */
const RUN_ID = /(__dbt_new_data_)[0-9a-f_]{36}/g;

/** A statement without comments and white space, so that macros may be laid out as they like. */
function wordsOf(statement: string): string {
  const sql = statement.replace(CLIENTS_FORMAT, "").replace(/;\s*$/, "");
  const data = DATA.exec(sql);
  const end = data ? data.index + data[0].length : sql.length;
  const words = sql.slice(0, end).match(WORD) ?? [];
  const kept = words.filter((word) => !/^(\s|--|\/\*)/.test(word));
  return [...kept, sql.slice(end).trim()].join(" ").trim().replace(RUN_ID, "$1RUN");
}
