import { pyRepr } from "../../python-text.ts";
import { validName } from "./names.ts";
import {
  hasTimeDimension,
  type InputMeasure,
  type Issue,
  issue,
  listText,
  type Measure,
  ofMetric,
  ofModel,
  type Rule,
  type SemanticModel,
  setText,
} from "./types.ts";

/** Percentiles say which, and nothing else does. */
export const percentiles: Rule = function* ({ semantic_models: models }) {
  for (const model of models) {
    for (const measure of model.measures) {
      for (const said of percentileProblems(measure)) yield issue("error", ofModel(model.name), said);
    }
  }
};

function* percentileProblems({ name, agg, agg_params: params }: Measure): Generator<string> {
  if (agg === "percentile") {
    if (!params || params.percentile === null) {
      yield `Measure '${name}' uses a PERCENTILE aggregation, which requires agg_params.percentile to be provided.`;
    } else if (params.percentile <= 0 || params.percentile >= 1) {
      yield `Percentile aggregation parameter for measure '${name}' is '${floatText(params.percentile)}', but must be ` +
        "between 0 and 1 (non-inclusive). For example, to indicate the 65th percentile value, set 'percentile: 0.65'. " +
        "For percentile values of 0, please use MIN, for percentile values of 1, please use MAX.";
    }
    return;
  }
  if (!params) return;
  const { percentile, use_discrete_percentile: discrete, use_approximate_percentile: approximate } = params;
  if (agg === "median") {
    if (percentile !== null && Number(percentile) !== 0.5) {
      yield `Measure '${name}' uses a MEDIAN aggregation, while percentile is set to '${floatText(percentile)}', a ` +
        "conflicting value. Please remove the parameter or set to '0.5'.";
    }
    if (discrete) {
      yield `Measure '${name}' uses a MEDIAN aggregation, while use_discrete_percentile is set to true. Please remove the ` +
        "parameter or set to False.";
    }
    return;
  }
  const wrong = [
    ...(percentile ? ["percentile"] : []),
    ...(discrete ? ["use_discrete_percentile"] : []),
    ...(approximate ? ["use_approximate_percentile"] : []),
  ];
  if (wrong.length > 0) {
    yield `Measure '${name}' with aggregation '${agg}' uses agg_params (${wrong.join(", ")}) only relevant to Percentile measures.`;
  }
}

