import type { RelationSource } from "../../../adapters/adapter.ts";
import { dropRelation, getRelation, renameRelation } from "../../../adapters/operations.ts";
import type { Relation } from "../../../adapters/relation.ts";
import type { NodeStatus } from "../../artifacts/results.ts";
import { isEphemeral } from "../../compile/index.ts";
import type { ExecutionContext } from "../../context/execution/context.ts";
import { templateError } from "../../context/shared/index.ts";
import { pluralize } from "../../events/format.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import { findResource } from "../../manifest/maps.ts";
import type { Node, NodeConfig } from "../../manifest/resources.ts";
import type { Job, Outcome, Runner } from "../job.ts";
import {
  cacheRelations,
  callMaterialization,
  contextOf,
  type Materialized,
  mainResult,
  responseEntry,
} from "./materialize.ts";
import { isMicrobatch } from "./microbatch.ts";
import { modelRunner } from "./model.ts";
import { makeVersionPointer } from "./version-pointer.ts";

/** What a table is called until it is published. */
const SUFFIX = "__wap";

const MATERIALIZED = ["table", "incremental", "view"];

/** Runs a model's tests and answers what became of each. */
export type RunTests = () => Promise<Map<string, NodeStatus>>;

/**
 * A model with `wap: true` (write, audit, publish): built beside what stands, tested there, and put in its place only if every
 * test passes. The table that was rejected is kept. See docs/wap.md.
 */
export function auditedRunner(runTests: RunTests): Runner {
  return {
    ...modelRunner,
    // The copy is compiled, under the name it is built with.
    compile: async (job) => checkSupported(job),
    execute: (job) => writeAuditPublish(job, runTests),
  };
}

function checkSupported(job: Job): void {
  const { node } = job;
  const materialized = String(node.config.materialized);
  if (MATERIALIZED.includes(materialized) && !isMicrobatch(job) && !isEphemeral(node)) return;
  const what = isMicrobatch(job) ? "the strategy 'microbatch'" : `the materialization '${materialized}'`;
  throw templateError(
    "TD3096",
    `wap: true cannot be combined with ${what}`,
    node,
    "Runtime Error",
    `It is there for ${MATERIALIZED.join(", ")}: remove wap, or materialize the model as one of these.`,
  );
}

async function writeAuditPublish(job: Job, runTests: RunTests): Promise<Outcome> {
  const { run, connection, threadId, node } = job;
  const { env } = run;
  const copy = copyOf(node);
  const one: Materialized = { run, node: copy, connection, threadId };
  const context = contextOf(one);
  const target = env.adapter.relationOf(node as unknown as RelationSource);
  const audited = env.adapter.relationOf(copy as unknown as RelationSource);
  await dropLeftover(context, audited);
  await startFromStanding(job, context, target, audited);
  try {
    await run.compiler.compile(copy, { connection, threadId });
  } finally {
    takeOver(node, copy);
  }
  // Made anew, so that templates see the compiled code.
  const building = contextOf(one);
  cacheRelations(one, await callMaterialization(one, building));
  takeOver(node, copy);
  const main = mainResult(building, copy);
  await (await connection.get()).commit();
  env.audited.set(node.unique_id, copy as unknown as RelationSource);
  let statuses: Map<string, NodeStatus>;
  try {
    statuses = await runTests();
  } finally {
    env.audited.delete(node.unique_id);
  }
  refuseFailed(job, statuses, audited.render(), await stateOf(contextOf(job), target));
  await publish(contextOf(job), audited, target);
  await makeVersionPointer(job, target);
  return { status: "success", message: main.message, adapter_response: responseEntry(main.response) };
}

/** The model under another name. Indexes come when it is published: some engines rename no table that has any. */
function copyOf(node: Node): Node {
  return { ...node, alias: `${node.alias}${SUFFIX}`, config: { ...node.config, indexes: [] } as NodeConfig };
}

/** What compiling and building told of the copy is told of the model. */
function takeOver(node: Node, copy: Node): void {
  for (const key of ["compiled", "compiled_code", "compiled_path", "extra_ctes", "extra_ctes_injected", "build_path"]) {
    const value = (copy as unknown as { [key: string]: unknown })[key];
    if (value !== undefined) (node as unknown as { [key: string]: unknown })[key] = value;
  }
}

function find(context: ExecutionContext, { database, schema, identifier }: Relation): Promise<Relation | null> {
  return getRelation(context.env.adapter, context.session, database, schema as string, identifier as string);
}

/** What an earlier run rejected. */
async function dropLeftover(context: ExecutionContext, audited: Relation): Promise<void> {
  const leftover = await find(context, audited);
  if (!leftover) return;
  await dropRelation(context.session, leftover);
  await (await context.session.connection()).commit();
}

/** An incremental model adds to a copy of the table that stands. */
async function startFromStanding(
  job: Job,
  context: ExecutionContext,
  target: Relation,
  audited: Relation,
): Promise<void> {
  const { node, run } = job;
  if (node.config.materialized !== "incremental") return;
  if ((node.config.full_refresh ?? run.options.flags.full_refresh) === true) return;
  const standing = await find(context, target);
  if (standing?.type !== "table") return;
  const table = audited.replace({ type: "table" });
  const sql = await context.macros.call("get_create_table_as_sql", [
    false,
    table,
    `select * from ${standing.render()}`,
  ]);
  const session = await context.session.connection();
  await session.execute(pyStr(sql), { autoBegin: true });
  await session.commit();
  run.env.cache.add(table);
}

function refuseFailed(
  { node, run }: Job,
  statuses: ReadonlyMap<string, NodeStatus>,
  audited: string,
  standing: string,
): void {
  const bad = [...statuses].filter(([, status]) => status !== "pass" && status !== "warn");
  if (bad.length === 0) return;
  const names = bad.map(([id, status]) => `${findResource(run.env.manifest, id)?.name ?? id}: ${status}`);
  throw templateError(
    "TD3095",
    `Model '${node.name}' was not published, since ${bad.length} of ${pluralize(statuses.size, "test")} did not pass ` +
      `(${names.join(", ")}).\nThe rejected relation is kept as ${audited}; ${standing}.`,
    node,
    "Runtime Error",
    `Look at what was rejected: select * from ${audited}`,
  );
}

async function stateOf(context: ExecutionContext, target: Relation): Promise<string> {
  const standing = await find(context, target);
  return standing ? `${target.render()} is left as it was` : `there is no ${target.render()} yet`;
}

/** The audited relation takes the name of the one that stands, which goes. */
async function publish(context: ExecutionContext, audited: Relation, target: Relation): Promise<void> {
  const { session, env } = context;
  const connection = await session.connection();
  const built = (await find(context, audited)) ?? audited;
  const standing = await find(context, target);
  const published = target.replace({ type: built.type });
  const exchange = standing && env.adapter.exchangeMacro?.(standing);
  if (exchange) {
    await context.macros.call(exchange, [built, standing]);
    await dropRelation(session, built.replace({ type: standing.type }));
    env.cache.add(published);
  } else {
    const backup = target
      .replacePath({ identifier: `${target.identifier}__dbt_backup` })
      .replace({ type: standing?.type ?? null });
    if (standing) {
      if (env.macros.findByName("drop_indexes_on_relation")) {
        await context.macros.call("drop_indexes_on_relation", [standing]);
      }
      await renameRelation(session, standing, backup);
    }
    await renameRelation(session, built, published);
    await connection.commit();
    if (standing) await dropRelation(session, backup);
  }
  if (built.type === "table") await context.macros.call("create_indexes", [published]);
  await connection.commit();
}
