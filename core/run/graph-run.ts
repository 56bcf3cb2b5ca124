import { join } from "node:path";
import type { NodeResult, NodeStatus } from "../artifacts/results.ts";
import { lastDurations, type RunResultsFile, resultMessage } from "../artifacts/run-results.ts";
import { isEphemeral } from "../compile/index.ts";
import { NodeConnection } from "../context/execution/connection.ts";
import { TsdbtError } from "../errors.ts";
import {
  markSkippedChildren,
  nodeFinished,
  nodeInfo,
  nodeStart,
  resultErrors,
  skipBecauseEphemeral,
  skipLine,
} from "../events/messages/index.ts";
import { findResource } from "../manifest/maps.ts";
import type { GraphResource, Node } from "../manifest/resources.ts";
import { cancelRunning } from "./cancel.ts";
import { withGroup } from "./event-groups.ts";
import { descendants, type RunGraph, subsetNeeds } from "./graph.ts";
import type { GraphTask } from "./graph-task.ts";
import type { Runner } from "./job.ts";
import { onScreen } from "./on-screen.ts";
import type { Run } from "./run.ts";
import { runJob } from "./run-job.ts";
import { auditedRunner } from "./runners/audited.ts";
import { makePlan, schedule } from "./scheduler.ts";
import { inFreeSlots } from "./slots.ts";

/** Tests that are run by their model, by its id, and not in the graph's order. */
export interface OwnTests {
  unitTests: ReadonlyMap<string, readonly string[]>;
  audits: ReadonlyMap<string, readonly string[]>;
}

