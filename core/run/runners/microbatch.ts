import type { RelationSource } from "../../../adapters/adapter.ts";
import { getRelation } from "../../../adapters/operations.ts";
import type { BatchResults, NodeResult } from "../../artifacts/results.ts";
import { now, secondsBetween } from "../../artifacts/time.ts";
import { parseMoment } from "../../config/moments.ts";
import { NodeConnection } from "../../context/execution/connection.ts";
import type { MacroReplacements } from "../../context/macros.ts";
import { templateError } from "../../context/shared/index.ts";
import type { TsdbtError } from "../../errors.ts";
import {
  batchException,
  batchResultLine,
  batchStartLine,
  debug,
  nodeInfo,
  relationText,
  resultLine,
  startLine,
} from "../../events/messages/index.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import { PyCallable } from "../../jinja/runtime/values.ts";
import type { Node, NodeConfig } from "../../manifest/resources.ts";
import { utcMoment } from "../../python/datetime/datetime.ts";
import { type Batch, type BatchSize, batchId, batchName, planBatches } from "../batches.ts";
import { errorText, nodeError } from "../errors.ts";
import type { Job, Outcome, Runner } from "../job.ts";
import { inFreeSlots } from "../slots.ts";
import { cacheRelations, callMaterialization, contextOf, type Materialized, mainResult } from "./materialize.ts";
import { place } from "./model.ts";
import { makeVersionPointer, ownRelation } from "./version-pointer.ts";

/** Whether a model is built batch by batch: a project's own strategy of that name may do without. */
export function isMicrobatch({ run, node }: Pick<Job, "run" | "node">): boolean {
  const { materialized, incremental_strategy: strategy } = node.config as { [key: string]: unknown };
  if (materialized !== "incremental" || strategy !== "microbatch") return false;
  if (run.options.flags.require_batched_execution_for_custom_microbatch_strategy === true) return true;
  const macro = run.env.macros.findByName("get_incremental_microbatch_sql");
  return macro !== undefined && run.env.macros.isInternal(macro.resource.package_name);
}

/** Models built batch by batch. https://docs.getdbt.com/docs/build/incremental-microbatch */
export const microbatchRunner: Runner = {
  start: (job) => startLine({ ...place(job, "started"), description: description(job) }),
  execute: runBatches,
  finish: (job, result: NodeResult) =>
    resultLine({
      ...place(job, result.status),
      description: description(job),
      status: result.status,
      message: result.message,
      executionTime: result.execution_time,
    }),
};

const relationOf = ({ node, run }: Job): string => relationText(node, run.env.config.profile.credentials.database);
const description = (job: Job): string => `${job.node.language} microbatch model ${relationOf(job)}`;

interface BatchOutcome {
  batch: Batch;
  status: "success" | "error" | "skipped";
  error?: TsdbtError;
}

/**
 * The first batch makes the table, the last one runs the post-hooks; between them several are built at once where the engine
 * and the model allow it. Where the first fails there is nothing to add to, so the others are skipped.
 */
async function runBatches(job: Job): Promise<Outcome> {
  const { batches, incremental } = await plan(job);
  const outcomes: BatchOutcome[] = [];
  if (batches.length === 0) return merged(job, outcomes);
  const build = async (index: number): Promise<void> => {
    outcomes.push(await runBatch(job, batches, index, index > 0 || incremental));
  };
  await build(0);
  const failed = outcomes[0]?.status !== "success";
  const middle = Array.from({ length: Math.max(0, batches.length - 2) }, (_, index) => index + 1);
  const last = batches.length > 1 ? [batches.length - 1] : [];
  if (failed) {
    for (const index of [...middle, ...last]) outcomes.push(skipBatch(job, batches, index));
  } else {
    await inFreeSlots(job.run, middle, build, !mayRunInParallel(job));
    for (const index of last) await build(index);
  }
  const outcome = merged(job, outcomes);
  if (outcome.status === "success") await makeVersionPointer(job, ownRelation(job));
  return outcome;
}

async function plan(job: Job): Promise<{ batches: Batch[]; incremental: boolean }> {
  const { node, run } = job;
  const { flags, config } = run.options;
  const settings = node.config as NodeConfig & { begin: unknown; lookback: unknown; batch_size: unknown };
  const { database, schema, identifier } = run.env.adapter.relationOf(node as unknown as RelationSource);
  const session = contextOf(job).session;
  const standing = await getRelation(run.env.adapter, session, database, schema as string, identifier as string);
  const refresh = settings.full_refresh ?? flags.full_refresh ?? false;
  const incremental = standing?.type === "table" && refresh !== true;
  const again = run.options.again?.batches.get(node.unique_id)?.failed;
  if (again) {
    const batches = again.map(([start, end]) => ({ start: Date.parse(start), end: Date.parse(end) }));
    return { batches, incremental };
  }
  const sample = run.env.shared.sample;
  const moment = (name: string): number | null =>
    typeof flags[name] === "string" ? parseMoment(flags[name] as string) : null;
  const batches = planBatches({
    size: settings.batch_size as BatchSize,
    begin: beginOf(node, settings.begin),
    lookback: typeof settings.lookback === "number" ? settings.lookback : 1,
    incremental,
    from: sample ? momentOf(sample.start) : moment("event_time_start"),
    until: sample ? momentOf(sample.end) : moment("event_time_end"),
    now: (run.options.again?.startedAt ?? config.startedAt).getTime(),
  });
  return { batches, incremental };
}

