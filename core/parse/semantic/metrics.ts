import type { Data } from "../../jinja/index.ts";
import type { SemanticResource } from "../../manifest/resources.ts";
import { type Dict, isDict } from "../config/index.ts";
import { pyRepr, pyStr } from "../python-text.ts";
import { type Entry, onlyKeys, readingEntry } from "../schema/entries.ts";
import { Shape, ShapeProblem } from "../schema/shape.ts";
import type { ParseState } from "../state.ts";
import { below, each, keep, placed, whereFilter } from "./common.ts";
import { enumValue, GRANULARITIES } from "./enums.ts";

const COMMON = ["name", "type", "label", "description", "filter", "time_granularity", "config"];
const NESTED = [...COMMON, "type_params", "meta", "tags"];
const FLAT = [
  ...COMMON,
  "hidden",
  "agg",
  "percentile",
  "percentile_type",
  "join_to_timespine",
  "fill_nulls_with",
  "expr",
  "non_additive_dimension",
  "agg_time_dimension",
  "window",
  "grain_to_date",
  "period_agg",
  "input_metric",
  "numerator",
  "denominator",
  "input_metrics",
  "entity",
  "calculation",
  "base_metric",
  "conversion_metric",
  "constant_properties",
];

/** What a metric of a model's entry is attached to. */
export interface Attached {
  semanticModel: string | null;
  aggTimeDimension: string | null;
}

/** A metric of a `metrics:` list: with `type_params`, or with all of its keys side by side. */
export function addMetric(state: ParseState, entry: Entry): void {
  const metric = readingEntry(entry, () => {
    const { shape } = entry;
    checkName(shape);
    return shape.has("type_params") ? nestedMetric(state, entry) : flatMetric(state, entry, shape, null);
  });
  keep(state, "metrics", metric);
}

/** A metric below a model's entry. */
export function addModelMetric(state: ParseState, entry: Entry, shape: Shape, attached: Attached): void {
  checkName(shape);
  keep(state, "metrics", flatMetric(state, entry, shape, attached));
}

function checkName(shape: Shape): void {
  const name = shape.required("name");
  const errors: string[] = [];
  if (name.includes(" ")) errors.push("cannot contain spaces");
  if (name.length > 250) errors.push("cannot contain more than 250 characters");
  if (!/^[A-Za-z]/.test(name)) errors.push("must begin with a letter");
  if (!/^[\p{L}\p{N}_]+\n?$/u.test(name)) errors.push("must contain only letters, numbers and underscores");
  if (errors.length > 0) {
    throw new MetricProblem(`The metric name '${name}' is invalid.  It ${errors.join(", ")}`, [...shape.path, "name"]);
  }
}

/** Said without the path in front. */
export class MetricProblem extends ShapeProblem {
  override text(): string {
    return this.message;
  }
}

function nestedMetric(state: ParseState, entry: Entry): SemanticResource {
  const { shape } = entry;
  onlyKeys(shape, NESTED);
  const label = shape.required("label");
  const type = enumValue("MetricType", shape.string("type", "simple"), [...shape.path, "type"]);
  const given = shape.dict("meta");
  const tags = shape.strings("tags");
  const params = new Shape(shape.dict("type_params"), [...shape.path, "type_params"]);
  const { base, config } = placed(state, entry, "metric", shape.required("name"), shape.dict("config"));
  const meta = isDict(config.meta) && Object.keys(config.meta).length > 0 ? config.meta : given;
  return finish(base, shape, { label, type, meta, tags, params: nestedParams(params, type) });
}

function finish(
  base: Dict,
  shape: Shape,
  own: { label: string; type: string; meta: Dict; tags: string[]; params: Dict },
): SemanticResource {
  return {
    ...base,
    description: shape.string("description", ""),
    label: own.label,
    type: own.type,
    type_params: own.params,
    filter: whereFilter(shape, "filter"),
    time_granularity: shape.optionalString("time_granularity"),
    sources: [],
    metrics: [],
    meta: own.meta,
    tags: own.tags,
  } as unknown as SemanticResource;
}

/** What `type_params` is when nothing of it is said. */
const NOTHING = {
  measure: null,
  input_measures: [] as Data[],
  numerator: null,
  denominator: null,
  expr: null,
  window: null,
  grain_to_date: null,
  metrics: [] as Data[],
  conversion_type_params: null,
  cumulative_type_params: null,
  metric_aggregation_params: null,
  fill_nulls_with: null,
  join_to_timespine: false,
  is_private: null,
};

