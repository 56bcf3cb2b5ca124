import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { GetTablesCommand, GetTableVersionsCommand, GlueClient, type Table } from "@aws-sdk/client-glue";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { AthenaStandIn } from "../services/athena/start.ts";

/** What lies on the stand-in, asked without tsdbt. */
export class Look {
  readonly glue: GlueClient;
  readonly s3: S3Client;
  private readonly athena: AthenaClient;
  private readonly at: AthenaStandIn;
  constructor(at: AthenaStandIn) {
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
    const { accessKeyId, secretAccessKey, region } = at;
    const shared = { region, credentials: { accessKeyId, secretAccessKey } };
    this.at = at;
    this.glue = new GlueClient({ ...shared, endpoint: at.glue });
    this.s3 = new S3Client({ ...shared, endpoint: at.s3, forcePathStyle: true });
    this.athena = new AthenaClient({ ...shared, endpoint: at.athena });
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
  /** Keys below a prefix of the stand-in's bucket. */
  async keys(prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: this.at.bucket, Prefix: prefix }));
    return Contents.map(({ Key }) => Key!);
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
    const { ResultSet } = await this.athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
    const rows = (ResultSet?.Rows ?? []).map((row) => (row.Data ?? []).map(({ VarCharValue }) => VarCharValue ?? null));
    return rows.slice(1);
  }
}