/** The nodes of one run on their way through the scheduler. */
export class GraphRun {
  private readonly owner: Run;
  private readonly task: GraphTask;
  private readonly runners: ReadonlyMap<string, Runner<never>>;
  private readonly graph: RunGraph;
  private readonly journal: RunResultsFile | null;
  /** Unit tests that are run just before their model, by its id (`build`). */
  private readonly unitTests: ReadonlyMap<string, readonly string[]>;
  /** Tests that decide whether their model is published, by its id (`build`). */
  private readonly audits: ReadonlyMap<string, readonly string[]>;
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
    ownTests: OwnTests,
  ) {
    this.unitTests = ownTests.unitTests;
    this.audits = ownTests.audits;
    this.owner = run;
    this.task = task;
    this.runners = runners;
    this.graph = graph;
    this.journal = journal;
  }

  async run(): Promise<void> {
    const { owner: run, task, runners } = this;
    const selected = new Set(runners.keys());
    const none = new Set<string>();
    const needs =
      task.ordered === false
        ? new Map([...selected].map((id): [string, Set<string>] => [id, none]))
        : subsetNeeds(this.graph, selected);
    const { threads } = run.env.config.profile;
    const durations =
      task.ordered !== false && selected.size > threads
        ? lastDurations(join(run.env.targetPath, "run_results.json"))
        : new Map<string, number>();
    await schedule(makePlan(needs, durations), {
      threads,
      stopped: () => run.stopped !== null || this.fatal !== undefined,
      run: async (id, thread) => {
        run.working++;
        await this.runWithUnitTests(id, `Thread-${thread} (worker)`).finally(() => run.working--);
      },
    }).finally(() => this.cancelling?.done());
    if (this.fatal) throw this.fatal;
    if (this.failedFast) this.endFast(this.failedFast);
  }

  /** A model whose unit tests do not all pass is skipped, and with it the rest of them. */
  private async runWithUnitTests(id: string, threadId: string): Promise<void> {
    for (const test of this.unitTests.get(id) ?? []) {
      if (this.owner.stopped) return;
      if (this.skipped.has(id)) this.skipped.set(test, null);
      const status = await this.runNode(test, threadId);
      if (status !== "pass" && !this.skipped.has(id)) this.skipped.set(id, null);
    }
    await this.runNode(id, threadId);
  }

  private async runNode(id: string, threadId: string): Promise<NodeStatus | null> {
    const { owner: run, task } = this;
    const node = findResource(run.env.manifest, id) as Node;
    const runner = (this.runners.get(id) ?? this.task.runnerOf(node)) as Runner;
    const ephemeral = isEphemeral(node);
    const index = ephemeral ? 0 : ++run.begun;
    let result: NodeResult;
    if (this.skipped.has(id)) {
      result = this.skip(node, index, threadId);
    } else {
      const info = nodeInfo(node, { status: "executing" });
      const connection = new NodeConnection(run.env.adapter, id, {
        isForbidden: run.options.flags.introspect === false,
        emit: (event) => run.env.events.emit({ ...event, node: info, thread: threadId }),
      });
      const job = { run, node, index, threadId, connection };
      const audit = this.audits.get(id);
      result = await runJob(
        job,
        audit ? auditedRunner(() => this.runAudit(audit, threadId)) : (runner.instead?.(job) ?? runner),
        ephemeral && !task.ephemeralResults ? { silent: true, compileOnly: true } : {},
      );
    }
    // What was cancelled says nothing of itself.
    if (run.stopped && result.status === "error" && !this.audits.has(id)) return null;
    if (!ephemeral || task.ephemeralResults) {
      run.results.push(result);
      this.journal?.add(result);
    }
    this.consequences(node, result, ephemeral);
    return result.status;
  }

  private async runAudit(tests: readonly string[], threadId: string): Promise<Map<string, NodeStatus>> {
    const statuses = new Map<string, NodeStatus>(tests.map((id) => [id, "skipped"]));
    await inFreeSlots(this.owner, tests, async (id) => {
      statuses.set(id, (await this.runNode(id, threadId)) ?? "error");
    });
    return statuses;
  }

  private consequences(node: Node, result: NodeResult, ephemeral: boolean): void {
    const { owner: run, task } = this;
    const failed = result.status === "error" || result.status === "partial success";
    if (failed) run.env.events.emit(markSkippedChildren(node.unique_id, resultMessage(result)));
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
    const { owner: run } = this;
    const { events } = run.env;
    const cause = this.skipped.get(node.unique_id);
    const info = nodeInfo(node, { status: "skipped" });
    const place = { index, total: run.total, node: info };
    const result: NodeResult = { ...skippedResult(node, null), thread_id: threadId };
    events.emit({ ...nodeStart(nodeInfo(node, { status: "started" })), thread: threadId });
    if (isEphemeral(node)) return result;
    if (cause) {
      const { status } = cause;
      const line = skipBecauseEphemeral({ ...place, schema: node.schema ?? "", relation: node.name, status });
      events.emit(withGroup(run.env.manifest, line));
      for (const event of resultErrors(onScreen(cause) as never, { newline: false })) events.emit(event);
      result.message =
        `Compilation Error in ${node.unique_id}, caused by compilation error in referenced ephemeral model ` +
        cause.node.unique_id;
    } else {
      const { resource_type: resourceType, schema, name: nodeName } = node;
      events.emit(withGroup(run.env.manifest, skipLine({ ...place, resourceType, schema: schema ?? "", nodeName })));
    }
    events.emit({ ...nodeFinished(info, resultMessage(result)), thread: threadId });
    return result;
  }

  /** `--fail-fast`: what was not run yet is skipped, and the failure is told at once. */
  private endFast(failure: NodeResult): void {
    const { owner: run } = this;
    const done = new Set(run.results.map((result) => result.node.unique_id));
    const all = [
      ...this.runners.keys(),
      ...[this.unitTests, this.audits].flatMap((tests) => [...tests.values()].flat()),
    ];
    for (const id of all) {
      if (done.has(id)) continue;
      const node = findResource(run.env.manifest, id) as Node;
      const result = skippedResult(node, "Skipping due to fail_fast");
      run.results.push(result);
      this.journal?.add(result);
    }
    const node = nodeInfo(failure.node, { status: failure.status });
    for (const event of resultErrors(onScreen(failure) as never, { node }))
      run.env.events.emit(withGroup(run.env.manifest, event));
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
export function skipAll(run: Run, ids: Iterable<string>, journal: RunResultsFile | null): void {
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
