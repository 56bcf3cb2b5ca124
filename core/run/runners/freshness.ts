import type { AdapterResponse, RelationSource } from "../../../adapters/adapter.ts";
import { ResponseObject } from "../../../adapters/response.ts";
import { Table } from "../../agate/table.ts";
import type { Freshness, NodeStatus } from "../../artifacts/results.ts";
import { ExecutionContext } from "../../context/execution/context.ts";
import { templateError } from "../../context/shared/index.ts";
import { freshnessResult, nodeInfo, note, startLine } from "../../events/messages/index.ts";
import { PyDict } from "../../jinja/index.ts";
import type { FreshnessThreshold, SourceDefinition } from "../../manifest/resources.ts";
import { PyDateTime } from "../../python/datetime/datetime.ts";
import { typeName } from "../../python/support.ts";
import type { Job, Runner } from "../job.ts";
import { warningsAreErrors } from "../warnings-as-errors.ts";
import { responseEntry } from "./materialize.ts";

type SourceJob = Job<SourceDefinition>;

const place = (job: SourceJob, status: string) => ({
  index: job.index,
  total: job.run.total,
  node: nodeInfo(job.node, { status }),
});

/** How old a source's data is, against what it may be. https://docs.getdbt.com/reference/resource-properties/freshness */
export const freshnessRunner: Runner<SourceDefinition> = {
  errorStatus: "runtime error",
  start: (job) =>
    startLine({ ...place(job, "started"), description: `freshness of ${job.node.source_name}.${job.node.name}` }),
  async execute(job) {
    const { freshness, response } = await measure(job);
    const { flags } = job.run.options;
    const strict =
      flags.require_all_warnings_handled_by_warn_error !== false && warningsAreErrors(flags, "LogFreshnessResult");
    const found = freshnessStatus(job.node.freshness, freshness.age);
    const status = found === "warn" && strict ? "error" : found;
    return { status, message: null, freshness, adapter_response: response ? responseEntry(response) : {} };
  },
  finish: (job, result) =>
    freshnessResult({
      ...place(job, result.status),
      sourceName: job.node.source_name,
      tableName: job.node.name,
      status: result.status,
      executionTime: result.execution_time,
    }),
};

const SECONDS = { minute: 60, hour: 3600, day: 86_400 };

/** `error` or `warn` where the age in seconds is beyond what is allowed, else `pass`. */
export function freshnessStatus(threshold: FreshnessThreshold | null, age: number): NodeStatus {
  const exceeded = (limit: FreshnessThreshold["warn_after"] | null | undefined): boolean =>
    limit?.count != null && limit.period != null && age > limit.count * SECONDS[limit.period];
  if (exceeded(threshold?.error_after)) return "error";
  return exceeded(threshold?.warn_after) ? "warn" : "pass";
}

interface Measured {
  freshness: Freshness;
  response: AdapterResponse | null;
}

/** By the source's own query, by its `loaded_at_field`, or by what the engine knows of the table. */
async function measure(job: SourceJob): Promise<Measured> {
  const { node, run } = job;
  const { adapter } = run.env;
  const context = new ExecutionContext(run.env, {
    subject: { kind: "source", node },
    connection: job.connection,
    threadId: job.threadId,
  });
  const source = adapter.relationOf(node as unknown as RelationSource);
  const call = async (macro: string, args: { [name: string]: unknown }): Promise<unknown> =>
    context.executeMacro(macro, [], new Map(Object.entries(args)));
  if (node.loaded_at_query !== null && node.loaded_at_query !== undefined) {
    const query = await context.render(node.loaded_at_query, node.original_file_path);
    const answer = await call("collect_freshness_custom_sql", { source, loaded_at_query: query });
    return fromAnswer(job, "collect_freshness_custom_sql", answer);
  }
  if (node.loaded_at_field !== null && node.loaded_at_field !== undefined) {
    const filter = node.freshness?.filter ?? null;
    const answer = await call("collect_freshness", { source, loaded_at_field: node.loaded_at_field, filter });
    return fromAnswer(job, "collect_freshness", answer);
  }
  if (!adapter.capabilities.tableLastModified) {
    throw templateError(
      "TD3071",
      `Could not compute freshness for source ${node.name}: no 'loaded_at_field' provided and ${adapter.type} adapter ` +
        "does not support metadata-based freshness checks.",
      node,
      "Runtime Error",
      "Name the column that says when a row was loaded: loaded_at_field: <column>",
    );
  }
  if (node.freshness?.filter) {
    run.env.events.emit(
      note(`A filter cannot be applied to a metadata freshness check on source '${node.name}'.`, "warn"),
    );
  }
  const answer = await call("get_relation_last_modified", {
    information_schema: source.informationSchema(null),
    relations: [source],
  });
  return fromMetadata(job, answer);
}

