import type { Node, SemanticResource } from "../../manifest/resources.ts";
import type { Dict } from "../config/index.ts";
import { type Entry, onlyKeys, readingEntry } from "../schema/entries.ts";
import { Shape } from "../schema/shape.ts";
import type { ParseState } from "../state.ts";
import { each, keep, placed, whereFilter } from "./common.ts";
import { enumValue } from "./enums.ts";

/** A saved query: https://docs.getdbt.com/docs/build/saved-queries */
export function addSavedQuery(state: ParseState, entry: Entry): void {
  keep(
    state,
    "saved_queries",
    readingEntry(entry, () => readSavedQuery(state, entry)),
  );
}

function readSavedQuery(state: ParseState, entry: Entry): SemanticResource {
  const { shape } = entry;
  onlyKeys(shape, ["name", "query_params", "description", "label", "exports", "config", "tags"]);
  const name = shape.required("name");
  if (!shape.has("query_params")) shape.required("query_params");
  const params = new Shape(shape.dict("query_params"), [...shape.path, "query_params"]);
  onlyKeys(params, ["metrics", "group_by", "where", "order_by", "limit"]);
  const own = shape.raw("tags");
  const tags = typeof own === "string" ? [own] : shape.strings("tags");
  const { base, config } = placed(state, entry, "saved_query", name, shape.dict("config"));
  const more = typeof config.tags === "string" ? [config.tags] : Array.isArray(config.tags) ? config.tags : [];
  return {
    ...base,
    query_params: {
      metrics: params.strings("metrics"),
      group_by: params.strings("group_by"),
      where: whereFilter(params, "where"),
      order_by: params.strings("order_by"),
      limit: params.raw("limit") ?? null,
    },
    exports: each(shape, "exports", (item) => readExport(state, base, config, item)),
    description: shape.optionalString("description"),
    label: shape.optionalString("label"),
    tags: [...new Set([...tags, ...(more as string[])])].sort(),
  } as unknown as SemanticResource;
}

/** An export is named as a model would be: through the project's macros that name schemas and aliases. */
function readExport(state: ParseState, base: Dict, query: Dict, shape: Shape): Dict {
  const name = shape.required("name");
  const own = shape.dict("config");
  const merged: Dict = { ...query, ...own };
  const place = [...shape.path, "config", "export_as"];
  const exportAs = enumValue("ExportDestinationType", merged.export_as ?? null, place);
  const schema = merged.schema_name ?? merged.schema ?? null;
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  const node = {
    ...base,
    resource_type: "export",
    name,
    config: { ...merged, export_as: exportAs },
  } as unknown as Node;
  const database = state.names.database(node, text(merged.database));
  return {
    name,
    config: {
      export_as: exportAs,
      schema_name: text(schema) || state.names.schema(node, null),
      alias: text(merged.alias) || state.names.alias(node, null),
      database: database ?? text(merged.database),
    },
    unrendered_config: own,
  };
}
