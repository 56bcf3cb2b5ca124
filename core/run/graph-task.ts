import { join } from "node:path";
import { writeGraphSummary } from "../artifacts/graph-summary.ts";
import type { NodeResult } from "../artifacts/results.ts";
import { lastDurations, RunResultsFile } from "../artifacts/run-results.ts";
import { now, secondsBetween } from "../artifacts/time.ts";
import { isEphemeral } from "../compile/index.ts";
import { NodeConnection } from "../context/execution/connection.ts";
import { TsdbtError } from "../errors.ts";
import {
  artifactWritten,
  cancelLine,
  concurrencyLine,
  finishedLine,
  formatting,
  nodeFinished,
  nodeInfo,
  nodeStart,
  nothingToDo,
  resultErrors,
  skipBecauseEphemeral,
  skipLine,
} from "../events/messages/index.ts";
import { Tuple } from "../jinja/runtime/values.ts";
import { findResource } from "../manifest/maps.ts";
import type { GraphResource, Node } from "../manifest/resources.ts";
import { buildRunGraph, descendants, type RunGraph, subsetNeeds } from "./graph.ts";
import { runHooks } from "./hooks.ts";
import type { Runner } from "./job.ts";
import { onScreen } from "./on-screen.ts";
import { isRelational, prepareSchemas } from "./prepare.ts";
import { ResultValue } from "./result-value.ts";
import { createRun, type Run } from "./run.ts";
import { runJob } from "./run-job.ts";
import { makePlan, schedule } from "./scheduler.ts";
import type { RunOptions, RunOutcome } from "./types.ts";

/** How a command that works through the graph does it. */
export interface GraphTask {
  /** The runner of a resource, `undefined` where the command leaves it alone. */
  runnerOf(resource: GraphResource): Runner<never> | undefined;
  /** Tests hold up what is built on the tested (`build`). */
  testsFirst?: boolean;
  /** A test that fails, or a node that is skipped, makes its descendants be skipped (`build`). */
  failuresSkip?: boolean;
  /** Makes schemas, fills the cache and runs the project's hooks. */
  prepares?: boolean;
  hooks?: boolean;
  /** The order of the graph counts: true unless said otherwise. */
  ordered?: boolean;
  /** Ephemeral models are run as well and give results (`show`, and `compile` of named nodes). */
  ephemeralResults?: boolean;
  /** The first error ends the command with exit code 2 (`compile`, `show`). */
  errorsAreFatal?: boolean;
  /** Prints `Finished running …`. */
  countsNodes?: boolean;
  /** Writes the artifact of the results; run_results.json unless said otherwise. */
  write?(run: Run, elapsed: number): string | null;
  /** What is said at the end. */
  report(run: Run, outcome: { interrupted: boolean }): void;
}

/** Runs the selected nodes of a project in order, writes the results and answers how it went. */
export async function runGraphTask(options: RunOptions, task: GraphTask): Promise<RunOutcome> {
  const run = createRun(options);
  const { env } = run;
  const { events, manifest } = env;
  const runners = new Map<string, Runner<never>>();
  for (const id of options.selection) {
    const resource = findResource(manifest, id);
    const runner = resource && task.runnerOf(resource);
    if (runner) runners.set(id, runner);
  }
  const graph = buildRunGraph(manifest, task.testsFirst === true);
  const journal = task.write ? null : journalOf(run);
  if (options.flags.write_json) writeSummary(run, graph, task);
  if (runners.size === 0) {
    events.emit(nothingToDo());
    writeResults(run, task, journal, 0);
    task.report(run, { interrupted: false });
    return { results: [], exitCode: 0, elapsed: 0 };
  }
  const ephemeral = (id: string): boolean => isEphemeral(findResource(manifest, id) as Node);
  run.total = [...runners.keys()].filter((id) => !ephemeral(id)).length;
  const { profile } = env.config;
  events.emit(formatting(""));
  events.emit(concurrencyLine({ threads: profile.threads, target: profile.targetName, nodeCount: run.total }));
  events.emit(formatting(""));
  const interrupts = onInterrupt(run);
  const started = now();
  let fatal: unknown;
  try {
    await execute(run, task, runners, graph, journal);
  } catch (error) {
    if (run.stopped !== "interrupted") fatal = error ?? new Error("the run failed");
  } finally {
    interrupts.done();
  }
  const elapsed = secondsBetween(started, now());
  const interrupted = run.stopped === "interrupted";
  if (task.countsNodes && !interrupted) {
    events.emit(formatting(""));
    events.emit(finishedLine({ results: run.results as never, elapsed }));
  }
  writeResults(run, task, journal, elapsed);
  if (fatal !== undefined) throw fatal;
  task.report(run, { interrupted });
  return { results: run.results, exitCode: interrupted ? 2 : exitCode(run.results), elapsed };
}

