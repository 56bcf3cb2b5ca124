import {
  BatchCreatePartitionCommand,
  CreateTableCommand,
  DeleteTableCommand,
  GetPartitionsCommand,
  type Partition,
} from "@aws-sdk/client-glue";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { Look } from "../../athena/look.ts";
import { projectAt } from "../../athena/projects.ts";
import type { RecordedCall } from "../../services/athena/faults.ts";
import { type GlueTable, tableInput } from "../../services/athena/glue-client.ts";
import type { AthenaStandIn } from "../../services/athena/start.ts";
import type { AthenaScenario } from "./athena-scenarios.ts";
import type { Driver, Plan } from "./each.ts";
import { run, titleOf } from "./run.ts";

/** Tables of a schema and the objects below its folder, to be brought back. */
interface Saved {
  tables: { table: GlueTable; partitions: Partition[] }[];
  objects: { key: string; body: Uint8Array }[];
}

/** A change on the stand-in, in a schema of its own; what it found there is brought back by Glue and S3 alone. */
export async function athenaDriver(at: AthenaStandIn, scenario: AthenaScenario, schema: string): Promise<Driver> {
  const look = new Look(at);
  const folder = `${schema}/`;
  const project = (files: { [path: string]: string }) =>
    projectAt(at, schema, files, { threads: 1, poll_interval: 0.05, num_retries: 0, num_boto3_retries: 1 });
  const after = project(scenario.after);
  const make = (root: string, args: readonly string[]) => run(root, [...args, "--no-write-json"], at.env);
  await at.reset();
  const prepared = await make(
    project(scenario.before ?? { "models/none.sql": "select 1 as id" }),
    scenario.beforeArgs ?? ["build"],
  );
  if (prepared.code !== 0) throw new Error(`${titleOf(scenario)}: cannot build what was before:\n${prepared.text}`);
  const meanwhile = (scenario.meanwhile ?? []).map((state) => JSON.stringify(state));
  const saved = await save(look, at.bucket, schema, folder);
  return {
    title: titleOf(scenario),
    reset: () => restore(look, at.bucket, schema, folder, saved),
    async change(plan?: Plan) {
      await at.reset();
      if (plan && "fault" in plan) {
        await at.fail({ index: plan.at, when: plan.fault, code: "AccessDeniedException", status: 403 });
      }
      const { code, text } = await make(after, scenario.args);
      const calls = (await at.calls()).filter(({ writes }) => writes);
      return { code, text, statements: calls.map(textOf), struck: plan === undefined || calls.length > plan.at };
    },
    async read() {
      try {
        return JSON.stringify(await look.rows(scenario.check ?? "select * from m order by 1, 2", schema));
      } catch (error) {
        return /NOT_FOUND/.test(String(error)) ? undefined : String(error);
      }
    },
    async standing() {
      const names = (await look.tables(schema)).map(({ Name }) => Name ?? "").sort();
      const orphans = await look.orphans(schema, folder);
      return [...names, ...orphans.map((key) => `orphan ${key}`)].join(" ");
    },
    mayBe: (rows) =>
      ((scenario.before === undefined || scenario.gap === true) && (rows === undefined || rows === "[]")) ||
      meanwhile.some((state) => rows === state),
    // Versions of a table in Glue are expired when its new one can be read, with their data first.
    isTidying: (statement) => /^(?:DeleteTableVersion|DeleteObjects) /.test(statement),
    isReading: (statement) => /^StartQueryExecution (?:select|with|show|describe)\b/i.test(statement),
    rows: JSON.stringify(scenario.rows),
  };
}

function textOf({ service, action, detail }: RecordedCall): string {
  const text = service === "athena" ? detail.replace(/^\s*(?:--[^\n]*\n|\/\*[\s\S]*?\*\/)\s*/, "") : nameIn(detail);
  return `${action} ${text}`;
}

function nameIn(detail: string): string {
  try {
    const input = JSON.parse(detail) as { Name?: string; TableName?: string; TableInput?: { Name?: string } };
    return input.TableInput?.Name ?? input.TableName ?? input.Name ?? "";
  } catch {
    return detail;
  }
}

async function save(look: Look, Bucket: string, schema: string, folder: string): Promise<Saved> {
  const tables: Saved["tables"] = [];
  for (const table of (await look.tables(schema)) as GlueTable[]) {
    const input = { DatabaseName: schema, TableName: table.Name };
    const { Partitions = [] } = await look.glue.send(new GetPartitionsCommand(input));
    tables.push({ table: tableInput(table), partitions: Partitions });
  }
  const objects: Saved["objects"] = [];
  for (const key of await look.keys(folder)) {
    const { Body } = await look.s3.send(new GetObjectCommand({ Bucket, Key: key }));
    objects.push({ key, body: await Body!.transformToByteArray() });
  }
  return { tables, objects };
}

async function restore(look: Look, Bucket: string, schema: string, folder: string, saved: Saved): Promise<void> {
  for (const { Name } of await look.tables(schema)) {
    await look.glue.send(new DeleteTableCommand({ DatabaseName: schema, Name }));
  }
  await look.remove([], folder);
  for (const { key, body } of saved.objects) {
    await look.s3.send(new PutObjectCommand({ Bucket, Key: key, Body: body }));
  }
  for (const { table, partitions } of saved.tables) {
    await look.glue.send(new CreateTableCommand({ DatabaseName: schema, TableInput: table }));
    if (partitions.length === 0) continue;
    const PartitionInputList = partitions.map(({ Values, StorageDescriptor, Parameters }) => ({
      Values,
      StorageDescriptor,
      Parameters,
    }));
    const input = { DatabaseName: schema, TableName: table.Name, PartitionInputList };
    await look.glue.send(new BatchCreatePartitionCommand(input));
  }
}
