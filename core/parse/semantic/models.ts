import { TsdbtError } from "../../errors.ts";
import type { ColumnInfo, Node, SemanticResource } from "../../manifest/resources.ts";
import { type Dict, isDict } from "../config/index.ts";
import { pyStr } from "../python-text.ts";
import { type Entry, onlyKeys, readingEntry } from "../schema/entries.ts";
import { Shape, ShapeProblem } from "../schema/shape.ts";
import type { ParseState } from "../state.ts";
import { below, each, keep, partConfig, placed } from "./common.ts";
import { enumValue } from "./enums.ts";
import { addMetric, addModelMetric, MetricProblem } from "./metrics.ts";

interface Parts {
  name: string;
  config: Dict;
  description: string | null;
  label: string | null;
  model: string;
  defaults: Dict | null;
  primaryEntity: string | null;
  entities: Dict[];
  measures: Dict[];
  dimensions: Dict[];
}

/** A semantic model of a `semantic_models:` list, with a metric for each measure that asks for one. */
export function addSemanticModel(state: ParseState, entry: Entry): void {
  const { shape } = entry;
  const { resource, measures } = readingEntry(entry, () => {
    onlyKeys(shape, [
      "name",
      "model",
      "config",
      "description",
      "label",
      "defaults",
      "entities",
      "measures",
      "dimensions",
      "primary_entity",
    ]);
    const defaults = below(shape, "defaults");
    const parts: Parts = {
      name: shape.required("name"),
      config: shape.dict("config"),
      description: shape.optionalString("description"),
      label: shape.optionalString("label"),
      model: shape.required("model"),
      defaults: defaults && { agg_time_dimension: defaults.optionalString("agg_time_dimension") },
      primaryEntity: shape.optionalString("primary_entity"),
      entities: each(shape, "entities", readEntity),
      measures: each(shape, "measures", readMeasure),
      dimensions: each(shape, "dimensions", readDimension),
    };
    const asking = each(shape, "measures", (measure) => measure).filter((m) => m.bool("create_metric", false));
    return { resource: semanticModel(state, entry, parts), measures: asking };
  });
  keep(state, "semantic_models", resource);
  for (const measure of measures) addMeasureMetric(state, entry, resource, measure);
}

function addMeasureMetric(state: ParseState, entry: Entry, model: SemanticResource, measure: Shape): void {
  const name = measure.required("name");
  const { enabled, meta } = model.config as { enabled: boolean; meta: Dict };
  const expr = measure.raw("expr");
  const data = {
    name,
    label: measure.optionalString("label") || name,
    type: "simple",
    type_params: { measure: name, expr: expr ? pyStr(expr) : name },
    description: measure.optionalString("description") || `Metric created from measure ${name}`,
    config: { enabled, meta },
  };
  addMetric(state, { ...entry, key: "semantic_models", name, shape: new Shape(data, measure.path), raw: data });
}

const dimensionParams = (shape: Shape | null): Dict | null =>
  shape && {
    time_granularity: enumValue("TimeGranularity", shape.required("time_granularity"), [
      ...shape.path,
      "time_granularity",
    ]),
    validity_params: validity(below(shape, "validity_params")),
  };

function validity(shape: Shape | null): Dict | null {
  return shape && { is_start: shape.bool("is_start", false), is_end: shape.bool("is_end", false) };
}

function readDimension(shape: Shape): Dict {
  return {
    name: shape.required("name"),
    type: enumValue("DimensionType", shape.required("type"), [...shape.path, "type"]),
    description: shape.optionalString("description"),
    label: shape.optionalString("label"),
    is_partition: shape.bool("is_partition", false),
    type_params: dimensionParams(below(shape, "type_params")),
    expr: shape.optionalString("expr"),
    metadata: null,
    config: partConfig(shape.dict("config")),
    datatype: null,
  };
}

function readEntity(shape: Shape): Dict {
  return {
    name: shape.required("name"),
    type: enumValue("EntityType", shape.required("type"), [...shape.path, "type"]),
    description: shape.optionalString("description"),
    label: shape.optionalString("label"),
    role: shape.optionalString("role"),
    expr: shape.optionalString("expr"),
    config: partConfig(shape.dict("config")),
  };
}

function readMeasure(shape: Shape): Dict {
  const expr = shape.raw("expr");
  const params = below(shape, "agg_params");
  const dimension = below(shape, "non_additive_dimension");
  return {
    name: shape.required("name"),
    agg: enumValue("AggregationType", shape.required("agg"), [...shape.path, "agg"]),
    description: shape.optionalString("description"),
    label: shape.optionalString("label"),
    create_metric: false,
    expr: expr === undefined || expr === null ? null : pyStr(expr),
    agg_params: params && {
      percentile: params.raw("percentile") ?? null,
      use_discrete_percentile: params.bool("use_discrete_percentile", false),
      use_approximate_percentile: params.bool("use_approximate_percentile", false),
    },
    non_additive_dimension: dimension && {
      name: dimension.required("name"),
      window_choice: enumValue("AggregationType", dimension.required("window_choice"), [
        ...dimension.path,
        "window_choice",
      ]),
      window_groupings: dimension.strings("window_groupings"),
    },
    agg_time_dimension: shape.optionalString("agg_time_dimension"),
    config: partConfig(shape.dict("config")),
  };
}