function nestedParams(params: Shape, type: string): Dict {
  onlyKeys(params, [
    "measure",
    "numerator",
    "denominator",
    "expr",
    "window",
    "grain_to_date",
    "metrics",
    "conversion_type_params",
    "cumulative_type_params",
  ]);
  const grain = params.optionalString("grain_to_date");
  const expr = params.raw("expr");
  return {
    ...NOTHING,
    input_measures: [],
    measure: inputMeasure(params, "measure"),
    numerator: inputMetric(params, "numerator"),
    denominator: inputMetric(params, "denominator"),
    expr: expr === undefined || expr === null ? null : pyStr(expr),
    window: timeWindow(params, "window"),
    grain_to_date: grain === null ? null : enumValue("TimeGranularity", grain, [...params.path, "grain_to_date"]),
    metrics: inputMetrics(params, "metrics"),
    conversion_type_params: nestedConversion(below(params, "conversion_type_params")),
    cumulative_type_params: type === "cumulative" ? nestedCumulative(params) : null,
  };
}

function nestedConversion(params: Shape | null): Dict | null {
  if (!params) return null;
  for (const key of ["base_measure", "conversion_measure"]) if (!params.has(key)) params.required(key);
  return {
    entity: params.required("entity"),
    base_measure: inputMeasure(params, "base_measure"),
    conversion_measure: inputMeasure(params, "conversion_measure"),
    base_metric: null,
    conversion_metric: null,
    calculation: enumValue("ConversionCalculationType", params.string("calculation", "conversion_rate"), [
      ...params.path,
      "calculation",
    ]),
    window: timeWindow(params, "window"),
    constant_properties: constantProperties(params),
  };
}

function nestedCumulative(params: Shape): Dict {
  const own = below(params, "cumulative_type_params") ?? new Shape({}, params.path);
  const windowed = own.raw("window") ? own : params;
  return {
    window: timeWindow(windowed, "window"),
    grain_to_date: own.optionalString("grain_to_date") || params.optionalString("grain_to_date"),
    period_agg: enumValue("PeriodAggregation", own.string("period_agg", "first"), [...own.path, "period_agg"]),
    metric: null,
  };
}

function flatMetric(state: ParseState, entry: Entry, shape: Shape, attached: Attached | null): SemanticResource {
  onlyKeys(shape, FLAT);
  const name = shape.required("name");
  const typed = shape.string("type", "simple");
  const agg = shape.optionalString("agg");
  if (typed === "simple" && agg === null) throw new MetricProblem("Simple metrics must have an agg param.", shape.path);
  const type = enumValue("MetricType", typed, [...shape.path, "type"]);
  const { base } = placed(state, entry, "metric", name, shape.dict("config"));
  const params = {
    ...NOTHING,
    input_measures: [],
    numerator: inputMetric(shape, "numerator"),
    denominator: inputMetric(shape, "denominator"),
    expr: shape.raw("expr") === undefined || shape.raw("expr") === null ? null : pyStr(shape.raw("expr")),
    metrics: inputMetrics(shape, "input_metrics"),
    conversion_type_params: type === "conversion" ? flatConversion(shape) : null,
    cumulative_type_params: type === "cumulative" ? flatCumulative(shape) : null,
    metric_aggregation_params: agg === null ? null : aggregation(shape, agg, type === "simple" ? attached : null),
    join_to_timespine: shape.optionalBool("join_to_timespine") ?? false,
    is_private: shape.bool("hidden", false),
  };
  return finish(base, shape, { label: shape.optionalString("label") || name, type, meta: {}, tags: [], params });
}

function flatConversion(shape: Shape): Dict {
  for (const key of ["base_metric", "conversion_metric", "entity"]) {
    if (shape.raw(key) === undefined || shape.raw(key) === null) {
      throw new MetricProblem(`${key} is required for conversion metrics.`, shape.path);
    }
  }
  return {
    entity: shape.required("entity"),
    base_measure: null,
    conversion_measure: null,
    base_metric: inputMetric(shape, "base_metric"),
    conversion_metric: inputMetric(shape, "conversion_metric"),
    calculation: enumValue("ConversionCalculationType", shape.raw("calculation") ?? null, [
      ...shape.path,
      "calculation",
    ]),
    window: timeWindow(shape, "window"),
    constant_properties: constantProperties(shape),
  };
}