function fromAnswer(job: SourceJob, macro: string, answer: unknown): Measured {
  const { table, response } = unpack(answer);
  const rows = table?.rows ?? [];
  const row = rows[0]?.values;
  if (!table || rows.length !== 1 || row?.length !== 2) return badAnswer(job, macro);
  return { freshness: freshnessOf(job, row[0], row[1]), response };
}

function fromMetadata(job: SourceJob, answer: unknown): Measured {
  const { table, response } = unpack(answer);
  const names = table?.columnNames.map((name) => name.toLowerCase()) ?? [];
  const row = table?.rows[0]?.values;
  const [modified, snapshotted] = [names.indexOf("last_modified"), names.indexOf("snapshotted_at")];
  if (!row || modified < 0 || snapshotted < 0) return badAnswer(job, "get_relation_last_modified");
  return { freshness: freshnessOf(job, row[modified], row[snapshotted]), response };
}

/** A macro answers `load_result(…)`, or in old projects the table alone. */
function unpack(answer: unknown): { table: Table | null; response: AdapterResponse | null } {
  if (answer instanceof Table) return { table: answer, response: null };
  if (!(answer instanceof PyDict)) return { table: null, response: null };
  const table = answer.get("table");
  const response = answer.get("response");
  return {
    table: table instanceof Table ? table : null,
    response: response instanceof ResponseObject ? response.response : null,
  };
}

function badAnswer(job: SourceJob, macro: string): never {
  throw templateError(
    "TD3072",
    `Got an invalid result from "${macro}" macro: it must give one row with when data was last loaded and the current time`,
    job.node,
    "Database Error",
  );
}

/** A source without rows counts as loaded in year 1. */
function freshnessOf(job: SourceJob, loaded: unknown, snapshotted: unknown): Freshness {
  if (snapshotted === null) {
    throw templateError(
      "TD3073",
      "Expected a non-null value when querying field 'snapshotted_at' of table  None but received value 'null' instead",
      job.node,
      "Database Error",
    );
  }
  const snapshottedAt = utcMicros(job, "snapshotted_at", snapshotted);
  const maxLoadedAt = loaded === null ? YEAR_ONE : utcMicros(job, "last_modified", loaded);
  return { maxLoadedAt, snapshottedAt, age: (snapshottedAt - maxLoadedAt) / 1e6 };
}

const YEAR_ONE = -62_135_596_800 * 1e6;

/** Microseconds since 1970; a time without a zone is in UTC. */
function utcMicros(job: SourceJob, field: string, value: unknown): number {
  if (!(value instanceof PyDateTime)) {
    throw templateError(
      "TD3074",
      `Expected a timestamp value when querying field '${field}' of table None but received value of type ` +
        `'${typeName(value)}' instead`,
      job.node,
      "Database Error",
      `Cast it: loaded_at_field: "cast(${job.node.loaded_at_field ?? "column"} as timestamp)"`,
    );
  }
  const seconds = value.localSeconds() - (value.offset() ?? 0) - 62_135_596_800;
  return seconds * 1e6 + value.microsecond;
}
