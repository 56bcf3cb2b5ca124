/** Operations of Athena's API. https://docs.aws.amazon.com/athena/latest/APIReference/API_Operations.html */
import { Execution, planFor, type StartRequest, type StatementFault } from "./executions.ts";
import { type GlueCall, type GlueTable, glueTable } from "./glue-client.ts";
import type { Surroundings } from "./plans.ts";

/** An error that the caller is told: an HTTP status and `__type`. */
export class ApiError extends Error {
  readonly type: string;
  readonly status: number;
  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

interface WorkGroup {
  Name: string;
  State: string;
  Configuration: {
    ResultConfiguration?: { OutputLocation?: string };
    EnforceWorkGroupConfiguration?: boolean;
    [key: string]: unknown;
  };
}

interface DataCatalog {
  Name: string;
  Type: string;
  Parameters?: { [key: string]: string };
}

const QUERY_LIMIT = 262_144;
const PAGE = 1000;
const DEFAULT_CATALOG = "awsdatacatalog";

type Input = { [key: string]: unknown };

/** The state of one account in one region, and what is done with it. */
export class AthenaApi {
  private readonly executions = new Map<string, Execution>();
  private readonly tokens = new Map<string, string>();
  private readonly workGroups = new Map<string, WorkGroup>([
    ["primary", { Name: "primary", State: "ENABLED", Configuration: {} }],
  ]);
  private readonly catalogs = new Map<string, DataCatalog>();
  private readonly prepared = new Map<string, { QueryStatement: string }>();
  private readonly engine: { trino: string; glue: GlueCall; occupied: Surroundings["occupied"] };
  private readonly putObject: (location: string, body: string) => Promise<void>;
  /** Asked once a statement; what it answers befalls the statement. */
  faultOf: (sql: string) => StatementFault | undefined = () => undefined;
  /** Queries stay queued until asked so often for their state. */
  queuedPolls = 0;
  private readonly polls = new Map<string, number>();

  constructor(engine: AthenaApi["engine"], putObject: AthenaApi["putObject"]) {
    this.engine = engine;
    this.putObject = putObject;
  }

  async call(action: string, input: Input): Promise<object> {
    const run = OPERATIONS[action];
    if (!run) throw new ApiError("UnknownOperationException", `the stand-in does not have ${action}`, 400);
    return run(this, input);
  }

