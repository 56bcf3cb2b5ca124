import type { RelationSource } from "../../adapters/adapter.ts";
import { createSchema, listRelations, listSchemas } from "../../adapters/operations.ts";
import type { Relation } from "../../adapters/relation.ts";
import { isEphemeral, storesFailures } from "../compile/index.ts";
import { NodeConnection } from "../context/execution/connection.ts";
import { ExecutionContext } from "../context/execution/context.ts";
import { schemaCreation } from "../events/messages/index.ts";
import type { Node } from "../manifest/resources.ts";
import type { Run } from "./run.ts";

/** Makes the schemas that the selected nodes write to, where they are missing, and learns what stands in them. */
export async function prepareSchemas(run: Run, selected: Iterable<string>): Promise<void> {
  const schemas = requiredSchemas(run, selected);
  if (schemas.length === 0) return;
  const missing = await missingSchemas(run, schemas);
  await inParallel(run, missing, nameAfter("create"), async (schema, context) => {
    run.env.events.emit(schemaCreation(schema));
    await createSchema(context.session, schema);
  });
  if (!run.options.flags.populate_cache) return;
  await inParallel(run, schemas, nameAfter("list"), async (schema, context) => {
    await listRelations(run.env.adapter, context.session, schema.database, schema.schema as string);
  });
}

/** The schema of each selected node that becomes a relation, each once. */
function requiredSchemas(run: Run, selected: Iterable<string>): Relation[] {
  const found = new Map<string, Relation>();
  for (const id of selected) {
    const node = run.env.manifest.nodes.get(id) ?? run.env.manifest.functions.get(id);
    if (!node || !isRelational(run, node) || node.schema === null) continue;
    const key = `${node.database ?? ""}\0${node.schema}`;
    if (found.has(key)) continue;
    found.set(key, run.env.adapter.relationOf(node as unknown as RelationSource).withoutIdentifier());
  }
  return [...found.values()].filter((schema) => schema.schema !== null);
}

/** Whether a node stands in the warehouse by itself. */
export function isRelational(run: Pick<Run, "env">, node: Node): boolean {
  switch (node.resource_type) {
    case "model":
      return !isEphemeral(node);
    case "seed":
    case "snapshot":
    case "function":
      return true;
    case "test":
      return storesFailures(run.env, node);
    default:
      return false;
  }
}

async function missingSchemas(run: Run, schemas: readonly Relation[]): Promise<Relation[]> {
  const databases = new Map<string | null, Relation>();
  for (const schema of schemas) databases.set(schema.database, schema);
  const existing = new Set<string>();
  const nameOf = (schema: Relation) => `list_${schema.database ?? ""}`;
  await inParallel(run, [...databases.values()], nameOf, async (schema, context) => {
    const database = schema.include({ database: true, schema: false, identifier: false });
    const names = await listSchemas(context.session, schema.database === null ? null : database.render());
    for (const name of names) existing.add(`${schema.database?.toLowerCase() ?? ""}\0${name.toLowerCase()}`);
  });
  return schemas.filter((schema) => {
    const key = `${schema.database?.toLowerCase() ?? ""}\0${(schema.schema as string).toLowerCase()}`;
    if (existing.has(key)) return false;
    existing.add(key);
    return true;
  });
}

/** dbt's names of connections that ask for a schema or make it. */
function nameAfter(purpose: "list" | "create"): (schema: Relation) => string {
  return (schema) => `${purpose}_${schema.database ?? ""}_${schema.schema}`;
}

/** Does something for each schema, each in a connection of its own, as many at once as there are threads. */
async function inParallel(
  run: Run,
  schemas: readonly Relation[],
  nameOf: (schema: Relation) => string,
  work: (schema: Relation, context: ExecutionContext) => Promise<void>,
): Promise<void> {
  const { profile, project } = run.env.config;
  const queue = [...schemas];
  const worker = async (): Promise<void> => {
    for (let schema = queue.shift(); schema; schema = queue.shift()) {
      const connection = new NodeConnection(run.env.adapter, nameOf(schema), {
        emit: (event) => run.env.events.emit(event),
      });
      const context = new ExecutionContext(run.env, {
        connection,
        threadId: "MainThread",
        subject: { kind: "macro", node: masterSubject(project.name), searchPackage: project.name },
      });
      try {
        await work(schema, context);
      } finally {
        await connection.release();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(profile.threads, queue.length) }, worker));
}

/** Who acts where no node does. */
export function masterSubject(packageName: string) {
  return {
    resource_type: "operation",
    name: "master",
    original_file_path: "dbt_project.yml",
    unique_id: `operation.${packageName}.master`,
    package_name: packageName,
  };
}