/** A number as Python shows a float. */
function floatText(value: unknown): string {
  const number = Number(value);
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

/** A count says of what. */
export const countExpressions: Rule = function* ({ semantic_models: models }) {
  for (const model of models) {
    for (const { name, agg, expr } of model.measures) {
      if (agg !== "count") continue;
      if (expr === null) {
        const said = `Measure '${name}' uses a COUNT aggregation, which requires an expr to be provided. Provide 'expr: 1' if a count of all rows is desired.`;
        yield issue("error", ofModel(model.name), said);
      } else if (expr.toLowerCase().startsWith("distinct ")) {
        yield issue(
          "error",
          ofModel(model.name),
          `Measure '${name}' uses a 'count' aggregation with a DISTINCT expr: '${expr}'. This is not supported as it ` +
            "effectively converts an additive measure into a non-additive one, and this could cause certain queries to " +
            "return incorrect results. Please use the count_distinct aggregation type.",
        );
      }
    }
  }
};

/** A measure's name is used once. */
export const uniqueMeasures: Rule = function* ({ semantic_models: models }) {
  const known = new Map<string, string[]>();
  for (const model of models) {
    for (const { name } of model.measures) {
      const others = known.get(name);
      if (others) {
        const said = `Found measure with name ${name} in multiple semantic models with names (${listText(others)})`;
        yield issue("error", ofModel(model.name), said);
        others.push(model.name);
      } else known.set(name, [model.name]);
    }
  }
};

/** Aliases of measures are names of their own. */
export const measureAliases: Rule = function* ({ semantic_models: models, metrics }) {
  const measures = new Set(models.flatMap((model) => model.measures.map(({ name }) => name)));
  const used = new Map<string, string[]>();
  for (const metric of metrics) {
    const about = ofMetric(metric.name);
    for (const measure of metric.type_params.input_measures) {
      const { name, alias } = measure;
      if (alias === null) continue;
      yield* validName(alias, about);
      if (measures.has(alias)) {
        const said = `Alias \`${alias}\` for measure \`${name}\` conflicts with measure names defined elsewhere in the model! This can cause ambiguity for certain types of query. Please choose another alias.`;
        yield issue("error", about, said);
      }
      const others = used.get(alias) ?? [];
      if (others.length > 0) {
        yield issue(
          "error",
          about,
          `Measure alias ${alias} conflicts with a measure alias used elsewhere in the model! This can cause ambiguity for ` +
            "certain types of query. Please choose another alias, or, if the measures are constrained in the same way, " +
            "consider centralizing that definition in a new semantic model. Measure specification: " +
            `${inputText(measure)}. Existing metrics with that measure alias used: ${listText(others)}`,
        );
      }
      used.set(alias, [...others, metric.name]);
    }
  }
};

/** A metric's measure as dbt's message shows it. */
function inputText({ name, filter, alias, join_to_timespine: join, fill_nulls_with: fill }: InputMeasure): string {
  const filters = filter?.where_filters.map(
    ({ where_sql_template: sql }) => `PydanticWhereFilter(where_sql_template=${pyRepr(sql)})`,
  );
  const shown = filters ? `PydanticWhereFilterIntersection(where_filters=[${filters.join(", ")}])` : "None";
  const [aliased, joined] = [pyRepr(alias), pyRepr(join)];
  return `name=${pyRepr(name)} filter=${shown} alias=${aliased} join_to_timespine=${joined} fill_nulls_with=${pyRepr(fill)}`;
}

/** Each measure knows the time it is aggregated over. */
export const aggregationTimes: Rule = function* ({ semantic_models: models }) {
  for (const model of models) {
    const unset = unsetTime(model);
    if (unset) {
      const doing = "checking aggregation time dimension for a semantic model";
      yield issue("error", ofModel(model.name), `An error occurred while ${doing} - AssertionError: ${unset}\n`);
      continue;
    }
    for (const measure of model.measures) {
      const time = timeOf(model, measure) as string;
      if (hasTimeDimension(model, time)) continue;
      const said = `In semantic model '${model.name}', measure '${measure.name}' has the aggregation time dimension set to '${time}', which is not a valid time dimension in the semantic model`;
      yield issue("error", ofModel(model.name), said);
    }
  }
};

function timeOf(model: SemanticModel, measure: Measure): string | null {
  return measure.agg_time_dimension ?? model.defaults?.agg_time_dimension ?? null;
}

function unsetTime(model: SemanticModel): string | null {
  const measure = model.measures.find((one) => timeOf(model, one) === null);
  return measure
    ? `Aggregation time dimension for measure ${measure.name} is not set! This should either be set directly on the ` +
        "measure specification in the model, or else defaulted to the primary time dimension in the data source " +
        "containing the measure."
    : null;
}

/** What a measure may not be added up over. */
export const nonAdditiveDimensions: Rule = function* ({ semantic_models: models }) {
  for (const model of models) {
    for (const measure of model.measures) {
      if (measure.non_additive_dimension && timeOf(model, measure) !== null) yield* nonAdditive(model, measure);
    }
  }
};

function* nonAdditive(model: SemanticModel, measure: Measure): Generator<Issue> {
  const own = measure.non_additive_dimension as NonNullable<Measure["non_additive_dimension"]>;
  const timeName = timeOf(model, measure);
  const wrong = (text: string) => issue("error", ofModel(model.name), `Measure '${measure.name}' has a ${text}`);
  const time = model.dimensions.find(({ name }) => name === timeName);
  if (!time) {
    yield wrong(
      `agg_time_dimension of ${timeName} that is not defined as a dimension in semantic model '${model.name}'.`,
    );
    return;
  }
  const dimension = model.dimensions.find(({ name }) => name === own.name);
  if (!dimension) {
    yield wrong(
      `non_additive_dimension with name '${own.name}' that is not defined as a dimension in semantic model '${model.name}'.`,
    );
  } else {
    if (dimension.type !== "time") {
      yield wrong(
        `non_additive_dimension with name'${own.name}' that is defined as a categorical dimension which is not supported.`,
      );
    }
    const [is, wanted] = [dimension.type_params?.time_granularity, time.type_params?.time_granularity];
    if (is && wanted && is !== wanted) {
      yield wrong(
        `non_additive_dimension with name '${own.name}' that has a base time granularity (${is.toUpperCase()}) that is not ` +
          `equal to the measure's agg_time_dimension ${time.name} with a base granularity of (${wanted.toUpperCase()}).`,
      );
    }
  }
  if (own.window_choice !== "min" && own.window_choice !== "max") {
    yield wrong(
      `non_additive_dimension with an invalid 'window_choice' of '${own.window_choice}'. Only choices supported are 'min' or 'max'.`,
    );
  }
  const entities = new Set(model.entities.map(({ name }) => name));
  const missing = own.window_groupings.filter((name) => !entities.has(name));
  if (missing.length > 0) {
    yield wrong(
      `non_additive_dimension with an invalid 'window_groupings'. These entities ${setText(missing)} do not exist in the semantic model.`,
    );
  }
}
