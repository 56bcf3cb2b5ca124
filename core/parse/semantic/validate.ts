import { legacyTimeSpine, semanticManifest } from "../../artifacts/semantic-manifest.ts";
import { TsdbtError } from "../../errors.ts";
import type { Manifest, SemanticResource } from "../../manifest/resources.ts";
import { resourceError } from "../errors.ts";
import { behaviour, type ParseState } from "../state.ts";
import { GRANULARITIES } from "./enums.ts";
import { conversionMetrics } from "./rules/conversions.ts";
import { readableFilters, savedQueries } from "./rules/filters.ts";
import * as measures from "./rules/measures.ts";
import * as metrics from "./rules/metrics.ts";
import * as models from "./rules/models.ts";
import { reservedKeywords, uniqueAndValidNames } from "./rules/names.ts";
import { type Issue, issue, type Rule, type SemanticManifest } from "./rules/types.ts";

/** In the order that dbt tells of what they find. */
const RULES: readonly Rule[] = [
  measures.percentiles,
  metrics.derivedMetrics,
  measures.countExpressions,
  measures.uniqueMeasures,
  models.validityWindows,
  models.consistentDimensions,
  models.consistentElements,
  models.naturalEntities,
  measures.measureAliases,
  metrics.metricMeasures,
  metrics.cumulativeMetrics,
  uniqueAndValidNames,
  measures.aggregationTimes,
  reservedKeywords,
  measures.nonAdditiveDimensions,
  models.defaultTimeDimensions,
  models.primaryEntities,
  models.primaryEntityDimensions,
  readableFilters,
  savedQueries,
  metrics.metricLabels,
  models.modelLabels,
  models.entityLabels,
  conversionMetrics,
  models.timeSpines,
  models.timeDimensionGranularity,
  metrics.simpleExpressions,
];

/**
 * Checks the semantic layer as dbt does; what is wrong is said, each on a line of its own, before the command ends.
 * @throws TsdbtError where something is wrong, or there is no time spine
 */
export function validateSemantics(state: ParseState): void {
  const { manifest } = state;
  if (manifest.semantic_models.size === 0) return;
  checkTimeSpine(manifest);
  if (manifest.metrics.size === 0) return;
  const whole = semanticManifest(manifest) as unknown as SemanticManifest;
  const issues = RULES.flatMap((rule) => [...rule(whole)]);
  const errors = [...issues.filter(({ level }) => level === "error"), ...oldCumulative(state, whole)];
  legacySpine(state);
  for (const { message } of issues.filter(({ level }) => level === "warning")) say(state, message);
  for (const { message } of issues.filter(({ level }) => level === "future")) {
    state.warnings.deprecate("TimeDimensionsRequireGranularityDeprecation", message, { msg: message });
  }
  for (const { message } of errors) say(state, message);
  const [first] = errors;
  if (!first) return;
  const resource = resourceOf(manifest, first);
  const hint = `${errors.length === 1 ? "the problem is" : `the ${errors.length} problems are`} told above`;
  const error = new TsdbtError("TD4262", "Parsing Error", "Semantic Manifest validation failed.", { hint });
  if (!resource) throw error;
  const { file, span, source } = resourceError(state, resource as never, error.code, error.kind, error.message).details;
  throw new TsdbtError(error.code, error.kind, error.message, {
    hint,
    ...(file === undefined ? {} : { file }),
    ...(span === undefined ? {} : { span }),
    ...(source === undefined ? {} : { source }),
  });
}

function say(state: ParseState, message: string): void {
  state.warnings.semantic(message);
}

function resourceOf(manifest: Manifest, { about }: Issue): SemanticResource | undefined {
  const tables = {
    semantic_model: manifest.semantic_models,
    metric: manifest.metrics,
    saved_query: manifest.saved_queries,
    model: manifest.semantic_models,
  };
  if (!about) return undefined;
  return [...tables[about.type].values()].find((resource) => resource.name === about.name);
}

/** Windows stand below `cumulative_type_params` nowadays. */
function oldCumulative(state: ParseState, { metrics: all }: SemanticManifest): Issue[] {
  const names = all.filter(({ type_params: params }) => params.window || params.grain_to_date).map(({ name }) => name);
  if (names.length === 0) return [];
  if (!behaviour(state.config, "require_nested_cumulative_type_params")) {
    const said =
      "Cumulative fields `type_params.window` and `type_params.grain_to_date` have been moved and will soon be deprecated. " +
      "Please nest those values under `type_params.cumulative_type_params.window` and " +
      "`type_params.cumulative_type_params.grain_to_date`. See documentation on behavior changes: " +
      "https://docs.getdbt.com/reference/global-configs/behavior-changes.";
    state.warnings.deprecate("MFCumulativeTypeParamsDeprecation", said, {});
    return [];
  }
  const list = names.join(", ");
  const said =
    "Cumulative fields `type_params.window` and `type_params.grain_to_date` should be nested under " +
    "`type_params.cumulative_type_params.window` and `type_params.cumulative_type_params.grain_to_date`. Invalid metrics: " +
    `${list}. See documentation on behavior changes: https://docs.getdbt.com/reference/global-configs/behavior-changes.`;
  return [issue("error", { type: "metric", name: names[0] as string }, said)];
}

function spineGranularities(manifest: Manifest): string[] {
  const found: string[] = [];
  for (const node of manifest.nodes.values()) {
    const spine = node.time_spine as { standard_granularity_column: string } | null | undefined;
    const granularity = spine && node.columns[spine.standard_granularity_column]?.granularity;
    if (granularity) found.push(granularity);
  }
  return found;
}

function checkTimeSpine(manifest: Manifest): void {
  const day = GRANULARITIES.indexOf("day");
  if (spineGranularities(manifest).some((granularity) => GRANULARITIES.indexOf(granularity) <= day)) return;
  if (legacyTimeSpine(manifest)) return;
  throw new TsdbtError(
    "TD4263",
    "Parsing Error",
    "The semantic layer requires a time spine model with granularity DAY or smaller in the project, but none was found. " +
      "Guidance on creating this model can be found on our docs site " +
      "(https://docs.getdbt.com/docs/build/metricflow-time-spine).",
    { hint: "give a model with a row a day the property `time_spine: {standard_granularity_column: …}`" },
  );
}

/** A time spine by its name alone, without properties. */
function legacySpine(state: ParseState): void {
  const { manifest, config } = state;
  const node = legacyTimeSpine(manifest);
  if (!node || node.time_spine || spineGranularities(manifest).includes("day")) return;
  if (behaviour(config, "require_yaml_configuration_for_mf_time_spines")) return;
  const said =
    "Time spines without YAML configuration are in the process of deprecation. Please add YAML configuration for your " +
    "'metricflow_time_spine' model. See documentation on MetricFlow time spines: " +
    "https://docs.getdbt.com/docs/build/metricflow-time-spine and behavior change documentation: " +
    "https://docs.getdbt.com/reference/global-configs/behavior-changes.";
  state.warnings.deprecate("MFTimespineWithoutYamlConfigurationDeprecation", said, {});
}