function semanticModel(state: ParseState, entry: Entry, parts: Parts): SemanticResource {
  const { base, config } = placed(state, entry, "semantic_model", parts.name, parts.config);
  const inherited = isDict(config.meta) ? config.meta : {};
  for (const part of [...parts.dimensions, ...parts.entities, ...parts.measures]) {
    part.config = partConfig(part.config as Dict, inherited);
  }
  const resource = {
    ...base,
    model: parts.model,
    node_relation: null,
    description: parts.description,
    label: parts.label,
    defaults: parts.defaults,
    entities: parts.entities,
    measures: parts.measures,
    dimensions: parts.dimensions,
    primary_entity: parts.primaryEntity,
  } as unknown as SemanticResource;
  try {
    const ref = state.templates.modelReference(resource as never, parts.model);
    if (ref) (resource.refs as unknown[]).push(ref);
  } catch (error) {
    if (!(error instanceof TsdbtError)) throw error;
    throw entry.schema.error(error.code, error.kind, error.message, [...entry.shape.path, "model"]);
  }
  return resource;
}

/**
 * The semantic model that a model's own entry describes (`semantic_model: true`): dimensions and entities on its columns and
 * under `derived_semantics`, and its metrics.
 */
export function addModelSemantics(state: ParseState, entry: Entry, node: Node): void {
  const { shape } = entry;
  const given = shape.raw("semantic_model");
  if (given === undefined || given === null || given === false) return;
  readingEntry(entry, () => {
    if (given !== true && !isDict(given)) throw shape.notAny("semantic_model", given);
    const own = given === true ? null : new Shape(given, [...shape.path, "semantic_model"]);
    if (own) checkKeys(own);
    if (own && !own.bool("enabled", true)) return;
    const name = own?.optionalString("name") ?? node.name;
    const aggTimeDimension = shape.optionalString("agg_time_dimension");
    const derived = below(shape, "derived_semantics");
    const columns = Object.values(node.columns);
    const resource = semanticModel(state, entry, {
      name,
      config: own ? modelConfig(own) : {},
      description: node.description,
      label: null,
      model: `ref('${node.name}')`,
      defaults: { agg_time_dimension: aggTimeDimension },
      primaryEntity: shape.optionalString("primary_entity"),
      entities: [...columns.flatMap(columnEntity), ...(derived ? each(derived, "entities", derivedEntity) : [])],
      measures: [],
      dimensions: [
        ...columns.flatMap(columnDimension),
        ...(derived ? each(derived, "dimensions", derivedDimension) : []),
      ],
    });
    keep(state, "semantic_models", resource);
    for (const metric of shape.optionalList("metrics") === null ? [] : shape.shapes("metrics")) {
      const simple = metric.string("type", "simple").toLowerCase() === "simple";
      addModelMetric(state, entry, metric, {
        semanticModel: simple ? name : null,
        aggTimeDimension: simple ? aggTimeDimension : null,
      });
    }
  });
}

function checkKeys(shape: Shape): void {
  const known = ["config", "enabled", "group", "name"];
  const extra = Object.keys(shape.data).filter((key) => !known.includes(key));
  if (extra.length === 0) return;
  const said = `Unknown field(s) in semantic_model config: ${extra.sort().join(", ")}. Valid fields are: ${known.join(", ")}.`;
  throw new MetricProblem(said, [...shape.path, extra[0]!], { onKey: true });
}

/** Enabled and group count only beside a `config`, as in dbt. */
function modelConfig(shape: Shape): Dict {
  const own = below(shape, "config");
  if (!own) return {};
  const group = shape.optionalString("group");
  return { meta: own.dict("meta"), enabled: shape.bool("enabled", true), ...(group === null ? {} : { group }) };
}

function columnEntity(column: ColumnInfo): Dict[] {
  const { entity } = column;
  if (entity === null || entity === undefined) return [];
  const plain = typeof entity === "string";
  const data: Dict = plain ? {} : (entity as Dict);
  const name = (data.name as string | undefined) ?? column.name;
  const meta = plain ? column.config.meta : ((data.config as Dict | undefined)?.meta ?? column.config.meta);
  return [
    {
      name,
      type: plain ? entity : data.type,
      description: (data.description as string | null | undefined) ?? column.description,
      label: data.label ?? null,
      role: null,
      expr: name === column.name ? null : column.name,
      config: partConfig({ meta }),
    },
  ];
}

function columnDimension(column: ColumnInfo): Dict[] {
  const { dimension, granularity } = column;
  if (dimension === null || dimension === undefined) return [];
  const plain = typeof dimension === "string";
  const data: Dict = plain ? {} : (dimension as Dict);
  const name = (data.name as string | undefined) ?? column.name;
  const own = isDict(data.config) ? data.config : {};
  return [
    {
      name,
      type: plain ? dimension : data.type,
      description: (data.description as string | null | undefined) ?? column.description,
      label: data.label ?? null,
      is_partition: data.is_partition ?? false,
      type_params:
        plain || granularity === null
          ? null
          : { time_granularity: granularity, validity_params: data.validity_params ?? null },
      expr: name === column.name ? null : column.name,
      metadata: null,
      config: partConfig(own, isDict(column.config.meta) ? column.config.meta : {}),
      datatype: null,
    },
  ];
}

function derivedEntity(shape: Shape): Dict {
  if (!shape.has("name")) throw new MetricProblem("Derived entity is missing a required 'name' field.", shape.path);
  const expr = shape.required("expr");
  return { ...readEntity(shape), role: null, expr };
}

function derivedDimension(shape: Shape): Dict {
  const name = shape.required("name");
  const granularity = shape.optionalString("granularity");
  const params = below(shape, "validity_params");
  if (params && granularity === null) {
    throw new ShapeProblem(
      `Derived dimension ${name} has validity_params, so it must specify a granularity.`,
      shape.path,
    );
  }
  return {
    ...readDimension(shape),
    expr: shape.required("expr"),
    type_params:
      granularity === null
        ? null
        : {
            time_granularity: enumValue("TimeGranularity", granularity, [...shape.path, "granularity"]),
            validity_params: validity(params),
          },
  };
}
