import type { NodeResult, Timing } from "../artifacts/results.ts";
import { resultMessage } from "../artifacts/run-results.ts";
import { now, secondsBetween } from "../artifacts/time.ts";
import type { NewEvent } from "../events/event.ts";
import {
  caughtOnRun,
  debug,
  nodeCompiling,
  nodeExecuting,
  nodeFinished,
  nodeInfo,
  nodeStart,
  nodeTimes,
} from "../events/messages/index.ts";
import type { GraphResource } from "../manifest/resources.ts";
import { errorText, nodeError } from "./errors.ts";
import { withGroup } from "./event-groups.ts";
import type { Job, Outcome, Runner } from "./job.ts";

/** Runs one node from its first line to its last. Never throws: whatever goes wrong is the result. */
export async function runJob<N extends GraphResource>(
  job: Job<N>,
  runner: Runner<N>,
  options: { silent?: boolean; compileOnly?: boolean } = {},
): Promise<NodeResult> {
  const { events } = job.run.env;
  const startedAt = new Date();
  const began = now();
  const told = (status: string) => nodeInfo(job.node, { status, startedAt });
  const step = (event: NewEvent | null) => emit(job, event);
  const running = { node: told("started"), thread: job.threadId };
  events.running.set(job.connection.name, running);
  step(nodeStart(told("started")));
  if (!options.silent) step(since(runner.start(job), startedAt));
  const timing: Timing[] = [];
  let outcome: Outcome | undefined;
  let thrown: unknown;
  let failed = false;
  try {
    running.node = told("compiling");
    job.connection.take();
    step(nodeCompiling(running.node));
    await timed("compile", timing, async () => runner.compile?.(job));
    running.node = told("executing");
    if (!options.compileOnly) step(nodeExecuting(running.node));
    outcome = options.compileOnly
      ? { status: "success", message: null }
      : await timed("execute", timing, () => runner.execute(job));
  } catch (error) {
    thrown = error;
    failed = true;
  }
  try {
    await job.connection.release();
  } catch (error) {
    events.emit(debug(`Error releasing connection for node ${job.node.name}: ${String(error)}`));
    if (!failed) {
      thrown = error;
      failed = true;
    }
  }
  const seconds = secondsBetween(began, now());
  const result: NodeResult = {
    node: job.node,
    status: "success",
    timing,
    thread_id: job.threadId,
    execution_time: seconds,
    adapter_response: {},
    message: null,
    failures: null,
    ...outcome,
  };
  if (failed) {
    const error = nodeError(thrown, job.node, {
      root: job.run.env.config.project.root,
      names: () => macroNames(job),
    });
    Object.assign(result, {
      status: runner.errorStatus ?? "error",
      message: errorText(error, job.node),
      error,
      adapter_response: {},
      failures: null,
    });
    if (error.kind === "Internal Error" && thrown instanceof Error && thrown.stack) events.emit(debug(thrown.stack));
  }
  events.running.delete(job.connection.name);
  const finishedAt = new Date();
  if (failed) step(caughtOnRun(result.message ?? "", running.node));
  if (!options.silent) step(since(runner.finish(job, result), startedAt, finishedAt));
  step(nodeFinished(nodeInfo(job.node, { status: result.status, startedAt, finishedAt }), resultMessage(result)));
  return result;
}

function emit<N extends GraphResource>(job: Job<N>, event: NewEvent | null): void {
  if (event) job.run.env.events.emit({ ...withGroup(job.run.env.manifest, event), thread: job.threadId });
}

/** The line of a node with its times, which runners need not know. */
function since(event: NewEvent | null, startedAt: Date, finishedAt?: Date): NewEvent | null {
  return event?.node
    ? { ...event, node: { ...event.node, ...nodeTimes({ startedAt, finishedAt: finishedAt ?? null }) } }
    : event;
}

async function timed<T>(name: string, timing: Timing[], work: () => Promise<T>): Promise<T> {
  const step: Timing = { name, started: now(), completed: null };
  try {
    return await work();
  } finally {
    step.completed = now();
    timing.push(step);
  }
}

/** Names that an undefined one may have meant. */
function* macroNames<N extends GraphResource>(job: Job<N>): Iterable<string> {
  for (const macro of job.run.env.macros.all()) yield macro.resource.name;
}
