import { TsdbtError } from "../../core/errors.ts";
import { pyStr } from "../../core/jinja/runtime/repr.ts";
import { pyTruth } from "../../core/jinja/runtime/truth.ts";
import type { ClickHouseAdapter } from "./adapter.ts";

const STRATEGIES = ["legacy", "append", "delete_insert", "insert_overwrite", "microbatch"];

/** The strategy of an incremental model, the default one depending on the profile. */
export function incrementalStrategy({ credentials }: ClickHouseAdapter, wanted: string | null): string {
  if (wanted && wanted !== "default") return wanted.replaceAll("+", "_");
  return credentials.useLightweightDeletes ? "delete_insert" : "legacy";
}

/** Throws a TsdbtError where a strategy does not go with the model's other configs. */
export function validateStrategy(
  strategy: string,
  { predicates, uniqueKey, partitionBy }: { predicates: unknown; uniqueKey: unknown; partitionBy: unknown },
): null {
  const deletes = strategy === "delete_insert" || strategy === "microbatch";
  if (!STRATEGIES.includes(strategy)) {
    throw wrong(
      `The incremental strategy '${strategy}' is not valid for ClickHouse.`,
      `It is one of ${STRATEGIES.join(", ")}.`,
    );
  }
  if (deletes && !pyTruth(uniqueKey)) throw wrong(`'${strategy}' strategy requires a non-empty 'unique_key'.`);
  if (!deletes && pyTruth(predicates)) throw wrong(`Cannot apply incremental predicates with '${strategy}' strategy.`);
  if (strategy !== "insert_overwrite") return null;
  if (!pyTruth(partitionBy)) {
    throw wrong(
      `'${strategy}' strategy requires non-empty 'partition_by'. Current partition_by is ${pyStr(partitionBy)}.`,
    );
  }
  if (pyTruth(uniqueKey)) throw wrong(`'${strategy}' strategy does not support unique_key.`);
  return null;
}

function wrong(message: string, hint?: string): TsdbtError {
  return new TsdbtError("TD5331", "Runtime Error", message, { hint });
}
