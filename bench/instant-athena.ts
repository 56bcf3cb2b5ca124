import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** Athena, Glue, STS and S3 at one address that keep nothing but what tables there are, and answer at once. */
export interface InstantAthena {
  /** Variables by which AWS clients, those of Python as well, find it. */
  env: { [name: string]: string };
  /** Forgets the tables of a schema. */
  empty(schema: string): void;
  /** From now on queries run for as many seconds as this says. */
  take(seconds: () => number): void;
  /** How many seconds after its end each query was first asked for, since `take` was called. */
  late(): number[];
  stop(): void;
}

interface Query {
  sql: string;
  /** In milliseconds of the clock. */
  end: number;
  seen: number | undefined;
}

interface State {
  tables: Map<string, Table>;
  queries: Map<string, Query>;
  seconds: () => number;
}

type Input = { [key: string]: unknown };
type Table = Input & { Name: string; DatabaseName: string };

const COLUMNS = [
  { Name: "id", Type: "int" },
  { Name: "amount", Type: "int" },
];
const CREATES = /create (?:or replace )?(?:table|view)\s+"[^"]*"\."([^"]*)"\."([^"]*)"/i;
const DROPS = /drop (?:table|view) if exists\s+[`"]([^`"]*)[`"]\.[`"]([^`"]*)[`"]/i;

export async function startInstantAthena(): Promise<InstantAthena> {
  const state: State = { tables: new Map(), queries: new Map(), seconds: () => 0 };
  const server = createServer((request, response) => void answer(state, request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const services = ["ATHENA", "GLUE", "S3", "STS", "LAKEFORMATION"];
  return {
    env: {
      ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, url])),
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
    },
    empty(schema) {
      for (const [key, { DatabaseName }] of state.tables) if (DatabaseName === schema) state.tables.delete(key);
    },
    take(seconds) {
      state.seconds = seconds;
      state.queries.clear();
    },
    late: () =>
      [...state.queries.values()].flatMap(({ end, seen }) => (seen === undefined ? [] : [(seen - end) / 1000])),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await buffer(request)).toString("utf8");
  const [service, action] = String(request.headers["x-amz-target"] ?? "").split(".");
  if (action !== undefined) {
    const input = JSON.parse(body || "{}") as Input;
    const found = service === "AmazonAthena" ? athena(state, action, input) : glue(state.tables, action, input);
    response.writeHead(found ? 200 : 400, { "Content-Type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(found ?? { __type: "EntityNotFoundException", Message: "Entity Not Found" }));
    return;
  }
  response.writeHead(200, { "Content-Type": "application/xml" });
  if (body.includes("GetCallerIdentity")) {
    response.end(
      "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
    );
  } else if (request.method === "GET") {
    response.end("<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>");
  } else response.end(request.method === "POST" ? "<DeleteResult/>" : "");
}

function athena({ tables, queries, seconds }: State, action: string, input: Input): object | null {
  if (action === "StartQueryExecution") {
    const QueryExecutionId = randomUUID();
    const sql = String(input.QueryString);
    queries.set(QueryExecutionId, { sql, end: Date.now() + seconds() * 1000, seen: undefined });
    const created = CREATES.exec(sql);
    if (created) {
      const view = /^\s*(?:\/\*.*\*\/|--.*\n)?\s*create (?:or replace )?view/i.test(sql);
      put(tables, created[1]!, {
        Name: created[2]!,
        TableType: view ? "VIRTUAL_VIEW" : "EXTERNAL_TABLE",
        Parameters: {},
        StorageDescriptor: { Columns: COLUMNS, Location: /external_location='([^']*)'/.exec(sql)?.[1] ?? "" },
      });
    }
    const dropped = DROPS.exec(sql);
    if (dropped) tables.delete(`${dropped[1]}.${dropped[2]}`);
    return { QueryExecutionId };
  }
  if (action === "GetQueryExecution") {
    const now = Date.now();
    const query = queries.get(String(input.QueryExecutionId));
    const isOver = !query || query.end <= now;
    if (query && isOver) query.seen ??= now;
    const QueryExecution = {
      QueryExecutionId: input.QueryExecutionId,
      StatementType: "DML",
      Status: {
        State: isOver ? "SUCCEEDED" : "RUNNING",
        SubmissionDateTime: now / 1000,
        ...(isOver && { CompletionDateTime: now / 1000 }),
      },
      ResultConfiguration: { OutputLocation: `s3://bench/results/${input.QueryExecutionId}.csv` },
      Statistics: { DataScannedInBytes: 0, EngineExecutionTimeInMillis: 1 },
    };
    return { QueryExecution };
  }
  if (action === "GetQueryResults") {
    const schemas = /information_schema\.schemata/i.test(queries.get(String(input.QueryExecutionId))?.sql ?? "");
    const names = schemas ? ["schema_name", "default"] : ["_col0"];
    const Rows = names.map((VarCharValue) => ({ Data: [{ VarCharValue }] }));
    const ColumnInfo = [{ Name: names[0], Type: "varchar", Nullable: "UNKNOWN" }];
    return { UpdateCount: 0, ResultSet: { Rows, ResultSetMetadata: { ColumnInfo } } };
  }
  if (action === "GetWorkGroup") return { WorkGroup: { Name: input.WorkGroup, State: "ENABLED", Configuration: {} } };
  return {};
}

function put(tables: Map<string, Table>, DatabaseName: string, table: Input & { Name: string }): void {
  const CreateTime = Math.floor(Date.now() / 1000);
  tables.set(`${DatabaseName}.${table.Name}`, { ...table, DatabaseName, CreateTime, VersionId: "1" });
}

/** Null for what is not there. */
function glue(tables: Map<string, Table>, action: string, input: Input): object | null {
  const DatabaseName = String(input.DatabaseName ?? "");
  switch (action) {
    case "GetTables":
      return { TableList: [...tables.values()].filter((table) => table.DatabaseName === DatabaseName) };
    case "GetTable": {
      const Table = tables.get(`${DatabaseName}.${input.Name}`);
      return Table ? { Table } : null;
    }
    case "GetTableVersions": {
      const Table = tables.get(`${DatabaseName}.${input.TableName}`);
      return { TableVersions: Table ? [{ Table, VersionId: "1" }] : [] };
    }
    case "CreateTable":
    case "UpdateTable":
      put(tables, DatabaseName, input.TableInput as Input & { Name: string });
      return {};
    case "DeleteTable":
      return tables.delete(`${DatabaseName}.${input.Name}`) ? {} : null;
    case "GetPartitions":
      return { Partitions: [] };
    case "GetDatabases":
      return {
        DatabaseList: [...new Set([...tables.values()].map((table) => table.DatabaseName))].map((Name) => ({ Name })),
      };
    case "GetDatabase":
      return { Database: { Name: input.Name } };
    default:
      return {};
  }
}
