import {
  AthenaClient,
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import {
  DeleteDatabaseCommand,
  GetDatabasesCommand,
  GetTablesCommand,
  GetTableVersionsCommand,
  GlueClient,
  type Table,
} from "@aws-sdk/client-glue";
import { DeleteObjectsCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import type { AthenaPlace } from "./place.ts";

/** What lies there, asked without tsdbt. */
export class Look {
  readonly glue: GlueClient;
  readonly s3: S3Client;
  private readonly athena: AthenaClient;
  private readonly at: AthenaPlace;
  constructor(at: AthenaPlace) {
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
    const { accessKeyId, secretAccessKey, region } = at;
    const keys = accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {};
    const client = (endpoint: string | undefined) => ({ region, ...keys, ...(endpoint && { endpoint }) });
    this.at = at;
    this.glue = new GlueClient(client(at.glue));
    this.s3 = new S3Client({ ...client(at.s3), forcePathStyle: at.s3 !== undefined });
    this.athena = new AthenaClient(client(at.athena));
  }

  async schemas(): Promise<string[]> {
    return (await this.glue.send(new GetDatabasesCommand({}))).DatabaseList?.map(({ Name }) => Name!).sort() ?? [];
  }
  async tables(schema: string): Promise<Table[]> {
    return (await this.glue.send(new GetTablesCommand({ DatabaseName: schema }))).TableList ?? [];
  }
  async table(schema: string, name: string): Promise<Table | undefined> {
    return (await this.tables(schema)).find((table) => table.Name === name);
  }
  /** Locations of the versions of a table that Glue keeps. */
  async versions(schema: string, name: string): Promise<string[]> {
    const input = { DatabaseName: schema, TableName: name };
    const { TableVersions = [] } = await this.glue.send(new GetTableVersionsCommand(input));
    return TableVersions.map((version) => version.Table?.StorageDescriptor?.Location ?? "");
  }
  /** Keys below a prefix of the bucket. */
  async keys(prefix: string): Promise<string[]> {
    const found: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.s3 }, { Bucket: this.at.bucket, Prefix: prefix })) {
      found.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    }
    return found;
  }
  /** Removes schemas, as far as they are there, and what lies below a prefix. */
  async remove(schemas: readonly string[], prefix: string): Promise<void> {
    for (const Name of schemas) await this.glue.send(new DeleteDatabaseCommand({ Name })).catch(() => undefined);
    const keys = await this.keys(prefix);
    for (let i = 0; i < keys.length; i += 1000) {
      const Objects = keys.slice(i, i + 1000).map((Key) => ({ Key }));
      await this.s3.send(new DeleteObjectsCommand({ Bucket: this.at.bucket, Delete: { Objects } }));
    }
  }
  /** Objects below a prefix that belong to no table of a schema, nor to a version of one. */
  async orphans(schema: string, prefix: string): Promise<string[]> {
    const places: string[] = [];
    for (const table of await this.tables(schema)) {
      if (table.TableType === "VIRTUAL_VIEW") continue;
      places.push(table.StorageDescriptor?.Location ?? "", ...(await this.versions(schema, table.Name!)));
    }
    const prefixes = places
      .filter((place) => place !== "")
      .map((place) => `${place.replace(`s3://${this.at.bucket}/`, "").replace(/\/$/, "")}/`);
    return (await this.keys(prefix)).filter((key) => !prefixes.some((place) => key.startsWith(place)));
  }

  /** The rows of a query, as texts. */
  async rows(sql: string, schema = "default"): Promise<(string | null)[][]> {
    const { QueryExecutionId } = await this.athena.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        QueryExecutionContext: { Database: schema },
        ResultConfiguration: { OutputLocation: `s3://${this.at.bucket}/looked-at/` },
      }),
    );
    for (;;) {
      const { QueryExecution } = await this.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const { State, StateChangeReason } = QueryExecution!.Status!;
      if (State === "FAILED") throw new Error(`${sql}: ${StateChangeReason}`);
      if (State === "SUCCEEDED") break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const rows: (string | null)[][] = [];
    for await (const { ResultSet } of paginateGetQueryResults({ client: this.athena }, { QueryExecutionId })) {
      for (const { Data = [] } of ResultSet?.Rows ?? [])
        rows.push(Data.map(({ VarCharValue }) => VarCharValue ?? null));
    }
    return rows.slice(1);
  }
}
