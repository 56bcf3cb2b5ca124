import { didYouMean } from "../../manifest/nearest.ts";
import type { SemanticResource } from "../../manifest/resources.ts";
import { resourceError } from "../errors.ts";
import type { ParseState } from "../state.ts";

interface Named {
  name: string;
}

interface Metric {
  unique_id: string;
  name: string;
  type: string;
  type_params: {
    measure: Named | null;
    input_measures: Named[];
    numerator: Named | null;
    denominator: Named | null;
    metrics: Named[] | null;
    conversion_type_params: {
      base_measure: Named | null;
      conversion_measure: Named | null;
      base_metric: Named | null;
      conversion_metric: Named | null;
    } | null;
    cumulative_type_params: { metric: Named | null } | null;
    metric_aggregation_params: { semantic_model: string } | null;
  };
  depends_on: { nodes: string[] };
}

/** Turns the measures and metrics that each metric is made of into what it depends on. @throws TsdbtError where there is none */
export function linkMetricInputs(state: ParseState): void {
  const { metrics } = state.manifest;
  if (metrics.size === 0) return;
  const done = new Set<Metric>();
  for (const metric of metrics.values()) linkMetric(state, metric as unknown as Metric, done);
}

function linkMetric(state: ParseState, metric: Metric, done: Set<Metric>): void {
  if (done.has(metric)) return;
  done.add(metric);
  const { type_params: params } = metric;
  const { measure, conversion_type_params: conversion, cumulative_type_params: cumulative } = params;
  switch (metric.type) {
    case "simple":
    case "cumulative":
      if (measure) linkMeasures(state, metric, [measure]);
      else if (metric.type === "cumulative") {
        if (!cumulative?.metric) {
          const said = `Cumulative metric ${metric.name} should have a measure or input_metric defined, but it does not.`;
          throw wrong(state, metric, said);
        }
        linkMetrics(state, metric, [cumulative.metric], done, { measures: false });
      } else if (params.metric_aggregation_params) {
        const model = params.metric_aggregation_params.semantic_model;
        add(metric, `semantic_model.${state.config.project.name}.${model}`);
      } else {
        const said = `Simple metric ${metric.name} should have a measure or agg type defined, but it does not.`;
        throw wrong(state, metric, said, "name the measure: `type_params: {measure: …}`");
      }
      return;
    case "conversion": {
      if (!conversion) {
        const said = `${metric.name} is a conversion metric and must have conversion_type_params defined.`;
        throw wrong(state, metric, said);
      }
      const { base_measure, conversion_measure, base_metric, conversion_metric } = conversion;
      if (base_measure && conversion_measure) linkMeasures(state, metric, [base_measure, conversion_measure]);
      else if (base_metric && conversion_metric) {
        linkMetrics(state, metric, [base_metric, conversion_metric], done, { measures: false });
      }
      return;
    }
    case "ratio": {
      const { numerator, denominator } = params;
      if (!numerator || !denominator) {
        throw wrong(state, metric, "Invalid ratio metric. Both a numerator and denominator must be specified");
      }
      linkMetrics(state, metric, [numerator, denominator], done, { measures: true });
      return;
    }
    default:
      linkMetrics(state, metric, params.metrics ?? [], done, { measures: true });
  }
}

function linkMeasures(state: ParseState, metric: Metric, measures: Named[]): void {
  for (const measure of measures) addMeasure(metric, measure);
  for (const { name } of metric.type_params.input_measures) {
    const model = modelOfMeasure(state, metric, name);
    if (!model) {
      const hint = didYouMean(name, measureNames(state));
      throw wrong(
        state,
        metric,
        `A semantic model having a measure \`${name}\` does not exist but was referenced.`,
        hint,
        name,
      );
    }
    if ((model.config as { enabled?: boolean }).enabled === false) {
      const said = `The measure \`${name}\` is referenced on disabled semantic model \`${model.name}\`.`;
      throw wrong(state, metric, said, undefined, name);
    }
    add(metric, model.unique_id);
  }
}

function linkMetrics(
  state: ParseState,
  metric: Metric,
  inputs: Named[],
  done: Set<Metric>,
  how: { measures: boolean },
): void {
  for (const { name } of inputs) {
    const found = state.lookups.resolveMetric(metric as never, name, null);
    if (!found) {
      const by = how.measures ? ` by metric \`${metric.name}\`` : "";
      const hint = didYouMean(
        name,
        [...state.manifest.metrics.values()].map((known) => known.name),
      );
      throw wrong(state, metric, `The metric \`${name}\` does not exist but was referenced${by}.`, hint, name);
    }
    if (found.disabled) {
      const said = `The metric \`${name}\` is disabled and thus cannot be referenced.`;
      throw wrong(state, metric, said, undefined, name);
    }
    const target = found.node as unknown as Metric;
    linkMetric(state, target, done);
    if (how.measures) for (const measure of target.type_params.input_measures) addMeasure(metric, measure);
    add(metric, target.unique_id);
  }
}

function addMeasure(metric: Metric, measure: Named): void {
  const known = metric.type_params.input_measures;
  const text = JSON.stringify(measure);
  if (!known.some((one) => JSON.stringify(one) === text)) known.push(measure);
}

function add(metric: Metric, id: string): void {
  if (!metric.depends_on.nodes.includes(id)) metric.depends_on.nodes.push(id);
}

/** The semantic model that has a measure: the root project's, the metric's package's, or any; disabled ones too. */
function modelOfMeasure(state: ParseState, metric: Metric, name: string): SemanticResource | undefined {
  const { manifest, config } = state;
  const disabled = [...manifest.disabled.values()].flat() as SemanticResource[];
  const all = [...manifest.semantic_models.values(), ...disabled.filter((r) => r.resource_type === "semantic_model")];
  const having = all.filter((model) => (model.measures as unknown as Named[]).some((measure) => measure.name === name));
  const of = (pkg: string) => having.filter((model) => model.package_name === pkg).at(-1);
  return of(config.project.name) ?? of((metric as unknown as { package_name: string }).package_name) ?? having.at(-1);
}

function measureNames(state: ParseState): string[] {
  return [...state.manifest.semantic_models.values()].flatMap((model) =>
    (model.measures as unknown as Named[]).map((measure) => measure.name),
  );
}

function wrong(state: ParseState, metric: Metric, message: string, hint?: string, word?: string) {
  return resourceError(state, metric as never, "TD4261", "Parsing Error", message, hint, word);
}
