import { now, secondsBetween } from "../../artifacts/time.ts";
import { TsdbtError } from "../../errors.ts";
import {
  functionResult,
  overloadResultLine,
  overloadStartLine,
  relationText,
  startLine,
} from "../../events/messages/index.ts";
import type { FunctionOverload, Node } from "../../manifest/resources.ts";
import type { Job, Runner } from "../job.ts";
import { cacheRelations, callMaterialization, contextOf, mainResult, responseEntry } from "./materialize.ts";
import { place } from "./model.ts";

const description = ({ node, run }: Job): string =>
  `function ${relationText(node, run.env.config.profile.credentials.database)}`;

/** User-defined functions: made by the materialization `function`. https://docs.getdbt.com/docs/build/udfs */
export const functionRunner: Runner = {
  start: (job) => startLine({ ...place(job, "started"), description: description(job) }),
  compile: (job) => job.run.compiler.compile(job.node, { connection: job.connection, threadId: job.threadId }),
  async execute(job) {
    const context = contextOf(job);
    cacheRelations(job, await callMaterialization(job, context));
    const main = mainResult(context, job.node);
    const overloads = await makeOverloads(job);
    const failed = overloads.failed.length > 0;
    return {
      status: failed ? "partial success" : "success",
      message: failed ? `PARTIAL SUCCESS ${job.node.name}` : main.message,
      adapter_response: responseEntry(main.response),
      overloads,
    };
  },
  finish: (job, result) =>
    functionResult({
      ...place(job, result.status),
      description: description(job),
      status: result.status,
      executionTime: result.execution_time,
    }),
};

/** Makes each overload, whatever became of those before it; `retry` leaves out what was made already. */
async function makeOverloads(job: Job): Promise<{ successful: string[]; failed: string[] }> {
  const { node, run } = job;
  const overloads = node.overloads ?? [];
  const made = { successful: [] as string[], failed: [] as string[] };
  const before = new Set(run.options.again?.overloads.get(node.unique_id));
  for (const [position, overload] of overloads.entries()) {
    const name = overload.defined_in;
    const line = {
      ...place(job, "started"),
      index: position + 1,
      total: overloads.length,
      description: `function ${node.name} overload ${name}`,
    };
    if (before.has(name)) {
      made.successful.push(name);
      run.env.events.emit(overloadResultLine({ ...line, status: "skipped", executionTime: 0 }));
      continue;
    }
    run.env.events.emit(overloadStartLine(line));
    const started = now();
    const problem = await makeOverload(job, overload);
    made[problem === null ? "successful" : "failed"].push(name);
    run.env.events.emit(
      overloadResultLine({
        ...line,
        ...(problem === null ? {} : { description: `${line.description}: ${problem}` }),
        status: problem === null ? "success" : "error",
        executionTime: secondsBetween(started, now()),
      }),
    );
  }
  return made;
}

/** Runs the materialization with the overload's signature and code; answers what went wrong. */
async function makeOverload(job: Job, overload: FunctionOverload): Promise<string | null> {
  const node = {
    ...job.node,
    arguments: overload.arguments,
    returns: overload.returns ?? (job.node as Node & { returns: unknown }).returns,
    compiled_code: overload.compiled_body ?? "",
  };
  const own = { ...job, node };
  try {
    await callMaterialization(own, contextOf(own));
    return null;
  } catch (error) {
    if (error instanceof TsdbtError) return `${error.kind}\n  ${error.message.replaceAll("\n", "\n  ")}`;
    return error instanceof Error ? error.message : String(error);
  }
}
