import type { Table as GlueTable, Partition } from "@aws-sdk/client-glue";
import { TsdbtError } from "../../core/errors.ts";
import type { Caller } from "../method-table.ts";
import { renameRelation } from "../operations.ts";
import type { Relation } from "../relation.ts";
import type { AthenaAdapter } from "./adapter.ts";
import { isMissing } from "./errors.ts";
import { kindOf } from "./glue.ts";
import { contains, parseS3 } from "./locations.ts";
import { createPartitions, deletePartitions } from "./partitions.ts";

/** On the entry of a table whose data is about to be deleted. */
const CLEARED = "tsdbt_cleared";

/**
 * Says that a table which another run left, or is building for `target`, will be deleted with its data. Who lets `target` show that data
 * reads this after having done so, and who deletes it looks at `target` after this: so one of the two leaves off.
 */
export async function announceClearing({ glue }: AthenaAdapter, relation: Relation, target: Relation): Promise<void> {
  const table = await glue.table(relation);
  if (!table || kindOf(table) !== "table") return;
  try {
    await glue.updateTable(relation, { ...table, Parameters: { ...table.Parameters, [CLEARED]: "true" } }, true);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await glue.table(target);
}

/**
 * Gives `target` the data of `source`: readers see the old rows, then the new ones. Partitions are exchanged after the
 * table, since Glue has no step for both; where one of the steps fails, or another run clears the new data, the old ones come back.
 */
export async function swapTables(adapter: AthenaAdapter, source: Relation, target: Relation): Promise<void> {
  const from = await shownBy(adapter, source);
  const { Name, StorageDescriptor, PartitionKeys, TableType, Parameters, Description = "" } = from.table;
  const table = { Name, StorageDescriptor, PartitionKeys, TableType, Parameters, Description };
  const change = {
    relation: target,
    shown: await shownBy(adapter, target),
    next: { ...from, table },
    skipArchive: false,
  };
  const location = StorageDescriptor?.Location;
  let isLost = CLEARED in (Parameters ?? {});
  const confirm = async () => {
    const now = await adapter.glue.table(source);
    isLost ||= now?.StorageDescriptor?.Location !== location || CLEARED in (now?.Parameters ?? {});
    if (isLost) throw clearedMeanwhile(target);
  };
  try {
    if (isLost) throw clearedMeanwhile(target);
    await showInstead(adapter, [change], confirm);
  } catch (error) {
    if (isLost && location) await orNot(() => adapter.storage.clear(location, [source]));
    throw error;
  }
}

function clearedMeanwhile(target: Relation): TsdbtError {
  return new TsdbtError(
    "TD5466",
    "Runtime Error",
    `Another run cleared the new data of ${target.render()}; it shows the old.`,
    {
      hint: "Let one run at a time build a table, or give each a target schema of its own.",
    },
  );
}

/**
 * Puts an Iceberg table in another one's place; the old one is `backup` then. Where the second renaming fails, or the answer to the
 * first one got lost, the old one gets its name back.
 */
export async function replaceByRenaming(
  { adapter: { glue }, session }: Caller<AthenaAdapter>,
  { fresh, target, backup }: { fresh: Relation; target: Relation; backup: Relation },
): Promise<void> {
  try {
    await renameRelation(session, target, backup);
    await renameRelation(session, fresh, target);
  } catch (error) {
    await orNot(async () => {
      if ((await glue.table(target)) || !(await glue.table(backup))) return;
      session.cache.drop(target);
      await renameRelation(session, backup, target);
    });
    throw error;
  }
}

/** Tries to put things right after a failure, which is what is told. */
async function orNot(work: () => Promise<void>): Promise<void> {
  await work().catch(() => undefined);
}

/** Gives each of two tables the other's data; where that fails, each gets its own back. */
export async function exchangeTables(adapter: AthenaAdapter, one: Relation, other: Relation): Promise<void> {
  const [first, second] = [await shownBy(adapter, one), await shownBy(adapter, other)];
  await showInstead(adapter, [
    { relation: other, shown: second, next: first, skipArchive: false },
    { relation: one, shown: first, next: second, skipArchive: true },
  ]);
}

/** What a table's entry in Glue shows. */
interface Shown {
  table: GlueTable;
  partitions: Partition[];
}

async function shownBy(adapter: AthenaAdapter, relation: Relation): Promise<Shown> {
  return { table: await existing(adapter, relation), partitions: await allPartitions(adapter, relation) };
}

/** Lets tables' entries show other data, one after the other; where that fails, those already changed show again what they did. */
async function showInstead(
  adapter: AthenaAdapter,
  changes: readonly { relation: Relation; shown: Shown; next: Shown; skipArchive: boolean }[],
  confirm = async () => {},
): Promise<void> {
  const begun: (() => Promise<void>)[] = [];
  try {
    for (const { relation, shown, next, skipArchive } of changes) {
      const strange = [...next.partitions, ...shown.partitions];
      begun.unshift(() => show(adapter, relation, shown, { stale: strange, skipArchive: true }));
      await show(adapter, relation, next, { stale: shown.partitions, skipArchive });
    }
    await confirm();
  } catch (error) {
    for (const takeBack of begun) await orNot(takeBack);
    throw error;
  }
}

async function show(
  adapter: AthenaAdapter,
  relation: Relation,
  { table, partitions }: Shown,
  { stale, skipArchive }: { stale: Partition[]; skipArchive: boolean },
): Promise<void> {
  await adapter.glue.updateTable(relation, table, skipArchive);
  await deletePartitions(adapter, relation, stale);
  await createPartitions(adapter, relation, partitions);
}

/** Gives a Hive table or a view another name in Glue, which Athena's SQL cannot; its data stays where it is. */
export async function renameInGlue(adapter: AthenaAdapter, from: Relation, to: Relation): Promise<void> {
  await adapter.glue.createTable(to, await existing(adapter, from));
  await createPartitions(adapter, to, await allPartitions(adapter, from));
  await adapter.glue.deleteTable(from);
}

async function existing(adapter: AthenaAdapter, relation: Relation): Promise<GlueTable> {
  const table = await adapter.glue.table(relation);
  if (table) return table;
  throw new TsdbtError("TD5462", "Runtime Error", `Table ${relation.render()} does not exist.`, {
    hint: "Something else dropped it meanwhile: run again.",
  });
}

async function allPartitions(adapter: AthenaAdapter, relation: Relation): Promise<Partition[]> {
  const all: Partition[] = [];
  for await (const page of adapter.glue.partitions(relation)) all.push(...page);
  return all;
}

/**
 * Deletes the older versions of a table's metadata beyond the newest `keep` ones, with their data where `deleteData`; data
 * that a kept version still shows stays. Answers the versions deleted. A version that cannot be deleted is left, and told.
 */
export async function expireVersions(
  adapter: AthenaAdapter,
  relation: Relation,
  keep: number,
  options: { deleteData: boolean; tell: (message: string) => void },
): Promise<string[]> {
  const versions = await adapter.glue.versions(relation);
  const kept = versions.slice(0, keep).map((version) => version.Table?.StorageDescriptor?.Location);
  const current = await adapter.glue.table(relation);
  const needed = [...kept, current?.StorageDescriptor?.Location].flatMap((path) => (path ? [path] : []));
  const { DeleteTableVersionCommand } = await import("./clients/glue.ts");
  const client = await adapter.aws.glue();
  const where = await adapter.glue.where(relation);
  const deleted: string[] = [];
  for (const version of versions.slice(keep)) {
    const id = version.Table?.VersionId ?? version.VersionId ?? "";
    const command = new DeleteTableVersionCommand({ ...where, TableName: relation.identifier ?? "", VersionId: id });
    try {
      const location = version.Table?.StorageDescriptor?.Location;
      // Its data first: what is left behind is then found again by the next run.
      if (options.deleteData && location && !needed.some((path) => contains(parseS3(location), parseS3(path)))) {
        await adapter.storage.clear(location, [relation]);
      }
      await adapter.aws.guarded("DeleteTableVersion", () => client.send(command));
      deleted.push(id);
    } catch (error) {
      if (!isMissing(error))
        options.tell(`Version ${id} of ${relation.render()} was not expired: ${(error as Error).message}`);
    }
  }
  return deleted;
}
