import { GRANULARITIES } from "../enums.ts";
import {
  enumText,
  hasTimeDimension,
  type Issue,
  issue,
  listText,
  ofModel,
  type Rule,
  type SemanticModel,
  setText,
} from "./types.ts";

const WINDOW =
  "Semantic models using dimension validity params to define a validity window must have exactly two time dimensions " +
  "with validity params specified - one marked `is_start` and the other marked `is_end`.";

/** Dimensions that say from when to when a row holds come in pairs, with a natural entity. */
export const validityWindows: Rule = function* ({ semantic_models: models }) {
  for (const model of models) yield* validityWindow(model);
};

function* validityWindow(model: SemanticModel): Generator<Issue> {
  const windowed = model.dimensions.filter((dimension) => dimension.type_params?.validity_params);
  if (windowed.length === 0) return;
  const wrong = (text: string) => issue("error", ofModel(model.name), `Semantic model ${model.name} ${text}`);
  const names = windowed.map(({ name }) => name);
  const starts = windowed.filter((d) => d.type_params?.validity_params?.is_start).map(({ name }) => name);
  const ends = windowed.filter((d) => d.type_params?.validity_params?.is_end).map(({ name }) => name);
  if (windowed.length === 1 && starts.length === 1 && ends.length === 1) {
    yield wrong(
      `has a single validity param dimension that defines its window: \`${names[0]}\`. This is not a currently supported ` +
        `configuration! ${WINDOW} If you have one column defining a window, as in a daily snapshot table, you can define a ` +
        "separate dimension and increment the time value in the `expr` field as a work-around.",
    );
  } else if (windowed.length !== 2) {
    yield wrong(
      `has ${windowed.length} dimensions defined with validity params. They are: ${listText(names)}. There must be either ` +
        "zero or two! If you wish to define a validity window for this semantic model, please follow these requirements: " +
        WINDOW,
    );
  } else if (starts.length !== 1 || ends.length !== 1) {
    yield wrong(
      "has two validity param dimensions defined, but does not have exactly one each marked with is_start and is_end! " +
        `Dimensions: ${listText(names)}. is_start dimensions: []. is_end dimensions: ${listText(ends)}. ${WINDOW}`,
    );
  }
  const keys = model.entities.filter(({ type }) => type === "primary" || type === "unique").map(({ name }) => name);
  if (!model.entities.some(({ type }) => type === "natural")) {
    yield wrong(
      "has validity param dimensions defined, but does not have an entity with type `natural` set. The natural key for " +
        "this semantic model is what we use to process a validity window join. Primary or unique entities, if any, might " +
        `be suitable for use as natural keys: (${listText(keys)}).`,
    );
  }
  if (keys.length > 0) {
    yield wrong(
      "has validity param dimensions defined and also has one or more entities designated as `primary` or `unique`. This " +
        "is not yet supported, as we do not currently process joins against these key types for semantic models with " +
        "validity windows specified.",
    );
  }
  if (model.measures.length > 0) {
    yield wrong(
      "has both measures and validity param dimensions defined. This is not currently supported! Please remove either the " +
        `measures or the validity params. Measure names: ${listText(model.measures.map(({ name }) => name))}. Validity ` +
        `param dimension names: ${listText(names)}.`,
    );
  }
}

/** Dimensions of one name are of one type everywhere. */
export const consistentDimensions: Rule = function* ({ semantic_models: models }) {
  const known = new Map<string, { type: string; partition: boolean }>();
  for (const model of models) {
    for (const { name, type, is_partition: partition } of model.dimensions) {
      const before = known.get(name);
      if (!before) {
        known.set(name, { type, partition });
        continue;
      }
      if (before.type !== type) {
        const [was, is] = [before.type, type].map((value) => enumText("DimensionType", value));
        const said = `In semantic model \`${model.name}\`, type conflict for dimension \`${name}\` - already in model as type \`${was}\` but got \`${is}\``;
        yield issue("error", ofModel(model.name), said);
      }
      if (before.partition !== partition) {
        const bool = (value: boolean) => (value ? "True" : "False");
        const said =
          `In semantic model \`${model.name}, conflicting is_partition attribute for dimension ` +
          `\`DimensionReference(element_name='${name}')\` - already in model with is_partition as ` +
          `\`${bool(before.partition)}\` but got \`${bool(partition)}\`\``;
        yield issue("error", ofModel(model.name), said);
      }
    }
  }
};

const KINDS = ["dimension", "entity", "measure"] as const;