  start(request: StartRequest): { QueryExecutionId: string } {
    if (Buffer.byteLength(request.QueryString ?? "") > QUERY_LIMIT) {
      throw invalid(`Member must have length less than or equal to ${QUERY_LIMIT} (queryString)`);
    }
    if (!request.QueryString?.trim()) throw invalid("Query string is empty");
    const token = request.ClientRequestToken;
    const known = token === undefined ? undefined : this.tokens.get(token);
    if (known) return { QueryExecutionId: known };
    const group = this.workGroup(request.WorkGroup ?? "primary");
    const { ResultConfiguration, EnforceWorkGroupConfiguration } = group.Configuration;
    const own = ResultConfiguration?.OutputLocation;
    const output = EnforceWorkGroupConfiguration && own ? own : (request.ResultConfiguration?.OutputLocation ?? own);
    if (!output) {
      throw invalid(
        "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.",
      );
    }
    const catalog = (request.QueryExecutionContext?.Catalog ?? DEFAULT_CATALOG).toLowerCase();
    if (catalog !== DEFAULT_CATALOG && !this.catalogs.has(catalog)) throw invalid(`Catalog ${catalog} is not found.`);
    const execution = new Execution(request, planFor(request.QueryString), output);
    this.executions.set(execution.id, execution);
    if (token !== undefined) this.tokens.set(token, execution.id);
    const at = {
      ...this.engine,
      catalog,
      schema: request.QueryExecutionContext?.Database?.toLowerCase() ?? "default",
      defaultLocation: `${output.replace(/\/?$/, "/")}tables/${execution.id}`,
      prepared: Object.fromEntries([...this.prepared].map(([name, { QueryStatement }]) => [name, QueryStatement])),
    };
    void execution
      .run(at, this.faultOf(request.QueryString))
      .then(() => this.putObject(execution.outputLocation, execution.file()))
      .catch((error: Error) => process.stderr.write(`the result of a query was not stored: ${error.message}\n`));
    return { QueryExecutionId: execution.id };
  }
  execution(id: unknown): Execution {
    const execution = this.executions.get(String(id));
    if (!execution) throw invalid(`QueryExecution ${id} was not found`);
    return execution;
  }
  describe(id: unknown): { [key: string]: unknown } {
    const execution = this.execution(id);
    const polls = (this.polls.get(execution.id) ?? 0) + 1;
    this.polls.set(execution.id, polls);
    const described = execution.describe(execution.request.WorkGroup ?? "primary");
    if (polls > this.queuedPolls) return described;
    return { ...described, Status: { State: "QUEUED", SubmissionDateTime: execution.submitted / 1000 } };
  }
  results(input: Input): object {
    const execution = this.execution(input.QueryExecutionId);
    if (execution.state !== "SUCCEEDED") {
      throw invalid(`Query has not yet finished. Current state: ${execution.state}`);
    }
    const start = input.NextToken ? Number(input.NextToken) : 0;
    const size = Math.min(Number(input.MaxResults ?? PAGE), PAGE);
    const end = start + size;
    return {
      ...(execution.updateCount !== null && { UpdateCount: execution.updateCount }),
      ResultSet: { Rows: execution.rows.slice(start, end), ResultSetMetadata: { ColumnInfo: execution.columns } },
      ...(end < execution.rows.length && { NextToken: String(end) }),
    };
  }
  workGroup(name: string): WorkGroup {
    const group = this.workGroups.get(name);
    if (!group) throw invalid(`WorkGroup ${name} is not found.`);
    if (group.State !== "ENABLED") throw invalid(`WorkGroup ${name} is disabled.`);
    return group;
  }
  addWorkGroup({ Name, Configuration }: Input): void {
    if (this.workGroups.has(String(Name))) throw invalid("WorkGroup is already created");
    const group = {
      Name: String(Name),
      State: "ENABLED",
      Configuration: (Configuration ?? {}) as WorkGroup["Configuration"],
    };
    this.workGroups.set(group.Name, group);
  }
  removeWorkGroup(name: string): void {
    this.workGroup(name);
    this.workGroups.delete(name);
  }
  get workGroupNames(): object[] {
    return [...this.workGroups.values()].map(({ Name, State }) => ({ Name, State }));
  }
  get executionIds(): string[] {
    return [...this.executions.keys()].reverse();
  }
  catalog(name: string): DataCatalog {
    const lower = name.toLowerCase();
    const known = this.catalogs.get(lower);
    if (known) return known;
    if (lower === DEFAULT_CATALOG) return { Name: name, Type: "GLUE", Parameters: { "catalog-id": "123456789012" } };
    throw invalid(`Could not find Data Catalog ${name}`);
  }
  addCatalog({ Name, Type, Parameters }: Input): void {
    const name = String(Name);
    this.catalogs.set(name.toLowerCase(), {
      Name: name,
      Type: String(Type),
      Parameters: Parameters as DataCatalog["Parameters"],
    });
  }
  removeCatalog(name: string): void {
    this.catalogs.delete(name.toLowerCase());
  }
  get catalogNames(): object[] {
    const own = [...this.catalogs.values()].map(({ Name, Type }) => ({ CatalogName: Name, Type }));
    return [{ CatalogName: "AwsDataCatalog", Type: "GLUE" }, ...own];
  }
  prepare({ StatementName, QueryStatement }: Input): void {
    this.prepared.set(String(StatementName), { QueryStatement: String(QueryStatement) });
  }
  preparedStatement(name: string): object {
    const statement = this.prepared.get(name);
    if (!statement) throw new ApiError("ResourceNotFoundException", `PreparedStatement ${name} does not exist.`);
    return { StatementName: name, ...statement, WorkGroupName: "primary" };
  }
  unprepare(name: string): void {
    this.prepared.delete(name);
  }
  get preparedNames(): object[] {
    return [...this.prepared.keys()].map((StatementName) => ({ StatementName }));
  }
  async tableMetadata(schema: string, name: string): Promise<object> {
    const table = await glueTable(this.engine.glue, schema, name);
    if (!table) throw new ApiError("MetadataException", `Table ${name} is not found in ${schema}`);
    return metadataOf(table);
  }
  async tables(schema: string): Promise<object[]> {
    const { TableList } = await this.engine.glue("GetTables", { DatabaseName: schema });
    return (TableList as GlueTable[]).map(metadataOf);
  }
  async databases(): Promise<object[]> {
    return (await this.engine.glue("GetDatabases", {})).DatabaseList as object[];
  }
}

function metadataOf(table: GlueTable): object {
  const { Name, TableType, Parameters, PartitionKeys, StorageDescriptor } = table;
  return { Name, TableType, Parameters, PartitionKeys, Columns: StorageDescriptor?.Columns };
}

function invalid(message: string): ApiError {
  return new ApiError("InvalidRequestException", message);
}

const OPERATIONS: { readonly [action: string]: (api: AthenaApi, input: Input) => object | Promise<object> } = {
  StartQueryExecution: (api, input) => api.start(input as unknown as StartRequest),
  GetQueryExecution: (api, { QueryExecutionId }) => ({ QueryExecution: api.describe(QueryExecutionId) }),
  BatchGetQueryExecution: (api, { QueryExecutionIds }) => ({
    QueryExecutions: (QueryExecutionIds as string[]).map((id) => api.describe(id)),
    UnprocessedQueryExecutionIds: [],
  }),
  ListQueryExecutions: (api) => ({ QueryExecutionIds: api.executionIds }),
  GetQueryResults: (api, input) => api.results(input),
  StopQueryExecution: async (api, { QueryExecutionId }) => {
    await api.execution(QueryExecutionId).cancel();
    return {};
  },
  GetWorkGroup: (api, { WorkGroup }) => ({ WorkGroup: api.workGroup(String(WorkGroup)) }),
  CreateWorkGroup: (api, input) => done(api.addWorkGroup(input)),
  DeleteWorkGroup: (api, { WorkGroup }) => done(api.removeWorkGroup(String(WorkGroup))),
  ListWorkGroups: (api) => ({ WorkGroups: api.workGroupNames }),
  GetDataCatalog: (api, { Name }) => ({ DataCatalog: api.catalog(String(Name)) }),
  CreateDataCatalog: (api, input) => done(api.addCatalog(input)),
  DeleteDataCatalog: (api, { Name }) => done(api.removeCatalog(String(Name))),
  ListDataCatalogs: (api) => ({ DataCatalogsSummary: api.catalogNames }),
  CreatePreparedStatement: (api, input) => done(api.prepare(input)),
  UpdatePreparedStatement: (api, input) => done(api.prepare(input)),
  GetPreparedStatement: (api, { StatementName }) => ({
    PreparedStatement: api.preparedStatement(String(StatementName)),
  }),
  DeletePreparedStatement: (api, { StatementName }) => done(api.unprepare(String(StatementName))),
  ListPreparedStatements: (api) => ({ PreparedStatements: api.preparedNames }),
  GetTableMetadata: async (api, { DatabaseName, TableName }) => ({
    TableMetadata: await api.tableMetadata(String(DatabaseName), String(TableName)),
  }),
  ListTableMetadata: async (api, { DatabaseName }) => ({ TableMetadataList: await api.tables(String(DatabaseName)) }),
  ListDatabases: async (api) => ({ DatabaseList: await api.databases() }),
};

function done(_nothing: unknown): object {
  return {};
}