const momentOf = (value: unknown): number => parseMoment(pyStr(value));

function beginOf(node: Node, begin: unknown): number {
  const moment = momentOf(begin);
  if (!Number.isNaN(moment)) return moment;
  throw templateError(
    "TD3044",
    `Microbatch model '${node.name}' requires a 'begin' configuration.`,
    node,
    "Runtime Error",
  );
}

const THIS = /\{[{%](?:(?!%\}|\}\})[\s\S])*\bthis\b/;

function mayRunInParallel({ node, run }: Job): boolean {
  if (!run.env.adapter.capabilities.concurrentBatches) return false;
  const asked = (node.config as { concurrent_batches?: unknown }).concurrent_batches;
  return typeof asked === "boolean" ? asked : !THIS.test(node.raw_code);
}

/** A copy of the model for one batch, which knows its batch; hooks before belong to the first, those after to the last. */
function nodeOf(node: Node, batches: readonly Batch[], index: number): Node {
  const { start, end } = batches[index] as Batch;
  const size = node.config.batch_size as BatchSize;
  const edges = { event_time_start: utcMoment(start), event_time_end: utcMoment(end) };
  const config: { [key: string]: unknown } = {
    ...node.config,
    __dbt_internal_microbatch_event_time_start: edges.event_time_start,
    __dbt_internal_microbatch_event_time_end: edges.event_time_end,
  };
  if (index > 0) config["pre-hook"] = [];
  if (index < batches.length - 1) config["post-hook"] = [];
  return {
    ...node,
    config: config as NodeConfig,
    batch: { id: batchId(start, size), ...edges },
    $split: batchName(start, size),
  };
}

function batchLine(job: Job, batches: readonly Batch[], index: number) {
  const name = batchName((batches[index] as Batch).start, job.node.config.batch_size as BatchSize);
  return {
    index: index + 1,
    total: batches.length,
    node: nodeInfo(job.node, { status: "started" }),
    description: `batch ${name} of ${relationOf(job)}`,
  };
}

/** In a batch that adds to what stands, templates are told so, whatever `--full-refresh` says. */
const INCREMENTAL: MacroReplacements = {
  byName: new Map([
    ["is_incremental", new PyCallable("is_incremental", () => true)],
    ["should_full_refresh", new PyCallable("should_full_refresh", () => false)],
  ]),
  byPackage: new Map(),
};

async function runBatch(
  job: Job,
  batches: readonly Batch[],
  index: number,
  incremental: boolean,
): Promise<BatchOutcome> {
  const { run, threadId } = job;
  const { events } = run.env;
  const line = batchLine(job, batches, index);
  const batch = batches[index] as Batch;
  const node = nodeOf(job.node, batches, index);
  const connection = new NodeConnection(run.env.adapter, node.unique_id, job.connection.options);
  const one: Materialized = { run, node, connection, threadId };
  const began = now();
  events.emit({ ...batchStartLine(line), thread: threadId });
  let message: string | null = null;
  let error: TsdbtError | undefined;
  try {
    await run.compiler.compile(node, { connection, threadId });
    const macros = incremental ? INCREMENTAL : undefined;
    const context = contextOf(one, macros && { macros, members: () => [] });
    cacheRelations(one, await callMaterialization(one, context));
    message = mainResult(context, node).message;
  } catch (thrown) {
    error = nodeError(thrown, node, { root: run.env.config.project.root });
    events.emit({ ...batchException(errorText(error, node)), thread: threadId });
  } finally {
    await connection.release().catch((failure: unknown) => {
      events.emit(debug(`Error releasing connection for node ${node.name}: ${String(failure)}`));
    });
  }
  const status = error ? "error" : "success";
  const executionTime = secondsBetween(began, now());
  events.emit({ ...batchResultLine({ ...line, status, message, executionTime }), thread: threadId });
  return { batch, status, ...(error ? { error } : {}) };
}

function skipBatch(job: Job, batches: readonly Batch[], index: number): BatchOutcome {
  const line = batchLine(job, batches, index);
  const event = batchResultLine({ ...line, status: "skipped", message: null, executionTime: 0 });
  job.run.env.events.emit({ ...event, thread: job.threadId });
  return { batch: batches[index] as Batch, status: "skipped" };
}

/** What the batches come to together; on the screen with the first error. */
function merged(job: Job, outcomes: readonly BatchOutcome[]): Outcome {
  const spans = (wanted: (outcome: BatchOutcome) => boolean): BatchResults["failed"] =>
    outcomes
      .filter(wanted)
      .map(({ batch }) => batch)
      .sort((a, b) => a.start - b.start)
      .map(({ start, end }) => [isoText(start), isoText(end)]);
  const successful = spans(({ status }) => status === "success");
  const failed = spans(({ status }) => status !== "success");
  const error = outcomes.find((outcome) => outcome.error)?.error;
  const before = job.run.options.again?.batches.get(job.node.unique_id)?.successful ?? [];
  const batches = { successful: [...successful, ...before], failed };
  const rest = { adapter_response: {}, failures: 0, batches };
  if (failed.length === 0) return { status: "success", message: "SUCCESS", ...rest };
  if (successful.length > 0) {
    const message = `PARTIAL SUCCESS (${successful.length}/${outcomes.length})`;
    return { status: "partial success", message, ...rest, ...(error ? { error } : {}) };
  }
  return { status: "error", message: "ERROR", ...rest, ...(error ? { error } : {}) };
}

const isoText = (moment: number): string => pyStr(utcMoment(moment)).replace(" ", "T");
