import type { NodeResult } from "../artifacts/results.ts";
import { type Moment, now, secondsBetween } from "../artifacts/time.ts";
import { NodeConnection } from "../context/execution/connection.ts";
import type { TsdbtError } from "../errors.ts";
import { formatting, freshnessHooksNotRun, hookLine, hookStartLine, nodeInfo } from "../events/messages/index.ts";
import { summariesOf } from "../manifest/lazy-map.ts";
import type { Node } from "../manifest/resources.ts";
import { nodeError } from "./errors.ts";
import type { Run } from "./run.ts";

export type HookType = "on-run-start" | "on-run-end";

/** The hooks of that kind, the root project's before those of packages, each in the order of its file. */
export function hooksOf(run: Run, type: HookType): Node[] {
  const root = run.env.config.project.name;
  const { nodes } = run.env.manifest;
  const hooks: Node[] = [];
  for (const node of summariesOf(nodes))
    if (node.resource_type === "operation" && node.tags?.includes(type)) hooks.push(nodes.get(node.unique_id)!);
  const rank = (node: Node): string => (node.package_name === root ? "" : node.package_name);
  return hooks.sort((a, b) => {
    if (rank(a) !== rank(b)) return rank(a) < rank(b) ? -1 : 1;
    return (a.index ?? 0) - (b.index ?? 0);
  });
}

/** Whether `source freshness` runs the project's hooks; it warns for each kind that it leaves out. */
export function freshnessHooks(run: Run): boolean {
  if (run.options.flags.source_freshness_run_project_hooks !== false) return true;
  for (const type of ["on-run-start", "on-run-end"] as const)
    if (hooksOf(run, type).length > 0) run.env.events.emit(freshnessHooksNotRun());
  return false;
}

/**
 * Runs the hooks of that kind one after the other, adds their results to the run's and answers whether all went well.
 * @throws TsdbtError where a hook's template fails
 */
export async function runHooks(run: Run, type: HookType, extra: ReadonlyMap<string, unknown>): Promise<boolean> {
  const hooks = hooksOf(run, type);
  if (hooks.length === 0) return true;
  const { events } = run.env;
  if (type === "on-run-end") events.emit(formatting(""));
  const connection = new NodeConnection(run.env.adapter, "master", { emit: (event) => run.env.events.emit(event) });
  let failed = false;
  try {
    for (const [position, hook] of hooks.entries()) {
      const place = { index: position + 1, total: hooks.length, statement: `${hook.package_name}.${type}.${position}` };
      const result = failed ? skipped(hook, place.statement) : await runHook(run, hook, place, connection, extra);
      if (result.status !== "success") failed = true;
      run.results.push(result);
      const [began, ended] = [result.timing[0]?.started, result.timing.at(-1)?.completed];
      const node = nodeInfo(hook, { status: result.status, startedAt: dateOf(began), finishedAt: dateOf(ended) });
      events.emit(hookLine({ ...place, node, status: result.status, executionTime: result.execution_time }));
    }
  } finally {
    await connection.release();
  }
  if (type === "on-run-start") events.emit(formatting(""));
  return !failed;
}

async function runHook(
  run: Run,
  hook: Node,
  place: { index: number; total: number; statement: string },
  connection: NodeConnection,
  extra: ReadonlyMap<string, unknown>,
): Promise<NodeResult> {
  const compile = { name: "compile", started: now(), completed: now() };
  try {
    await run.compiler.compile(hook, { connection, threadId: "main", extra });
  } catch (error) {
    throw nodeError(error, hook, { root: run.env.config.project.root });
  }
  compile.completed = now();
  const node = nodeInfo(hook, { status: "started", startedAt: dateOf(compile.started) });
  run.env.events.emit(hookStartLine({ ...place, node }));
  run.env.events.running.set(connection.name, { node, thread: "MainThread" });
  const execute = { name: "execute", started: now(), completed: now() };
  const error = await executeHook(run, hookSql(hook.compiled_code ?? ""), connection, hook);
  execute.completed = now();
  run.env.events.running.delete(connection.name);
  return {
    node: hook,
    status: error ? "error" : "success",
    timing: [compile, execute],
    thread_id: "main",
    execution_time: secondsBetween(compile.started, execute.completed),
    adapter_response: {},
    message: error ? `${place.statement} failed, error:\n ${error.message}` : `${place.statement} passed`,
    failures: error ? 1 : 0,
    ...(error ? { error } : {}),
  };
}

function dateOf(moment: Moment | null | undefined): Date | null {
  return moment === null || moment === undefined ? null : new Date(moment / 1000);
}

/** Runs a hook's SQL outside a transaction; answers the error, if there is one. */
async function executeHook(run: Run, sql: string, connection: NodeConnection, hook: Node): Promise<TsdbtError | null> {
  if (sql.trim() === "") return null;
  try {
    await (await connection.get()).execute(sql, { fetch: false, autoBegin: false });
    return null;
  } catch (error) {
    return nodeError(error, hook, { root: run.env.config.project.root });
  }
}

/** A hook's code may be JSON that holds the SQL, as `before_begin` and its like make it. */
function hookSql(code: string): string {
  const text = code.trim();
  if (!text.startsWith("{")) return code;
  try {
    const { sql } = JSON.parse(text) as { sql?: unknown };
    return typeof sql === "string" ? sql : code;
  } catch {
    return code;
  }
}

function skipped(hook: Node, statement: string): NodeResult {
  return {
    node: hook,
    status: "skipped",
    timing: [],
    thread_id: "main",
    execution_time: 0,
    adapter_response: {},
    message: `${statement} skipped`,
    failures: 1,
  };
}
