/** What rules look at: semantic_manifest.json as it is going to be written. */
export interface SemanticManifest {
  semantic_models: SemanticModel[];
  metrics: Metric[];
  saved_queries: SavedQuery[];
  project_configuration: { time_spines: TimeSpine[] };
}

export interface Filter {
  where_filters: { where_sql_template: string }[];
}

export interface Dimension {
  name: string;
  type: string;
  label: string | null;
  is_partition: boolean;
  type_params: {
    time_granularity: string | null;
    validity_params: { is_start: boolean; is_end: boolean } | null;
  } | null;
}

export interface Entity {
  name: string;
  type: string;
  label: string | null;
}

export interface Measure {
  name: string;
  agg: string;
  label: string | null;
  expr: string | null;
  agg_params: {
    percentile: number | null;
    use_discrete_percentile: boolean;
    use_approximate_percentile: boolean;
  } | null;
  non_additive_dimension: { name: string; window_choice: string; window_groupings: string[] } | null;
  agg_time_dimension: string | null;
}

export interface SemanticModel {
  name: string;
  label: string | null;
  primary_entity: string | null;
  defaults: { agg_time_dimension: string | null } | null;
  node_relation: { alias: string; relation_name: string | null } | null;
  entities: Entity[];
  measures: Measure[];
  dimensions: Dimension[];
}

export interface InputMeasure {
  name: string;
  alias: string | null;
  filter: Filter | null;
  join_to_timespine: boolean;
  fill_nulls_with: number | null;
}

interface Window {
  count: number;
  granularity: string;
}

export interface InputMetric {
  name: string;
  alias: string | null;
  filter: Filter | null;
  offset_window: Window | null;
  offset_to_grain: string | null;
}

export interface Metric {
  name: string;
  label: string | null;
  type: string;
  filter: Filter | null;
  type_params: {
    measure: InputMeasure | null;
    numerator: InputMetric | null;
    denominator: InputMetric | null;
    input_measures: InputMeasure[];
    metrics: InputMetric[] | null;
    expr: string | null;
    window: Window | null;
    grain_to_date: string | null;
    conversion_type_params: {
      entity: string;
      base_measure: InputMeasure | null;
      conversion_measure: InputMeasure | null;
      base_metric: InputMetric | null;
      conversion_metric: InputMetric | null;
      window: Window | null;
      constant_properties: { base_property: string; conversion_property: string }[] | null;
    } | null;
    cumulative_type_params: { window: Window | null; grain_to_date: string | null; metric: InputMetric | null } | null;
    metric_aggregation_params: { semantic_model: string; agg: string } | null;
  };
}

export interface SavedQuery {
  name: string;
  query_params: {
    metrics: string[];
    group_by: string[];
    order_by: string[];
    limit: number | null;
    where: Filter | null;
  };
}

export interface TimeSpine {
  node_relation: { alias: string; relation_name: string | null };
  primary_column: { name: string; time_granularity: string };
  custom_granularities: { name: string; column_name: string | null }[];
}

/** Something wrong with the semantic layer, in the words of dbt's checks. */
export interface Issue {
  level: "error" | "warning" | "future";
  message: string;
  /** The resource it is about. */
  about: { type: "semantic_model" | "metric" | "saved_query" | "model"; name: string } | null;
}

/** One check of the whole. */
export type Rule = (manifest: SemanticManifest) => Iterable<Issue>;

export function issue(level: Issue["level"], about: Issue["about"], message: string): Issue {
  return { level, about, message };
}

export const ofModel = (name: string): Issue["about"] => ({ type: "semantic_model", name });
export const ofMetric = (name: string): Issue["about"] => ({ type: "metric", name });

/** The values of Python's enumerations as messages show them: `AggregationType.SUM`. */
export function enumText(kind: string, value: string): string {
  return `${kind}.${value.toUpperCase()}`;
}

/** Python's list, as messages show it. */
export function listText(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(", ")}]`;
}

/** Python's set, as messages show it. */
export function setText(names: Iterable<string>): string {
  const list = [...new Set(names)];
  return list.length === 0 ? "set()" : `{${list.map((name) => `'${name}'`).join(", ")}}`;
}

/** Whether a time dimension of that name stands in a semantic model. */
export function hasTimeDimension(model: SemanticModel, name: string): boolean {
  return model.dimensions.some((dimension) => dimension.type === "time" && dimension.name === name);
}

/** The names of the granularities that time spines add. */
export function customGranularities(manifest: SemanticManifest): string[] {
  return manifest.project_configuration.time_spines.flatMap((spine) =>
    spine.custom_granularities.map((granularity) => granularity.name),
  );
}
