import { join } from "node:path";
import { connectionNames } from "../../adapters/connection-names.ts";
import { writeGraphSummary } from "../artifacts/graph-summary.ts";
import type { NodeResult } from "../artifacts/results.ts";
import { RunResultsFile, resultMessage } from "../artifacts/run-results.ts";
import { now, secondsBetween } from "../artifacts/time.ts";
import { isEphemeral } from "../compile/index.ts";
import {
  artifactWritten,
  concurrencyLine,
  endRunResult,
  finishedLine,
  formatting,
  nothingToDo,
} from "../events/messages/index.ts";
import { Tuple } from "../jinja/runtime/values.ts";
import { findResource } from "../manifest/maps.ts";
import type { GraphResource, Manifest, Node } from "../manifest/resources.ts";
import { takeAudits } from "./audits.ts";
import { onInterrupt } from "./cancel.ts";
import { buildRunGraph, type RunGraph } from "./graph.ts";
import { GraphRun, type OwnTests, skipAll } from "./graph-run.ts";
import { runHooks } from "./hooks.ts";
import type { Runner } from "./job.ts";
import { isRelational, prepareSchemas } from "./prepare.ts";
import { ResultValue } from "./result-value.ts";
import { createRun, type Run } from "./run.ts";
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
  hooks?: boolean | ((run: Run) => boolean);
  /** The order of the graph counts: true unless said otherwise. */
  ordered?: boolean;
  /** Ephemeral models are run as well and give results (`show`, and `compile` of named nodes). */
  ephemeralResults?: boolean;
  /** The first error ends the command with exit code 2 (`compile`, `show`). */
  errorsAreFatal?: boolean;
  /** Prints `Finished running …`. */
  countsNodes?: boolean;
  /** Tells the log of all results at the end: true unless said otherwise. */
  logsEnd?: boolean;
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
  const unitTests = task.testsFirst ? takeUnitTests(manifest, runners) : new Map<string, string[]>();
  const graph = buildRunGraph(manifest, task.testsFirst === true);
  const audits = task.testsFirst ? takeAudits(manifest, runners, graph) : new Map<string, string[]>();
  const own = [unitTests, audits].flatMap((tests) => [...tests.values()].flat());
  const journal = task.write ? null : journalOf(run);
  if (options.flags.write_json) writeSummary(run, graph, task);
  if (runners.size === 0) {
    events.emit(nothingToDo());
    writeResults(run, task, journal, 0);
    task.report(run, { interrupted: false });
    return { results: [], exitCode: 0, elapsed: 0 };
  }
  const ephemeral = (id: string): boolean => isEphemeral(findResource(manifest, id) as Node);
  run.total = [...runners.keys()].filter((id) => !ephemeral(id)).length + own.length;
  const { profile } = env.config;
  events.emit(formatting(""));
  events.emit(concurrencyLine({ threads: profile.threads, target: profile.targetName, nodeCount: run.total }));
  events.emit(formatting(""));
  const interrupts = onInterrupt(run);
  const started = now();
  let fatal: unknown;
  try {
    await execute(run, task, { runners, unitTests, audits }, graph, task.errorsAreFatal ? null : journal);
  } catch (error) {
    if (run.stopped !== "interrupted") fatal = error ?? new Error("the run failed");
  } finally {
    interrupts.done();
  }
  const elapsed = secondsBetween(started, now());
  connectionNames(run.env.adapter).cleanUp((event) => events.emit(event));
  const interrupted = run.stopped === "interrupted";
  // What ends the command leaves the results of the run before it in place.
  if (fatal !== undefined && task.errorsAreFatal) throw fatal;
  if (task.countsNodes && !interrupted) {
    events.emit(formatting(""));
    events.emit(finishedLine({ results: run.results as never, elapsed }));
  }
  if (task.logsEnd !== false && !interrupted)
    events.emit(endRunResult(run.results.map(resultMessage), elapsed, exitCode(run.results) === 0));
  // What became of the nodes is told even where it cannot be written.
  let unwritten: unknown;
  try {
    writeResults(run, task, journal, elapsed);
  } catch (error) {
    unwritten = error;
  }
  if (fatal !== undefined) throw fatal;
  task.report(run, { interrupted });
  if (unwritten !== undefined) throw unwritten;
  return { results: run.results, exitCode: interrupted ? 2 : exitCode(run.results), elapsed };
}

/**
 * Takes the unit tests out of what is run in the graph's order, by their models: each is run just before its model, and not at
 * all where that is not selected.
 */
function takeUnitTests(manifest: Manifest, runners: Map<string, Runner<never>>): Map<string, string[]> {
  const byModel = new Map<string, string[]>();
  for (const id of [...runners.keys()].sort()) {
    const test = manifest.unit_tests.get(id);
    if (!test) continue;
    runners.delete(id);
    const model = test.depends_on.nodes[0] as string;
    byModel.set(model, [...(byModel.get(model) ?? []), id]);
  }
  return byModel;
}

async function execute(
  run: Run,
  task: GraphTask,
  { runners, ...ownTests }: { runners: ReadonlyMap<string, Runner<never>> } & OwnTests,
  graph: RunGraph,
  journal: RunResultsFile | null,
): Promise<void> {
  if (task.prepares) await prepareSchemas(run, runners.keys());
  let proceed = true;
  const hooks = typeof task.hooks === "function" ? task.hooks(run) : task.hooks;
  if (hooks) {
    const ok = await runHooks(run, "on-run-start", new Map());
    for (const result of run.results) journal?.add(result);
    proceed = ok || run.options.flags.skip_nodes_if_on_run_start_fails === false;
  }
  if (proceed) await new GraphRun(run, task, runners, graph, journal, ownTests).run();
  else skipAll(run, runners.keys(), journal);
  if (hooks && run.stopped !== "interrupted") {
    const before = run.results.length;
    await runHooks(run, "on-run-end", hookValues(run));
    for (const result of run.results.slice(before)) journal?.add(result);
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
