import { GRANULARITIES } from "../enums.ts";
import { elementOf, ItemProblem, itemsOf } from "./items.ts";
import {
  customGranularities,
  type Filter,
  type Issue,
  issue,
  listText,
  type Metric,
  ofMetric,
  type Rule,
  type SavedQuery,
  type SemanticManifest,
} from "./types.ts";

/** What stands in the filters of metrics and saved queries can be read. */
export const readableFilters: Rule = function* (manifest) {
  const custom = customGranularities(manifest);
  for (const metric of manifest.metrics) {
    for (const { filter, doing } of filtersOf(metric)) {
      yield* checked(filter, doing, { about: ofMetric(metric.name), kind: "METRIC", name: metric.name, custom });
    }
  }
  for (const { name, query_params: params } of manifest.saved_queries) {
    const about = { type: "saved_query" as const, name };
    const doing = `trying to parse a filter in saved query \`${name}\``;
    if (params.where) yield* checked(params.where, doing, { about, kind: "SAVED_QUERY", name, custom });
  }
};

function* filtersOf({ name, filter, type_params: params }: Metric): Generator<{ filter: Filter; doing: string }> {
  if (filter) yield { filter, doing: `trying to parse filter of metric \`${name}\`` };
  const { measure, numerator, denominator } = params;
  if (measure?.filter) {
    yield {
      filter: measure.filter,
      doing: `trying to parse filter of measure input \`${measure.name}\` on metric \`${name}\``,
    };
  }
  if (numerator?.filter) {
    yield { filter: numerator.filter, doing: `trying to parse the numerator filter on metric \`${name}\`` };
  }
  if (denominator?.filter) {
    yield { filter: denominator.filter, doing: `trying to parse the denominator filter on metric \`${name}\`` };
  }
  for (const input of params.metrics ?? []) {
    if (!input.filter) continue;
    yield {
      filter: input.filter,
      doing: `trying to parse filter for input metric \`${input.name}\` on metric \`${name}\``,
    };
  }
}

function* checked(
  filter: Filter,
  doing: string,
  where: { about: Issue["about"]; kind: string; name: string; custom: string[] },
): Generator<Issue> {
  const grains: string[] = [];
  for (const { where_sql_template: text } of filter.where_filters) {
    try {
      for (const item of itemsOf(text)) {
        const { grain } = elementOf(item, where.custom);
        if (grain) grains.push(grain);
      }
    } catch (error) {
      if (!(error instanceof ItemProblem)) throw error;
      const said = `Encountered error(s) while parsing:\n\nFilter:\n${indented(text)}\nError Message:\n${indented(error.message)}`;
      yield issue("error", where.about, `An error occurred while ${doing} - ${said}`);
      return;
    }
  }
  const known = [...GRANULARITIES, ...where.custom];
  for (const grain of grains) {
    if (known.includes(grain.toLowerCase())) continue;
    const said = `Filter for SemanticManifestNodeType.${where.kind} \`${where.name}\` is not valid. \`${grain.toLowerCase()}\` is not a valid granularity name. Valid granularity options: ${listText(known)}`;
    yield issue("warning", where.about, said);
  }
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

/** What a saved query asks for is there. */
export const savedQueries: Rule = function* (manifest) {
  const metrics = new Set(manifest.metrics.map(({ name }) => name));
  const groups = groupNames(manifest, metrics);
  const custom = customGranularities(manifest);
  for (const query of manifest.saved_queries) {
    const about = { type: "saved_query" as const, name: query.name };
    for (const metric of query.query_params.metrics) {
      if (!metrics.has(metric)) yield issue("error", about, `\`${metric}\` is not a valid metric name.`);
    }
    for (const item of query.query_params.group_by) {
      try {
        const [first, ...more] = itemsOf(`{{${item}}}`).map((found) => elementOf(found, custom));
        if (first && more.length === 0 && groups.has(first.name)) continue;
        yield issue("error", about, `\`${item}\` is not a valid group-by name.`);
      } catch (error) {
        if (!(error instanceof ItemProblem)) throw error;
        const doing = `trying to parse a group-by in saved query \`${query.name}\``;
        yield issue("error", about, `An error occurred while ${doing} - ${error.message}\n`);
      }
    }
    yield* orderBy(query);
    const { limit } = query.query_params;
    if (limit !== null && limit < 0) yield issue("error", about, `Invalid limit value: ${limit} (should be >= 0)`);
  }
};

/** What is ordered by is among what is asked for. */
function* orderBy({ name, query_params: params }: SavedQuery): Generator<Issue> {
  if (params.order_by.length === 0) return;
  const about = { type: "saved_query" as const, name };
  const asked = new Set<string>();
  const wrong: Issue[] = [];
  const read = (text: string, ordering: boolean): string | undefined => {
    try {
      const [item, ...more] = itemsOf(`{{ ${text} }}`, { ordering });
      if (item && more.length === 0) return JSON.stringify({ ...item, descending: null });
    } catch (error) {
      if (!(error instanceof ItemProblem)) throw error;
    }
    wrong.push(
      issue(
        "error",
        about,
        `An error occurred while parsing a field in '${name}'. Note that metrics need to be specified using the ` +
          "object-builder syntax (`Metric('metric_name')`) and if `.descending(...)` is specified, it should be at the end. " +
          `- Error while processing Jinja template:\n    {{ ${text} }}\n`,
      ),
    );
    return undefined;
  };
  for (const text of [...params.metrics.map((metric) => `Metric('${metric}')`), ...params.group_by]) {
    const key = read(text, false);
    if (key !== undefined) asked.add(key);
  }
  if (wrong.length > 0) {
    yield* wrong;
    return;
  }
  for (const text of params.order_by) {
    const key = read(text, true);
    yield* wrong.splice(0);
    if (key === undefined || asked.has(key)) continue;
    yield issue("error", about, `${text} does not match any of the listed metrics or group-by items. `);
  }
}

function groupNames(manifest: SemanticManifest, metrics: Iterable<string>): Set<string> {
  const names = new Set([...metrics, "metric_time"]);
  for (const model of manifest.semantic_models) {
    for (const { name } of [...model.dimensions, ...model.entities]) names.add(name);
  }
  return names;
}
