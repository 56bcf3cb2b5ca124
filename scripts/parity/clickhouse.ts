import { readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type RunningClickHouse, startClickHouse } from "../../tests/services/clickhouse.ts";
import { exchangedOffCluster, withoutImprovements } from "./improvements.ts";
import type { Copy } from "./project.ts";
import { readStatements } from "./statements.ts";
import { compareContents, type TableContents } from "./tables.ts";
import type { Warehouse } from "./warehouse.ts";

/** Whom models may grant rights to, and who may own their views. */
const USERS = { default: "", reader: "", writer: "" };

/** A server of one copy's own, with the file in which its statements are told. */
export interface Side {
  server: RunningClickHouse;
  log: string;
}

/** Starts a ClickHouse for each side and has both profiles name it; `keys` are further keys of the profile's output. */
export async function startClickHouses(dbt: Copy, tsdbt: Copy, keys: { [key: string]: unknown }): Promise<Warehouse> {
  const sides = { dbt: await startSide(dbt, keys), tsdbt: await startSide(tsdbt, keys) };
  return {
    env: { PARITY_LOG: sides.dbt.log },
    logged: (tool) => statSync(sides[tool].log).size,
    compareStatements(report, place, theirs, ours) {
      const a = readStatements(sides.dbt.log, theirs);
      const b = readStatements(sides.tsdbt.log, ours);
      for (const sender of new Set([...a.keys(), ...b.keys()])) {
        // when the cache is filled is each tool's affair: tsdbt does not where nothing is built
        if (/^list_/.test(sender) && !b.has(sender)) continue;
        const improved = withoutImprovements(b.get(sender) ?? []);
        if (!improved) continue;
        const expected = exchangedOffCluster(a.get(sender) ?? [], improved);
        const [x, y] = [expected, improved].map((all) => ordered(sender, all));
        report.group(() => report.check(`${place}: statements of ${sender}`, x, y));
      }
    },
    async compareTables(report, project, volatile) {
      const theirs = await readDatabases(sides.dbt.server.port, volatile);
      compareContents(report, project, theirs, await readDatabases(sides.tsdbt.server.port, volatile));
    },
    stop() {
      sides.dbt.server.stop();
      sides.tsdbt.server.stop();
    },
  };
}

/** Starts a ClickHouse and has the profile of a copy name it. */
export async function startSide(copy: Copy, keys: { [key: string]: unknown }): Promise<Side> {
  const log = join(dirname(copy.dir), "statements.jsonl");
  writeFileSync(log, "");
  const clusters = typeof keys.cluster === "string" ? [keys.cluster] : [];
  const server = await startClickHouse({ cwd: copy.dir, log, clusters, users: USERS });
  const profile = /^profile:\s*['"]?([\w-]+)/m.exec(readFileSync(join(copy.dir, "dbt_project.yml"), "utf8"))?.[1] ?? "";
  const output = { type: "clickhouse", host: "127.0.0.1", port: server.port, schema: profile, threads: 1, ...keys };
  writeFileSync(
    join(copy.dir, "profiles.yml"),
    JSON.stringify({ [profile]: { target: "server", outputs: { server: output } } }),
  );
  return { server, log };
}

/** What a node does, in its order. */
function ordered(sender: string, statements: readonly string[]): readonly string[] {
  if (sender.startsWith("seed.")) return statements.filter((one) => LOADING.test(one)).map(withoutStaging);
  if (/^\w+\.\w+\./.test(sender)) return statements;
  // the run's own connections ask for each way in which a schema is named, in the order of a set of Python's
  return [...new Set(statements.map((statement) => statement.split(" ").sort().join(" ")))].sort();
}

/**
 * What a seed's table is and what is put into it. The rest is different on purpose: where a seed is loaded again, dbt empties or
 * drops the table first, tsdbt fills another beside it, which takes its place.
 */
const LOADING = /^(create table [^(]* \(|insert into )/;

function withoutStaging(statement: string): string {
  return statement.replaceAll("__dbt_tmp`", "`");
}

const OWN_DATABASES = "('system', 'information_schema', 'INFORMATION_SCHEMA')";

/** Each table as the engine says that it was made, with its rows as a multiset. */
async function readDatabases(port: number, volatile: string[]): Promise<Map<string, TableContents>> {
  const tables = new Map<string, TableContents>();
  const list = await ask(
    port,
    `select database, name, engine, create_table_query from system.tables where database not in ${OWN_DATABASES} order by 1, 2`,
  );
  for (const [database, name, engine, created] of list as string[][]) {
    const columns = await ask(
      port,
      `select name, type, default_kind, default_expression, compression_codec, comment from system.columns
       where database = '${database}' and table = '${name}' order by position`,
    );
    const kept = columns.filter(([column]) => !volatile.some((v) => v === column || v === `${name}.${column}`));
    const select = kept.map(([column]) => `\`${column}\``).join(", ") || "1";
    // nobody answers the dictionaries that would fetch their rows
    const rows = created!.includes("SOURCE(HTTP(")
      ? []
      : await ask(port, `select ${select} from \`${database}\`.\`${name}\``).catch((error: Error) => [[error.message]]);
    tables.set(`${database}.${name}`, {
      kind: `${engine} ${created}`,
      columns: columns.map((column) => column.join(" ").trim()),
      rows: rows.map((row) => JSON.stringify(row)).sort(),
    });
  }
  return tables;
}

async function ask(port: number, sql: string): Promise<unknown[][]> {
  const response = await fetch(`http://127.0.0.1:${port}/?default_format=JSONCompactEachRow&final=1`, {
    method: "POST",
    body: sql,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text.trim());
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown[]);
}
