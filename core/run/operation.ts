import { join } from "node:path";
import type { NodeResult } from "../artifacts/results.ts";
import { RunResultsFile } from "../artifacts/run-results.ts";
import { now, secondsBetween } from "../artifacts/time.ts";
import { NodeConnection } from "../context/execution/connection.ts";
import { ExecutionContext } from "../context/execution/context.ts";
import { templateError } from "../context/shared/index.ts";
import type { TsdbtError } from "../errors.ts";
import { renderLine } from "../events/format.ts";
import { artifactWritten, note } from "../events/messages/index.ts";
import { renderError } from "../events/render-error.ts";
import { toPython } from "../jinja/index.ts";
import { didYouMean } from "../manifest/nearest.ts";
import type { Node } from "../manifest/resources.ts";
import { loadYaml } from "../yaml/index.ts";
import { nodeError } from "./errors.ts";
import { inlineNode } from "./inline.ts";
import { masterSubject } from "./prepare.ts";
import { createRun, type Run } from "./run.ts";
import type { RunOptions, RunOutcome } from "./types.ts";

/** `run-operation`: calls a macro, or runs `--sql`, and writes run_results.json. */
export async function runOperation(options: RunOptions): Promise<RunOutcome> {
  const run = createRun(options);
  const { flags } = options;
  const sql = typeof flags.sql === "string" && flags.sql !== "" ? flags.sql : null;
  const began = now();
  const target = sql === null ? findMacro(run, String(flags.macro)) : null;
  const connection = new NodeConnection(run.env.adapter, target ? `macro_${target.name}` : "inline_query", {
    emit: (event) => run.env.events.emit(event),
  });
  const execute = { name: "execute", started: now(), completed: now() };
  let error: TsdbtError | null = null;
  let response: { [key: string]: unknown } = {};
  try {
    if (target) await callMacro(run, target, connection);
    else response = await runSql(run, sql as string, connection);
  } catch (thrown) {
    error = nodeError(thrown, target ? target.macro : inlineNode(run.env.config, sql as string), {
      root: run.env.config.project.root,
    });
    run.env.events.emit(operationFailed(error));
  } finally {
    await connection.release();
  }
  execute.completed = now();
  const elapsed = secondsBetween(began, execute.completed);
  if (!target) run.env.events.emit(sqlLine(error, response, elapsed));
  const id = target?.macro.unique_id ?? `sql_operation.${run.env.config.project.name}.inline_query`;
  const result: NodeResult = {
    node: operationNode(run, id, target?.name ?? "inline_query"),
    status: error ? "error" : "success",
    timing: [{ name: "compile", started: began, completed: execute.started }, execute],
    thread_id: "MainThread",
    execution_time: elapsed,
    adapter_response: response,
    message: error
      ? `${error.kind}\n${error.message
          .split("\n")
          .map((line) => `  ${line}`)
          .join("\n")}`
      : null,
    failures: error ? 1 : 0,
    ...(error ? { error } : {}),
  };
  if (flags.write_json) {
    const path = join(run.env.targetPath, "run_results.json");
    new RunResultsFile(path, run.invocation, run.args).finish([result], elapsed);
    run.env.events.emit(artifactWritten("RunResultsArtifact", path));
  }
  return { results: [result], exitCode: error ? 1 : 0, elapsed };
}

function findMacro(run: Run, name: string) {
  const dot = name.indexOf(".");
  const packageName = dot < 0 ? null : name.slice(0, dot);
  const bare = dot < 0 ? name : name.slice(dot + 1);
  const found = run.env.macros.findByName(bare, packageName);
  if (!found) {
    const where = packageName === null ? "any package" : `the "${packageName}" package`;
    const names = [...run.env.macros.all()].map((macro) => macro.resource.name);
    throw templateError(
      "TD3080",
      `dbt could not find a macro with the name '${bare}' in ${where}`,
      null,
      "Compilation Error",
      didYouMean(bare, names),
    );
  }
  return { macro: found.resource, name: bare, packageName };
}

async function callMacro(
  run: Run,
  target: { name: string; packageName: string | null },
  connection: NodeConnection,
): Promise<void> {
  const project = run.env.config.project.name;
  const context = new ExecutionContext(run.env, {
    connection,
    threadId: "MainThread",
    subject: { kind: "macro", node: masterSubject(project), searchPackage: target.packageName ?? project },
  });
  await context.executeMacro(target.name, [], operationArguments(run), target.packageName);
}

/** `--args`: a YAML mapping. */
function operationArguments(run: Run): Map<string, unknown> {
  const given = run.options.flags.args;
  const data = typeof given === "string" ? loadYaml(given, { file: "--args" }) : given;
  const args = new Map<string, unknown>();
  if (data === null || data === undefined) return args;
  if (typeof data !== "object" || Array.isArray(data)) {
    throw templateError("TD3081", "The --args argument must be a YAML dictionary", null, "Usage Error");
  }
  for (const [name, value] of Object.entries(data)) args.set(name, toPython(value));
  return args;
}

async function runSql(run: Run, sql: string, connection: NodeConnection): Promise<{ [key: string]: unknown }> {
  const node = inlineNode(run.env.config, sql);
  await run.compiler.compile(node, { connection, threadId: "MainThread", write: false });
  run.env.events.emit(note(renderLine({ text: "1 of 1 START executing inline_query", status: "RUN" })));
  const open = await connection.get();
  const { response } = await open.execute(node.compiled_code ?? "", { autoBegin: true, fetch: false });
  return { ...response };
}

function sqlLine(error: TsdbtError | null, response: { [key: string]: unknown }, seconds: number) {
  const text = `1 of 1 ${error ? "ERROR" : "OK"} ${error ? "executing" : "executed"} inline_query`;
  const status = error ? "ERROR" : String(response._message ?? "OK");
  return note(renderLine({ text, status, seconds }), error ? "error" : "info");
}

function operationFailed(error: TsdbtError) {
  const text = renderError(error);
  return {
    name: "RunningOperationCaughtError",
    code: "Q001",
    level: "error" as const,
    message: `[ERROR]: Encountered an error while running operation: ${text}`,
    status: { text: "ERROR", color: "red" as const },
    data: { exc: text },
    error,
  };
}

function operationNode(run: Run, id: string, name: string): Node {
  return {
    ...inlineNode(run.env.config, ""),
    resource_type: "operation",
    name,
    alias: name,
    unique_id: id,
    path: "",
    original_file_path: "",
    compiled: false,
  };
}
