import { pluralize } from "../events/format.ts";
import type { Node } from "../manifest/resources.ts";
import { type Dict, isDict } from "./config/index.ts";
import { resourceError } from "./errors.ts";
import { pyRepr, pyType } from "./python-text.ts";
import { behaviour, type ParseState } from "./state.ts";

const OUTSIDE_OF_BATCHES =
  "The use of a custom microbatch macro outside of batched execution is deprecated. To use it with batched execution, set " +
  "`flags.require_batched_execution_for_custom_microbatch_strategy` to `True` in `dbt_project.yml`. In the future this " +
  "will be the default behavior.";

const BATCH_SIZES = ["hour", "day", "month", "year"];

/** Whether microbatch models are built batch by batch: a project's own strategy of that name may do without. */
function usesBatches(state: ParseState): boolean {
  if (behaviour(state.config, "require_batched_execution_for_custom_microbatch_strategy")) return true;
  const macro = state.macros.findByName("get_incremental_microbatch_sql");
  return macro !== undefined && state.macros.isInternal(macro.resource.package_name);
}

/** Refuses a microbatch model whose config lacks something. https://docs.getdbt.com/docs/build/incremental-microbatch */
export function checkMicrobatch(state: ParseState, node: Node, config: Dict): void {
  if (!usesBatches(state)) return;
  const fail = (message: string, word: string) =>
    resourceError(
      state,
      node,
      "TD4022",
      "Parsing Error",
      `Microbatch model '${node.name}' ${message}`,
      undefined,
      word,
    );
  const { event_time, begin, batch_size, lookback, concurrent_batches } = config;
  if (event_time === null)
    throw fail(
      "must provide an 'event_time' (string) config that indicates the name of the event time column.",
      "microbatch",
    );
  if (typeof event_time !== "string")
    throw fail(`must provide an 'event_time' config of type string, but got: ${pyType(event_time)}.`, "event_time");
  if (begin === null) {
    throw fail(
      "must provide a 'begin' (datetime) config that indicates the earliest timestamp the microbatch model should be built from.",
      "microbatch",
    );
  }
  if (typeof begin === "string" && Number.isNaN(Date.parse(begin)))
    throw fail(`must provide a 'begin' config of valid datetime (ISO format), but got: ${begin}.`, "begin");
  if (typeof begin !== "string" && (typeof begin !== "object" || Array.isArray(begin) || isDict(begin)))
    throw fail(`must provide a 'begin' config of type datetime, but got: ${pyType(begin)}.`, "begin");
  if (typeof begin === "string") config.begin = isoMoment(begin);
  if (!BATCH_SIZES.includes(batch_size as string)) {
    const shown = batch_size === null ? "None" : String(batch_size);
    throw fail(
      `must provide a 'batch_size' config that is one of ${pyRepr(BATCH_SIZES)}, but got: ${shown}.`,
      "batch_size",
    );
  }
  if (lookback !== null && !(typeof lookback === "number" && Number.isInteger(lookback)))
    throw fail(`must provide the optional 'lookback' config as type int, but got: ${pyType(lookback)}).`, "lookback");
  if (concurrent_batches !== null && typeof concurrent_batches !== "boolean") {
    throw fail(
      `optional 'concurrent_batches' config must be of type \`bool\` if specified, but got: ${pyType(concurrent_batches)}).`,
      "concurrent_batches",
    );
  }
}

/** A date becomes a moment, as artifacts show it. */
function isoMoment(text: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text;
}

/** Warns of models whose batches would not differ, and of batches that the engine cannot build at once. @throws TsdbtError */
export function warnOfMicrobatch(state: ParseState): void {
  const nodes = [...state.manifest.nodes.values()];
  const concurrent = nodes.filter(({ config }) => config?.concurrent_batches === true).length;
  const models = nodes.filter(isMicrobatch);
  const { adapter, warnings } = state;
  if (!usesBatches(state)) {
    if (models.length > 0) warnings.deprecate("MicrobatchMacroOutsideOfBatchesDeprecation", OUTSIDE_OF_BATCHES, {});
    return;
  }
  if (concurrent > 0 && !adapter.capabilities.concurrentBatches) {
    warnings.warn(
      "InvalidConcurrentBatchesConfig",
      "I075",
      `Found ${pluralize(concurrent, "microbatch model")} with the \`concurrent_batches\` config set to true, but the ` +
        `${adapter.type} adapter does not support running batches concurrently. Batches will be run sequentially.`,
      { num_models: concurrent, adapter_type: adapter.type },
    );
  }
  for (const model of models) {
    if (hasFilteredInput(state, model)) continue;
    warnings.warn(
      "MicrobatchModelNoEventTimeInputs",
      "I074",
      `The microbatch model '${model.name}' has no 'ref' or 'source' input with an 'event_time' configuration. \nThis means ` +
        "no filtering can be applied and can result in unexpected duplicate records in the resulting microbatch model.",
      { model_name: model.name },
    );
  }
}

function isMicrobatch({ config }: Node): boolean {
  return config?.materialized === "incremental" && config.incremental_strategy === "microbatch";
}

function hasFilteredInput(state: ParseState, model: Node): boolean {
  const { nodes, sources } = state.manifest;
  let found = false;
  for (const id of model.depends_on.nodes) {
    const input = nodes.get(id) ?? sources.get(id);
    const field = (input?.config as Dict | undefined)?.event_time;
    if (!input || !field) continue;
    if (typeof field !== "string") {
      const message =
        `Microbatch model '${model.name}' depends on an input node '${input.name}' with an 'event_time' config of invalid ` +
        `(non-string) type: ${pyType(field)}.`;
      throw resourceError(state, model, "TD4022", "Parsing Error", message);
    }
    found = true;
  }
  return found;
}
