import { windowIssues } from "./metrics.ts";
import {
  customGranularities,
  enumText,
  type InputMeasure,
  type InputMetric,
  type Issue,
  issue,
  type Metric,
  ofMetric,
  type Rule,
  type SemanticManifest,
  type SemanticModel,
} from "./types.ts";

type Params = NonNullable<Metric["type_params"]["conversion_type_params"]>;

/** Conversion metrics: an entity that both sides have, and things that are counted. */
export const conversionMetrics: Rule = function* (manifest) {
  const custom = customGranularities(manifest);
  for (const metric of manifest.metrics) {
    const params = metric.type_params.conversion_type_params;
    if (metric.type !== "conversion" || !params) continue;
    const base = modelOf(manifest, params.base_measure, params.base_metric);
    const conversion = modelOf(manifest, params.conversion_measure, params.conversion_metric);
    yield* missingInput(manifest, metric, params.base_measure, params.base_metric, base);
    yield* missingInput(manifest, metric, params.conversion_measure, params.conversion_metric, conversion);
    if (!base || !conversion) continue;
    yield* checked(manifest, metric, params, base, conversion);
    if (params.window) yield* windowIssues(ofMetric(metric.name), params.window, custom);
    yield* constantProperties(metric, params, base, conversion);
  }
};

function modelOf(
  manifest: SemanticManifest,
  measure: InputMeasure | null,
  metric: InputMetric | null,
): SemanticModel | undefined {
  if (measure) {
    return manifest.semantic_models.find((model) => model.measures.some(({ name }) => name === measure.name));
  }
  const target = manifest.metrics.find(({ name }) => name === metric?.name);
  const model = target?.type_params.metric_aggregation_params?.semantic_model;
  return manifest.semantic_models.find(({ name }) => name === model);
}

function* missingInput(
  manifest: SemanticManifest,
  metric: Metric,
  measure: InputMeasure | null,
  input: InputMetric | null,
  model: SemanticModel | undefined,
): Generator<Issue> {
  const target = input && manifest.metrics.find(({ name }) => name === input.name);
  if (target && target.type !== "simple") {
    const said = `Metric '${target.name}' is not a Simple metric, so it cannot be used as an input for Conversion metric '${metric.name}'.`;
    yield issue("error", ofMetric(target.name), said);
  }
  if (model) return;
  if (measure) {
    const said = `Input measure '${measure.name}' for conversion metric '${metric.name}' does not exist in your manifest.`;
    yield issue("error", ofMetric(metric.name), said);
  } else if (input) {
    const said = `Input metric '${input.name}' for conversion metric '${metric.name}' is linked to a semantic model that does not exist in your manifest.`;
    yield issue("error", ofMetric(metric.name), said);
  }
}

function* checked(
  manifest: SemanticManifest,
  metric: Metric,
  params: Params,
  base: SemanticModel,
  conversion: SemanticModel,
): Generator<Issue> {
  const about = ofMetric(metric.name);
  const { entity } = params;
  for (const [kind, model] of [
    ["base", base],
    ["conversion", conversion],
  ] as const) {
    if (model.entities.some(({ name }) => name === entity)) continue;
    yield issue("error", about, `Entity: ${entity} not found in ${kind} semantic model: ${model.name}.`);
  }
  const counted = function* (kind: "Measure" | "Metric", name: string, agg: string, expr: string | null) {
    if (agg === "count" || agg === "count_distinct" || (agg === "sum" && expr === "1")) return;
    const said = `For conversion metrics, the input ${kind.toLowerCase()} must be COUNT/SUM(1)/COUNT_DISTINCT. ${kind} '${name}' is agg type: ${enumText("AggregationType", agg)}`;
    yield issue("error", about, said);
  };
  const filtered = function* (kind: "Measure" | "Metric", input: InputMeasure | InputMetric, isBase: boolean) {
    if (isBase || !input.filter) return;
    const said = `${kind} input '${input.name}' has a filter. For conversion metrics, filtering on the conversion input is not fully supported yet. `;
    yield issue("warning", about, said);
  };
  for (const [input, model] of [
    [params.base_measure, base],
    [params.conversion_measure, conversion],
  ] as const) {
    const measure = input && model.measures.find(({ name }) => name === input.name);
    if (!measure) continue;
    yield* counted("Measure", measure.name, measure.agg, measure.expr);
    yield* filtered("Measure", input, input === params.base_measure);
  }
  for (const input of [params.base_metric, params.conversion_metric]) {
    const target = input && manifest.metrics.find(({ name }) => name === input.name);
    const agg = target?.type_params.metric_aggregation_params?.agg;
    if (!target || !agg) continue;
    yield* counted("Metric", target.name, agg, target.type_params.expr);
    yield* filtered("Metric", input as InputMetric, input === params.base_metric);
  }
}

function* constantProperties(
  metric: Metric,
  params: Params,
  base: SemanticModel,
  conversion: SemanticModel,
): Generator<Issue> {
  const properties = params.constant_properties ?? [];
  const sides = [
    { model: base, names: properties.map((property) => property.base_property) },
    { model: conversion, names: properties.map((property) => property.conversion_property) },
  ];
  for (const { model, names } of sides) {
    const known = new Set([...model.entities, ...model.dimensions].map(({ name }) => name));
    for (const name of names) {
      if (known.has(name)) continue;
      const said = `The provided constant property: ${name}, cannot be found in semantic model ${model.name}`;
      yield issue("error", ofMetric(metric.name), said);
    }
  }
}
