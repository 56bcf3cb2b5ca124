import { TsdbtError } from "../core/errors.ts";
import { pyTruth } from "../core/jinja/runtime/truth.ts";
import { HostObject, PyCallable } from "../core/jinja/runtime/values.ts";
import { lookUp } from "./look-up.ts";
import type { Caller } from "./method-table.ts";
import { expectRelation, getColumnsInRelation } from "./operations.ts";

/** Throws a TsdbtError where a snapshot's table lacks the columns that dbt keeps in it. */
export async function checkSnapshotTarget(caller: Caller, relation: unknown, columnNames: unknown): Promise<null> {
  const target = expectRelation(caller.adapter, "valid_snapshot_target", "relation", relation);
  const columns = await getColumnsInRelation(caller.session, target);
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  const missing: string[] = [];
  for (const column of ["dbt_scd_id", "dbt_valid_from", "dbt_valid_to"]) {
    const desired = pyTruth(columnNames) ? lookUp(columnNames, column) : column;
    if (typeof desired === "string" && desired && !names.has(desired.toLowerCase())) missing.push(desired);
  }
  if (missing.length > 0) throw incomplete(missing);
  return null;
}

/** The same, and the column that hard deletes as new records need. */
export async function assertSnapshotTarget(
  caller: Caller,
  relation: unknown,
  columnNames: unknown,
  strategy: unknown,
): Promise<null> {
  await checkSnapshotTarget(caller, relation, columnNames);
  if (lookUp(strategy, "hard_deletes") !== "new_record") return null;
  const columns = await getColumnsInRelation(caller.session, relation);
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  const desired = pyTruth(columnNames) ? lookUp(columnNames, "dbt_is_deleted") : "dbt_is_deleted";
  if (typeof desired === "string" && !names.has(desired)) throw incomplete([desired]);
  return null;
}

function incomplete(missing: string[]): TsdbtError {
  return new TsdbtError(
    "TD5070",
    "Compilation Error",
    `Snapshot target is missing configured columns (missing "${missing.join('", "')}"). ` +
      "See https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields for more information.",
    { hint: "Was the table made by something else, or snapshot_meta_column_names changed since?" },
  );
}

/** `config.get(name)`: a node's config is no dict, its keys are no attributes. */
function configured(config: unknown, name: string): unknown {
  const get = config instanceof HostObject ? config.attr("get") : undefined;
  return get instanceof PyCallable ? (get.fn([name], undefined) ?? null) : lookUp(config, name);
}

/** What becomes of rows that are gone from the source: `ignore`, `invalidate` or `new_record`. */
export function hardDeletes(config: unknown): string {
  const legacy = configured(config, "invalidate_hard_deletes");
  const behavior = configured(config, "hard_deletes");
  if (legacy !== null && behavior !== null) {
    throw new TsdbtError(
      "TD5071",
      "Runtime Error",
      "You cannot set both the invalidate_hard_deletes and hard_deletes config properties on the same snapshot.",
      { hint: "Keep hard_deletes." },
    );
  }
  if (pyTruth(legacy) || behavior === "invalidate") return "invalidate";
  if (behavior === "new_record") return "new_record";
  if (behavior === null || behavior === "ignore") return "ignore";
  throw new TsdbtError("TD5072", "Runtime Error", "Invalid setting for property hard_deletes.", {
    hint: "It is ignore, invalidate or new_record.",
  });
}