function flatCumulative(shape: Shape): Dict {
  const metric = inputMetric(shape, "input_metric");
  if (metric === null) throw new MetricProblem("input_metric is required for cumulative metrics.", shape.path);
  return {
    window: timeWindow(shape, "window"),
    grain_to_date: shape.optionalString("grain_to_date"),
    period_agg: enumValue("PeriodAggregation", shape.string("period_agg", "first"), [...shape.path, "period_agg"]),
    metric,
  };
}

function aggregation(shape: Shape, agg: string, attached: Attached | null): Dict {
  if (!attached?.semanticModel) {
    throw new MetricProblem("simple metrics in v2 YAML must be attached to semantic_model", shape.path, {
      hint: "write the metric below its model's entry, under `metrics:`",
    });
  }
  const kind = (shape.optionalString("percentile_type") ?? "").toLowerCase();
  const dimension = below(shape, "non_additive_dimension");
  return {
    semantic_model: attached.semanticModel,
    agg: enumValue("AggregationType", agg, [...shape.path, "agg"]),
    agg_params: {
      percentile: number(shape, "percentile"),
      use_discrete_percentile: kind === "discrete",
      use_approximate_percentile: kind === "continuous",
    },
    agg_time_dimension: shape.optionalString("agg_time_dimension") || attached.aggTimeDimension,
    non_additive_dimension: dimension && {
      name: dimension.required("name"),
      window_choice: enumValue("AggregationType", dimension.required("window_agg"), [...dimension.path, "window_agg"]),
      window_groupings: dimension.strings("group_by"),
    },
  };
}

function inputMeasure(shape: Shape, key: string): Dict | null {
  const value = shape.raw(key);
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return measure(value, null);
  if (!isDict(value)) throw shape.notAny(key, value);
  const input = new Shape(value, [...shape.path, key]);
  return measure(input.required("name"), input);
}

function measure(name: string, input: Shape | null): Dict {
  return {
    name,
    filter: input && whereFilter(input, "filter"),
    alias: input?.optionalString("alias") ?? null,
    join_to_timespine: input ? input.bool("join_to_timespine", false) : false,
    fill_nulls_with: input && number(input, "fill_nulls_with"),
  };
}

function inputMetric(shape: Shape, key: string): Dict | null {
  const value = shape.raw(key);
  return value === undefined || value === null ? null : metricInput(value, shape, [key]);
}

function inputMetrics(shape: Shape, key: string): Dict[] {
  return (shape.optionalList(key) ?? []).map((item, i) => metricInput(item, shape, [key, i]));
}

function metricInput(value: unknown, shape: Shape, path: readonly (string | number)[]): Dict {
  if (typeof value !== "string" && !isDict(value)) {
    const message = `${pyRepr(value)} is not valid under any of the given schemas`;
    throw new ShapeProblem(message, [...shape.path, ...path]);
  }
  const input = new Shape(typeof value === "string" ? { name: value } : value, [...shape.path, ...path]);
  return {
    name: input.required("name"),
    filter: whereFilter(input, "filter"),
    alias: input.optionalString("alias"),
    offset_window: timeWindow(input, "offset_window"),
    offset_to_grain: input.optionalString("offset_to_grain"),
  };
}

/** `28 days` as count and granularity. */
function timeWindow(shape: Shape, key: string): Dict | null {
  const text = shape.optionalString(key);
  if (text === null) return null;
  const path = [...shape.path, key];
  const parts = text.toLowerCase().split(" ");
  if (parts.length !== 2) {
    throw new MetricProblem(
      `Invalid window (${text}) in cumulative/conversion metric. Should be of the form \`<count> <granularity>\`, e.g., \`28 days\``,
      path,
    );
  }
  const [count, word] = parts as [string, string];
  if (!/^\d+$/.test(count)) {
    const message = `Invalid count (${count}) in cumulative/conversion metric window string: (${text})`;
    throw new MetricProblem(message, path);
  }
  const granularity = word.endsWith("s") && GRANULARITIES.includes(word.slice(0, -1)) ? word.slice(0, -1) : word;
  return { count: Number(count), granularity };
}

function constantProperties(shape: Shape): Dict[] | null {
  if (shape.raw("constant_properties") === undefined || shape.raw("constant_properties") === null) return null;
  return each(shape, "constant_properties", (item) => ({
    base_property: item.required("base_property"),
    conversion_property: item.required("conversion_property"),
  }));
}

function number(shape: Shape, key: string): unknown {
  const value = shape.raw(key);
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "boolean") throw shape.notAny(key, value);
  return value;
}