async function execute(
  run: Run,
  task: GraphTask,
  runners: ReadonlyMap<string, Runner<never>>,
  graph: RunGraph,
  journal: RunResultsFile | null,
): Promise<void> {
  if (task.prepares) await prepareSchemas(run, runners.keys());
  let proceed = true;
  if (task.hooks) {
    const ok = await runHooks(run, "on-run-start", new Map());
    for (const result of run.results) journal?.add(result);
    proceed = ok || run.options.flags.skip_nodes_if_on_run_start_fails === false;
  }
  if (proceed) await new GraphRun(run, task, runners, graph, journal).run();
  else skipAll(run, runners.keys(), journal);
  if (task.hooks && run.stopped !== "interrupted") {
    const before = run.results.length;
    await runHooks(run, "on-run-end", hookValues(run));
    for (const result of run.results.slice(before)) journal?.add(result);
  }
}

/** The nodes of one run on their way through the scheduler. */
class GraphRun {
  private readonly run_: Run;
  private readonly task: GraphTask;
  private readonly runners: ReadonlyMap<string, Runner<never>>;
  private readonly graph: RunGraph;
  private readonly journal: RunResultsFile | null;
  /** Nodes not to be run because of a failure before them, with the ephemeral model to blame where it is one. */
  private readonly skipped = new Map<string, NodeResult | null>();
  private fatal: Error | undefined;
  private failedFast: NodeResult | undefined;
  private cancelling: { done(): void } | undefined;

  constructor(
    run: Run,
    task: GraphTask,
    runners: ReadonlyMap<string, Runner<never>>,
    graph: RunGraph,
    journal: RunResultsFile | null,
  ) {
    this.run_ = run;
    this.task = task;
    this.runners = runners;
    this.graph = graph;
    this.journal = journal;
  }

  async run(): Promise<void> {
    const { run_: run, task, runners } = this;
    const selected = new Set(runners.keys());
    const none = new Set<string>();
    const needs =
      task.ordered === false
        ? new Map([...selected].map((id): [string, Set<string>] => [id, none]))
        : subsetNeeds(this.graph, selected);
    const { threads } = run.env.config.profile;
    const durations =
      selected.size > threads ? lastDurations(join(run.env.targetPath, "run_results.json")) : new Map<string, number>();
    await schedule(makePlan(needs, durations), {
      threads,
      stopped: () => run.stopped !== null || this.fatal !== undefined,
      run: (id, thread) => this.runNode(id, `Thread-${thread} (worker)`),
    }).finally(() => this.cancelling?.done());
    if (this.fatal) throw this.fatal;
    if (this.failedFast) this.endFast(this.failedFast);
  }

  private async runNode(id: string, threadId: string): Promise<void> {
    const { run_: run, task } = this;
    const node = findResource(run.env.manifest, id) as Node;
    const runner = this.runners.get(id) as Runner;
    const ephemeral = isEphemeral(node);
    const index = ephemeral ? 0 : ++run.begun;
    let result: NodeResult;
    if (this.skipped.has(id)) {
      result = this.skip(node, index, threadId);
    } else {
      const connection = new NodeConnection(run.env.adapter, id);
      result = await runJob(
        { run, node, index, threadId, connection },
        runner,
        ephemeral && !task.ephemeralResults ? { silent: true, compileOnly: true } : {},
      );
    }
    if (run.stopped) {
      if (result.status === "error") return;
    }
    if (!ephemeral || task.ephemeralResults) {
      run.results.push(result);
      this.journal?.add(result);
    }
    this.consequences(node, result, ephemeral);
  }

  private consequences(node: Node, result: NodeResult, ephemeral: boolean): void {
    const { run_: run, task } = this;
    const failed = result.status === "error" || result.status === "partial success";
    const stops = failed || (task.failuresSkip === true && (result.status === "fail" || result.status === "skipped"));
    if (stops && node.config?.on_error !== "continue") {
      for (const id of descendants(this.graph, node.unique_id)) {
        if (!this.skipped.has(id)) this.skipped.set(id, ephemeral ? result : null);
      }
    }
    if ((failed || result.status === "fail") && run.options.flags.fail_fast) {
      this.failedFast ??= result;
      run.stopped ??= "fail-fast";
      this.cancelling ??= cancelRunning(run, () => {});
    } else if (failed && task.errorsAreFatal) {
      this.fatal ??= result.error ?? new TsdbtError("TD3060", "Runtime Error", result.message ?? "");
    }
  }

  /** A node that is not run because of what came before it. */
  private skip(node: Node, index: number, threadId: string): NodeResult {
    const { run_: run } = this;
    const { events } = run.env;
    const cause = this.skipped.get(node.unique_id);
    const info = nodeInfo(node, { status: "skipped" });
    const place = { index, total: run.total, node: info };
    const result: NodeResult = { ...skippedResult(node, null), thread_id: threadId };
    events.emit(nodeStart(info));
    if (isEphemeral(node)) return result;
    if (cause) {
      events.emit(
        skipBecauseEphemeral({ ...place, schema: node.schema ?? "", relation: node.name, status: cause.status }),
      );
      for (const event of resultErrors(onScreen(cause) as never, { newline: false })) events.emit(event);
      result.message =
        `Compilation Error in ${node.unique_id}, caused by compilation error in referenced ephemeral model ` +
        cause.node.unique_id;
    } else {
      events.emit(
        skipLine({ ...place, resourceType: node.resource_type, schema: node.schema ?? "", nodeName: node.name }),
      );
    }
    events.emit(nodeFinished(info));
    return result;
  }

