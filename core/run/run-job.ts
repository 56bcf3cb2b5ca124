import type { NodeResult, Timing } from "../artifacts/results.ts";
import { resultMessage } from "../artifacts/run-results.ts";
import { now, secondsBetween } from "../artifacts/time.ts";
import { debug, nodeFinished, nodeInfo, nodeStart } from "../events/messages/index.ts";
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
  events.emit(nodeStart(nodeInfo(job.node, { status: "started", startedAt })));
  if (!options.silent) emit(job, runner.start(job));
  const timing: Timing[] = [];
  let outcome: Outcome | undefined;
  let thrown: unknown;
  let failed = false;
  try {
    await timed("compile", timing, async () => runner.compile?.(job));
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
  events.emit(
    nodeFinished(
      nodeInfo(job.node, { status: result.status, startedAt, finishedAt: new Date() }),
      resultMessage(result),
    ),
  );
  if (!options.silent) emit(job, runner.finish(job, result));
  return result;
}

function emit<N extends GraphResource>(job: Job<N>, event: ReturnType<Runner<N>["start"]>): void {
  if (event) job.run.env.events.emit({ ...withGroup(job.run.env.manifest, event), thread: job.threadId });
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
