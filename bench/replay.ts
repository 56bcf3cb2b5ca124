import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

interface Job {
  /** The node's, or the name of a connection that served none. */
  id: string;
  isNode: boolean;
  statements: string[];
}

interface LoggedQuery {
  data: { sql: string; conn_name: string; node_info?: { unique_id: string } };
}

/**
 * How many seconds the engine alone takes for what a run sent it: the statements of its log (in JSON, of level debug), node by
 * node in the order in which they began, through DuckDB's own client, `threads` nodes at a time, each after those it depends on.
 */
export async function replay(dir: string, database: string, threads: number): Promise<number> {
  const jobs = jobsOf(readFileSync(join(dir, "logs", "dbt.log"), "utf8"));
  const manifest = JSON.parse(readFileSync(join(dir, "target", "manifest.json"), "utf8")) as {
    parent_map: { [id: string]: string[] };
  };
  const started = performance.now();
  const instance = await DuckDBInstance.create(join(dir, database));
  const work = async (job: Job) => {
    const connection = await instance.connect();
    for (const sql of job.statements) await connection.runAndReadAll(sql);
    connection.closeSync();
  };
  for (const job of jobs) if (!job.isNode) await work(job);
  const done = new Map(jobs.map(({ id }) => [id, settled()]));
  const nodes = jobs.filter(({ isNode }) => isNode).values();
  const lane = async () => {
    for (const job of nodes) {
      await Promise.all((manifest.parent_map[job.id] ?? []).map((parent) => done.get(parent)?.promise));
      await work(job);
      done.get(job.id)!.resolve();
    }
  };
  await Promise.all(Array.from({ length: threads }, lane));
  instance.closeSync();
  return (performance.now() - started) / 1000;
}

/** The statements by node or connection, in the order in which these began. */
function jobsOf(log: string): Job[] {
  const jobs = new Map<string, Job>();
  for (const line of log.split("\n")) {
    if (!line.includes('"name":"SQLQuery"')) continue;
    const { data } = JSON.parse(line) as LoggedQuery;
    const id = data.node_info?.unique_id ?? data.conn_name;
    const job = jobs.get(id) ?? { id, isNode: data.node_info !== undefined, statements: [] };
    jobs.set(id, job);
    job.statements.push(data.sql);
  }
  return [...jobs.values()];
}

function settled(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
