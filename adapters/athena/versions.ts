import type { Partition } from "@aws-sdk/client-glue";
import { TsdbtError } from "../../core/errors.ts";
import type { Relation } from "../relation.ts";
import type { AthenaAdapter } from "./adapter.ts";
import { isMissing } from "./errors.ts";
import { contains, parseS3 } from "./locations.ts";
import { createPartitions, deletePartitions } from "./partitions.ts";

/**
 * Gives `target` the data of `source`: readers see the old rows, then the new ones. Partitions are exchanged after the
 * table, since Glue has no step for both.
 */
export async function swapTables(adapter: AthenaAdapter, source: Relation, target: Relation): Promise<void> {
  const { glue } = adapter;
  const table = await glue.table(source);
  if (!table) {
    throw new TsdbtError("TD5462", "Runtime Error", `Table ${source.render()} does not exist: it cannot be swapped.`, {
      hint: "Something else dropped it meanwhile: run again.",
    });
  }
  const fresh = await allPartitions(adapter, source);
  const stale = await allPartitions(adapter, target);
  const { StorageDescriptor, PartitionKeys, TableType, Parameters, Description = "" } = table;
  const swapped = {
    Name: target.identifier ?? "",
    StorageDescriptor,
    PartitionKeys,
    TableType,
    Parameters,
    Description,
  };
  await glue.updateTable(target, swapped, false);
  await deletePartitions(adapter, target, stale);
  await createPartitions(adapter, target, fresh);
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