/** A name is used for one kind of element everywhere. */
export const consistentElements: Rule = function* ({ semantic_models: models }) {
  const uses = new Map<string, Map<string, string[]>>();
  for (const model of models) {
    const lists = { measure: model.measures, dimension: model.dimensions, entity: model.entities };
    for (const kind of ["measure", "dimension", "entity"] as const) {
      for (const { name } of lists[kind]) {
        const kinds = uses.get(name) ?? new Map<string, string[]>();
        uses.set(name, kinds.set(kind, [...(kinds.get(kind) ?? []), model.name]));
      }
    }
  }
  const text = (kind: string) => enumText("SemanticModelElementType", kind);
  for (const [name, kinds] of uses) {
    if (kinds.size < 2) continue;
    const used = KINDS.filter((kind) => kinds.has(kind));
    const shown = `[${used.map((kind) => `<${text(kind)}: '${kind}'>`).join(", ")}]`;
    for (const kind of used) {
      const names = kinds.get(kind) as string[];
      const said = `In semantic models ${setText(names)}, element \`${name}\` is of type ${text(kind)}, but it is used as types ${shown} across the model.`;
      yield issue("error", ofModel(names[0] as string), said);
    }
  }
};

/** At most one natural entity, and only with a validity window. */
export const naturalEntities: Rule = function* ({ semantic_models: models }) {
  for (const model of models) {
    const names = model.entities.filter(({ type }) => type === "natural").map(({ name }) => name);
    const distinct = new Set(names);
    if (distinct.size > 1) {
      const said = `Semantic models can have at most one natural entity, but semantic model \`${model.name}\` has ${distinct.size} distinct natural entities set! ${setText(names)}.`;
      yield issue("error", ofModel(model.name), said);
    }
    if (distinct.size > 0 && !model.dimensions.some((d) => d.type_params?.validity_params)) {
      yield issue(
        "error",
        ofModel(model.name),
        "The use of `natural` entities is currently supported only in conjunction with a validity window defined in the " +
          `set of time dimensions associated with the semantic model. Semantic model \`${model.name}\` uses a natural ` +
          `entity (${setText(names)}) but does not define a validity window!`,
      );
    }
  }
};

/** The default time dimension is one of the model's. */
export const defaultTimeDimensions: Rule = function* ({ semantic_models: models }) {
  for (const model of models) {
    const name = model.defaults?.agg_time_dimension ?? null;
    if (name === null || hasTimeDimension(model, name)) continue;
    const said = `Default aggregation time dimension was specified as '${name}' which doesn't exist as a time dimension in semantic model named '${model.name}'.`;
    yield issue("error", ofModel(model.name), said);
  }
};

/** One primary entity, said in one place. */
export const primaryEntities: Rule = function* ({ semantic_models: models }) {
  for (const model of models) {
    const primary = model.entities.filter(({ type }) => type === "primary").map(({ name }) => name);
    const own = model.primary_entity;
    if (primary.length > 1) {
      const said = `Semantic models can have only one primary entity. The semantic model \`${model.name}\` has ${primary.length}: ${primary.join(", ")}`;
      yield issue("error", ofModel(model.name), said);
    } else if (primary.length === 1 && own !== null) {
      const said = `The semantic model \`${model.name}\` has an entity named \`${primary[0]}\` with type primary but it also has the \`primary_entity\` field set to \`${own}\`. Both should not be present in the model.`;
      yield issue("error", ofModel(model.name), said);
    } else if (model.dimensions.length > 0 && own === null && primary.length === 0) {
      const said = `The semantic model ${model.name} contains dimensions, but it does not define a primary entity. Either add an entity with type PRIMARY or set a value for the primary_entity key.`;
      yield issue("error", ofModel(model.name), said);
    }
  }
};

/** A primary entity has each dimension once. */
export const primaryEntityDimensions: Rule = function* ({ semantic_models: models }) {
  const known = new Map<string, Map<string, string>>();
  for (const model of models) {
    const primary = model.primary_entity ?? model.entities.find(({ type }) => type === "primary")?.name;
    if (primary === undefined) continue;
    const safe = !known.has(primary);
    const dimensions = known.get(primary) ?? new Map<string, string>();
    known.set(primary, dimensions);
    for (const { name } of model.dimensions) {
      const other = dimensions.get(name);
      if (safe || other === undefined) dimensions.set(name, model.name);
      else {
        yield issue(
          "error",
          ofModel(model.name),
          "Duplicate dimension + primary entity pairing detected, dimension + primary entity pairings must be unique. " +
            `Semantic model \`${model.name}\` has a primary entity of \`${primary}\` and dimension \`${name}\`, but this ` +
            `pairing is already in use on semantic model \`${other}\`.`,
        );
      }
    }
  }
};

