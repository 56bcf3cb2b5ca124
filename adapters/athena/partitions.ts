import type { Partition } from "@aws-sdk/client-glue";
import { TsdbtError } from "../../core/errors.ts";
import type { Relation } from "../relation.ts";
import type { AthenaAdapter } from "./adapter.ts";
import { chunks } from "./glue.ts";

/** What Glue takes as an expression, and as a batch. */
const EXPRESSION_LIMIT = 2048;
const DELETE_LIMIT = 25;
const CREATE_LIMIT = 100;

/** Deletes the partitions that the conditions describe, with their data. */
export async function cleanUpPartitions(
  adapter: AthenaAdapter,
  relation: Relation,
  conditions: readonly string[],
): Promise<void> {
  for (const expression of expressionsOf(conditions)) {
    for await (const page of adapter.glue.partitions(relation, expression)) {
      const paths = page.map((partition) => partition.StorageDescriptor?.Location).filter((path) => path !== undefined);
      await adapter.storage.clearAll(paths, [relation]);
      await deletePartitions(adapter, relation, page);
    }
  }
}

/** The conditions joined by `or`, in as few expressions as Glue's limit allows. */
export function expressionsOf(conditions: readonly string[]): string[] {
  const expressions: string[] = [];
  for (const condition of conditions.map((one) => `(${one})`)) {
    if (condition.length > EXPRESSION_LIMIT) {
      throw new TsdbtError(
        "TD5460",
        "Runtime Error",
        `Partition condition exceeds the Glue API expression limit of ${EXPRESSION_LIMIT} characters: '${condition.slice(0, 100)}...'`,
        { hint: "Partition by shorter values." },
      );
    }
    const joined = expressions.length > 0 ? `${expressions.at(-1)} or ${condition}` : undefined;
    if (joined !== undefined && joined.length <= EXPRESSION_LIMIT) expressions[expressions.length - 1] = joined;
    else expressions.push(condition);
  }
  return expressions;
}

export async function deletePartitions(
  adapter: AthenaAdapter,
  relation: Relation,
  partitions: readonly Partition[],
): Promise<void> {
  const { BatchDeletePartitionCommand } = await import("./clients/glue.ts");
  const client = await adapter.aws.glue();
  const where = await adapter.glue.where(relation);
  for (const batch of chunks(partitions, DELETE_LIMIT)) {
    const command = new BatchDeletePartitionCommand({
      ...where,
      TableName: relation.identifier ?? "",
      PartitionsToDelete: batch.map(({ Values }) => ({ Values })),
    });
    const { Errors } = await adapter.aws.guarded("BatchDeletePartition", () => client.send(command));
    checkAll("delete", relation, Errors, ["EntityNotFoundException"]);
  }
}

export async function createPartitions(
  adapter: AthenaAdapter,
  relation: Relation,
  partitions: readonly Partition[],
): Promise<void> {
  const { BatchCreatePartitionCommand } = await import("./clients/glue.ts");
  const client = await adapter.aws.glue();
  const where = await adapter.glue.where(relation);
  for (const batch of chunks(partitions, CREATE_LIMIT)) {
    const command = new BatchCreatePartitionCommand({
      ...where,
      TableName: relation.identifier ?? "",
      PartitionInputList: batch.map(({ Values, StorageDescriptor, Parameters }) => ({
        Values,
        StorageDescriptor,
        Parameters,
      })),
    });
    const { Errors } = await adapter.aws.guarded("BatchCreatePartition", () => client.send(command));
    checkAll("create", relation, Errors, []);
  }
}

interface PartitionError {
  PartitionValues?: string[];
  ErrorDetail?: { ErrorCode?: string; ErrorMessage?: string };
}

/** Glue answers such a batch as done and names what failed in it. */
function checkAll(
  verb: string,
  relation: Relation,
  errors: readonly PartitionError[] | undefined,
  ignored: readonly string[],
): void {
  const failed = (errors ?? []).filter(({ ErrorDetail }) => !ignored.includes(ErrorDetail?.ErrorCode ?? ""));
  const [first] = failed;
  if (!first) return;
  throw new TsdbtError(
    "TD5461",
    "Runtime Error",
    `Failed to ${verb} ${failed.length} partition(s) ${verb === "delete" ? "from" : "of"} Glue table ` +
      `'${relation.schema}.${relation.identifier}': ${first.PartitionValues?.join(", ")}: ` +
      `${first.ErrorDetail?.ErrorCode} ${first.ErrorDetail?.ErrorMessage ?? ""}`.trimEnd(),
  );
}