  /** `--fail-fast`: what was not run yet is skipped, and the failure is told at once. */
  private endFast(failure: NodeResult): void {
    const { run_: run } = this;
    const done = new Set(run.results.map((result) => result.node.unique_id));
    for (const id of this.runners.keys()) {
      if (done.has(id)) continue;
      const node = findResource(run.env.manifest, id) as Node;
      const result = skippedResult(node, "Skipping due to fail_fast");
      run.results.push(result);
      this.journal?.add(result);
    }
    for (const event of resultErrors(onScreen(failure) as never)) run.env.events.emit(event);
  }
}

function skippedResult(node: GraphResource, message: string | null): NodeResult {
  return {
    node,
    status: "skipped",
    timing: [],
    thread_id: "MainThread",
    execution_time: 0,
    adapter_response: {},
    message,
    failures: null,
  };
}

/** on-run-start failed: nothing is run. */
function skipAll(run: Run, ids: Iterable<string>, journal: RunResultsFile | null): void {
  let index = 0;
  for (const id of ids) {
    const node = findResource(run.env.manifest, id) as Node;
    index++;
    run.env.events.emit(
      skipLine({
        index,
        total: run.total,
        node: nodeInfo(node, { status: "skipped" }),
        resourceType: node.resource_type,
        schema: node.schema ?? "",
        nodeName: node.name,
      }),
    );
    const result = skippedResult(node, null);
    run.results.push(result);
    journal?.add(result);
  }
}

/** `results`, `schemas` and `database_schemas` of on-run-end hooks. */
function hookValues(run: Run): Map<string, unknown> {
  const pairs = new Map<string, [string | null, string]>();
  for (const { node, status } of run.results) {
    if (status === "error" || status === "fail" || status === "skipped" || !isRelational(run, node as Node)) continue;
    const { database, schema } = node as Node;
    pairs.set(`${database ?? ""}\0${schema}`, [database, schema]);
  }
  return new Map<string, unknown>([
    ["schemas", [...new Set([...pairs.values()].map(([, schema]) => schema))]],
    ["database_schemas", [...pairs.values()].map((pair) => new Tuple(pair))],
    [
      "results",
      run.results
        .filter((result) => result.thread_id !== "main" || result.status === "error")
        .map((result) => new ResultValue(result)),
    ],
  ]);
}

/** How often running queries are cancelled once a run is stopped: a node in mid-materialization begins its next one. */
const CANCEL_EVERY = 50;

/** Cancels what runs, again and again until `done`: answers each name once. */
function cancelRunning(run: Run, told: (name: string) => void): { done(): void } {
  const seen = new Set<string>();
  const cancel = async (): Promise<void> => {
    for (const name of await run.env.adapter.cancelAll()) {
      if (!seen.has(name)) told(name);
      seen.add(name);
    }
  };
  void cancel();
  const timer = setInterval(() => void cancel(), CANCEL_EVERY);
  return { done: () => clearInterval(timer) };
}

/** On Ctrl-C: nothing more is begun and what runs is cancelled. */
function onInterrupt(run: Run): { done(): void } {
  const { signal } = run.options;
  if (!signal) return { done: () => {} };
  let cancelling: { done(): void } | undefined;
  const stop = (): void => {
    run.stopped = "interrupted";
    cancelling = cancelRunning(run, (name) => {
      if (name !== "master") run.env.events.emit(cancelLine(name));
    });
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return {
    done: () => {
      signal.removeEventListener("abort", stop);
      cancelling?.done();
    },
  };
}

function journalOf(run: Run): RunResultsFile | null {
  if (!run.options.flags.write_json) return null;
  return new RunResultsFile(join(run.env.targetPath, "run_results.json"), run.invocation, run.args);
}

function writeResults(run: Run, task: GraphTask, journal: RunResultsFile | null, elapsed: number): void {
  if (!run.options.flags.write_json) return;
  if (task.write) {
    const path = task.write(run, elapsed);
    if (path) run.env.events.emit(artifactWritten("FreshnessExecutionResultArtifact", path));
    return;
  }
  journal?.finish(run.results, elapsed);
  run.env.events.emit(artifactWritten("RunExecutionResult", join(run.env.targetPath, "run_results.json")));
}

function writeSummary(run: Run, graph: RunGraph, task: GraphTask): void {
  const linked = task.testsFirst ? run.env.manifest.child_map : graph.children;
  writeGraphSummary(join(run.env.targetPath, "graph_summary.json"), run.env.manifest, run.invocation.id, {
    linked,
    ...(task.testsFirst ? { withTestEdges: graph.children } : {}),
  });
}

const BAD = new Set(["error", "runtime error", "fail", "partial success"]);

/** 1 where a node failed or was skipped (a skipped exposure does not count), else 0. */
export function exitCode(results: readonly NodeResult[]): number {
  return results.some(
    ({ status, node }) => BAD.has(status) || (status === "skipped" && node.resource_type !== "exposure"),
  )
    ? 1
    : 0;
}
