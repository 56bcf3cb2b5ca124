import { GRANULARITIES } from "../enums.ts";
import { validName } from "./names.ts";
import { customGranularities, type Issue, issue, type Metric, ofMetric, type Rule } from "./types.ts";

const NOT_CUSTOM = "Custom granularities are not supported for this field yet.";

interface Window {
  count: number;
  granularity: string;
}

/** A window of a granularity that there is. */
export function* windowIssues(
  about: Issue["about"],
  window: Window,
  custom: readonly string[],
  allowCustom = false,
): Generator<Issue> {
  const known = [...GRANULARITIES, ...custom];
  let name = window.granularity;
  if (name.endsWith("s") && known.includes(name.slice(0, -1))) name = name.slice(0, -1);
  const said = `Invalid time granularity '${name}' in window: '${window.count} ${window.granularity}'`;
  if (!known.includes(name)) yield issue("error", about, said);
  else if (!allowCustom && !GRANULARITIES.includes(name)) yield issue("error", about, `${said} ${NOT_CUSTOM}`);
}

/** Derived metrics are made of metrics that there are, and use them all. */
export const derivedMetrics: Rule = function* (manifest) {
  const all = new Set(manifest.metrics.map(({ name }) => name));
  const custom = customGranularities(manifest);
  for (const { name, type, type_params: params } of manifest.metrics) {
    if (type !== "derived") continue;
    const inputs = params.metrics ?? [];
    if (inputs.length === 0) {
      const said = `No input metrics found for derived metric '${name}'. Please add metrics to type_params.metrics.`;
      yield issue("error", ofMetric(name), said);
    }
    for (const input of inputs) {
      if (all.has(input.name)) continue;
      const said = `For metric: ${name}, input metric: '${input.name}' does not exist as a configured metric in the model.`;
      yield issue("error", ofMetric(name), said);
    }
  }
  for (const metric of manifest.metrics) {
    if (metric.type === "derived") yield* inputAliases(metric);
    yield* offsets(metric, custom);
    if (metric.type === "derived") yield* derivedExpression(metric);
  }
};

function* inputAliases({ name, type_params: params }: Metric): Generator<Issue> {
  const inputs = params.metrics ?? [];
  const used = new Set(inputs.map((input) => input.name));
  for (const input of inputs) {
    if (!input.alias) continue;
    yield* validName(input.alias, ofMetric(name));
    if (used.has(input.alias)) {
      const said = `Alias '${input.alias}' for input metric: '${input.name}' is already being used. Please choose another alias.`;
      yield issue("error", ofMetric(name), said);
    }
    used.add(input.alias);
  }
}

function* offsets({ name, type_params: params }: Metric, custom: readonly string[]): Generator<Issue> {
  const about = ofMetric(name);
  for (const input of params.metrics ?? []) {
    const { offset_window: window, offset_to_grain: grain } = input;
    if (window) yield* windowIssues(about, window, custom, true);
    if (grain && !GRANULARITIES.includes(grain)) {
      const said = `Invalid time granularity found in \`offset_to_grain\`: '${grain}'. ${NOT_CUSTOM}`;
      yield issue("error", about, said);
    }
    if (window && grain) {
      const said = `Both offset_window and offset_to_grain set for derived metric '${name}' on input metric '${input.name}'. Please set one or the other.`;
      yield issue("error", about, said);
    }
  }
}

function* derivedExpression({ name, type_params: params }: Metric): Generator<Issue> {
  const about = ofMetric(name);
  if (!params.expr) {
    const said = `No \`expr\` set for derived metric ${name}. Please add an \`expr\` that references all input metrics.`;
    yield issue("warning", about, said);
    return;
  }
  for (const input of params.metrics ?? []) {
    const used = input.alias || input.name;
    if (params.expr.includes(used)) continue;
    const said = `Input metric '${used}' is not used in \`expr\`: '${params.expr}' for derived metric '${name}'. Please update the \`expr\` or remove the input metric.`;
    yield issue("warning", about, said);
  }
}

/** Cumulative metrics add up one thing, over a window or since the begin of a period. */
export const cumulativeMetrics: Rule = function* (manifest) {
  const custom = customGranularities(manifest);
  for (const { name, type, type_params: params } of manifest.metrics) {
    if (type !== "cumulative") continue;
    const about = ofMetric(name);
    const own = params.cumulative_type_params;
    if (params.measure && own?.metric) {
      const said = `Cumulative metric '${name}' should not have both a measure and a metric as inputs. The measure will be ignored; please remove it to avoid confusion.`;
      yield issue("warning", about, said);
    }
    if (params.window && own?.window && JSON.stringify(params.window) !== JSON.stringify(own.window)) {
      const text = ({ count, granularity }: Window) => `count=${count} granularity='${granularity}'`;
      yield issue(
        "error",
        about,
        `Got differing values for \`window\` on cumulative metric '${name}'. In \`type_params.window\`, got ` +
          `'${text(params.window)}'. In \`type_params.cumulative_type_params.window\`, got '${text(own.window)}'. Please ` +
          "remove the value from `type_params.window`.",
      );
    }
    const window = own?.window ?? params.window;
    const grain = own?.grain_to_date || params.grain_to_date;
    if (grain && !GRANULARITIES.includes(grain)) {
      yield issue("error", about, `Invalid time granularity found in \`grain_to_date\`: '${grain}'. ${NOT_CUSTOM}`);
    }
    if (window && grain) {
      const said = "Both window and grain_to_date set for cumulative metric. Please set one or the other.";
      yield issue("error", about, said);
    }
    if (window) yield* windowIssues(about, window, custom);
  }
};

/** Measures that metrics name are there. */
export const metricMeasures: Rule = function* ({ semantic_models: models, metrics }) {
  const known = new Set(models.flatMap((model) => model.measures.map(({ name }) => name)));
  for (const metric of metrics) {
    for (const { name } of metric.type_params.input_measures) {
      if (known.has(name)) continue;
      const said = `Measure ${name} referenced in metric ${metric.name} is not defined in the model!`;
      yield issue("error", ofMetric(metric.name), said);
    }
  }
};

/** Labels tell metrics apart. */
export const metricLabels: Rule = function* ({ metrics }) {
  const known = new Map<string, string>();
  for (const { name, label } of metrics) {
    if (label === null) continue;
    const other = known.get(label);
    if (other === undefined) known.set(label, name);
    else {
      const said = `Can't use label \`${label}\` for  metric \`${name}\` as it's already used for metric \`${other}\``;
      yield issue("error", ofMetric(name), said);
    }
  }
};

/** A metric that stands for a measure has no expression of its own. */
export const simpleExpressions: Rule = function* ({ semantic_models: models, metrics }) {
  const measures = new Map(
    models.flatMap((model) => model.measures.map((measure) => [measure.name, measure] as const)),
  );
  for (const { name, type, type_params: params } of metrics) {
    if (type !== "simple" || !params.measure) continue;
    const measure = measures.get(params.measure.name);
    if (!measure) {
      yield issue("error", ofMetric(name), `Measure '${params.measure.name}'not found in semantic manifest`);
    } else if (params.expr !== null && params.expr !== measure.expr && params.expr !== measure.name) {
      const said = `Metric '${name}' should not have an expr set if it's proxy from measures`;
      yield issue("warning", ofMetric(name), said);
    }
  }
};