/** Labels tell semantic models, and what is in one, apart. */
export const modelLabels: Rule = function* ({ semantic_models: models }) {
  const known = new Map<string, string>();
  for (const model of models) {
    const about = ofModel(model.name);
    if (model.label !== null) {
      const other = known.get(model.label);
      if (other === undefined) known.set(model.label, model.name);
      else {
        const said = `Can't use label \`${model.label}\` for  semantic model \`${model.name}\` as it's already used for semantic model \`${other}\``;
        yield issue("error", about, said);
      }
    }
    const repeated = function* (list: { label: string | null }[], one: string, many: string): Generator<Issue> {
      const counts = new Map<string, number>();
      for (const { label } of list) if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
      for (const [label, count] of counts) {
        if (count < 2) continue;
        const said = `${one} labels must be unique within a semantic model. The label \`${label}\` was used for ${count} ${many} on semantic model \`${model.name}`;
        yield issue("error", about, said);
      }
    };
    yield* repeated(model.dimensions, "Dimension", "dimensions");
    yield* repeated(model.entities, "Entity", "entities");
    yield* repeated(model.measures, "Measure", "measures");
  }
};

/** An entity has one label everywhere, or none. */
export const entityLabels: Rule = function* ({ semantic_models: models }) {
  const known = new Map<string, { model: string; label: string }>();
  for (const model of models) {
    for (const { name, label } of model.entities) {
      if (label === null) continue;
      const other = known.get(name);
      if (!other) known.set(name, { model: model.name, label });
      else if (other.label !== label) {
        const said = `Entities with the same name must have the same label or the label must be \`None\`. Entity \`${name}\` on semantic model \`${model.name}\` has label \`${label}\` but the same entity on semantic model \`${other.model}\``;
        yield issue("error", ofModel(model.name), said);
      }
    }
  }
};

/** A time dimension says how fine it is. */
export const timeDimensionGranularity: Rule = function* ({ semantic_models: models }) {
  for (const model of models) {
    for (const { name, type, type_params: params } of model.dimensions) {
      if (type !== "time" || params?.time_granularity) continue;
      const said = `In semantic model \`${model.name}\`, time dimension \`${name}\` must have a time granularity set.`;
      yield issue("future", ofModel(model.name), said);
    }
  }
};

/** One time spine a granularity, and one fine enough. */
export const timeSpines: Rule = function* ({
  semantic_models: models,
  project_configuration: { time_spines: spines },
}) {
  if (models.length === 0 || spines.length === 0) return;
  const byGranularity = new Map<string, string[]>();
  for (const { node_relation, primary_column } of spines) {
    const relations = byGranularity.get(primary_column.time_granularity) ?? [];
    byGranularity.set(primary_column.time_granularity, [...relations, node_relation.relation_name ?? ""]);
  }
  const repeated = [...byGranularity].filter(([, relations]) => relations.length > 1);
  if (repeated.length > 0) {
    const shown = repeated.map(([name, relations]) => `'${name.toUpperCase()}': ${listText(relations)}`).join(", ");
    yield issue("warning", null, `Only one time spine is supported per granularity. Got duplicates: {${shown}}`);
  }
  const rank = (granularity: string) => GRANULARITIES.indexOf(granularity);
  const finest = (list: string[]) => list.reduce((a, b) => (rank(b) < rank(a) ? b : a));
  const used = models.flatMap((model) =>
    model.dimensions.flatMap(({ type_params: params }) => (params?.time_granularity ? [params.time_granularity] : [])),
  );
  if (used.length === 0) {
    yield issue(
      "warning",
      null,
      "No time dimensions configured. To avoid unexpected query errors, configuring a time spine at or below the smallest " +
        "time dimension granularity is recommended.",
    );
    return;
  }
  const [dimension, spine] = [finest(used), finest([...byGranularity.keys()])];
  if (rank(dimension) >= rank(spine)) return;
  yield issue(
    "warning",
    null,
    "To avoid unexpected query errors, configuring a time spine at or below the smallest time dimension granularity is " +
      `recommended. Smallest time dimension granularity: ${dimension.toUpperCase()}; Smallest time spine granularity: ` +
      enumText("TimeGranularity", spine),
  );
};
