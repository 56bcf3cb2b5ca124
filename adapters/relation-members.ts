import { TsdbtError } from "../core/errors.ts";
import { PyDict } from "../core/jinja/index.ts";
import type { HostObject } from "../core/jinja/runtime/values.ts";
import { type Member, method, raise } from "../core/python/support.ts";
import type { Relation, RelationFields, RelationType } from "./relation.ts";
import { changedFields, createRelation, ephemeralRelation } from "./relation-create.ts";
import {
  DICT_NAMES,
  EventTimeRange,
  type PolicyParts,
  plainParts,
  RELATION_PARTS,
  RelationPath,
  RelationPolicy,
  usedAsDict,
} from "./relation-parts.ts";
import { sourceMembers } from "./relation-sources.ts";

/** Configs without which no database can make a function of Python. */
const NEEDED_BY_PYTHON = [
  ["runtime_version", "A `runtime_version`"],
  ["entry_point", "An `entry_point`"],
] as const;

type Members = Map<string, Member<Relation>>;

const FIELDS: Members = new Map<string, Member<Relation>>([
  ["database", (self) => self.fields.path.database],
  ["schema", (self) => self.fields.path.schema],
  ["identifier", (self) => self.fields.path.identifier],
  ["name", (self) => self.fields.path.identifier],
  ["table", (self) => self.fields.path.identifier],
  ["path", (self) => new RelationPath(self.fields.path)],
  ["type", (self) => self.fields.type],
  ["quote_character", (self) => self.fields.quoteCharacter],
  ["include_policy", (self) => new RelationPolicy(self.fields.includePolicy)],
  ["quote_policy", (self) => new RelationPolicy(self.fields.quotePolicy)],
  ["dbt_created", (self) => self.fields.dbtCreated],
  ["limit", (self) => self.fields.limit],
  ["event_time_filter", (self) => self.fields.eventTimeFilter && new EventTimeRange(self.fields.eventTimeFilter)],
  ["require_alias", (self) => self.fields.requireAlias],
  ["catalog", (self) => self.fields.catalog],
  ["renameable_relations", () => []],
  ["replaceable_relations", () => []],
  ["can_be_renamed", () => false],
  ["can_be_replaced", () => false],
  ["information_schema_view", (self) => self.fields.view],
]);

const TYPE_CHECKS: [string, RelationType][] = [
  ["is_table", "table"],
  ["is_view", "view"],
  ["is_cte", "cte"],
  ["is_materialized_view", "materialized_view"],
  ["is_pointer", "pointer_table"],
  ["is_function", "function"],
];

/** The names by which templates write relation types: `api.Relation.View`. */
export const TYPE_NAMES: readonly (readonly [string, RelationType])[] = [
  ["Table", "table"],
  ["View", "view"],
  ["CTE", "cte"],
  ["MaterializedView", "materialized_view"],
  ["External", "external"],
  ["PointerTable", "pointer_table"],
  ["Function", "function"],
];

function policy(...flags: (boolean | null)[]): Partial<PolicyParts> {
  const chosen: { -readonly [part in keyof PolicyParts]?: boolean } = {};
  RELATION_PARTS.forEach((part, i) => {
    const flag = flags[i];
    if (flag !== null && flag !== undefined) chosen[part] = flag;
  });
  return chosen;
}

const POLICY_ARGUMENTS = "database=None, schema=None, identifier=None";

const METHODS: Members = new Map<string, Member<Relation>>([
  ["render", method("render()", (self: Relation) => self.render())],
  ["render_limited", method("render_limited()", (self: Relation) => self.renderLimited())],
  [
    "render_event_time_filtered",
    method("render_event_time_filtered(rendered=None)", (self: Relation, rendered: string | null) =>
      self.renderEventTimeFiltered(rendered || undefined),
    ),
  ],
  [
    "include",
    method(`include(${POLICY_ARGUMENTS})`, (self: Relation, ...flags: (boolean | null)[]) =>
      self.include(policy(...flags)),
    ),
  ],
  [
    "quote",
    method(`quote(${POLICY_ARGUMENTS})`, (self: Relation, ...flags: (boolean | null)[]) =>
      self.quote(policy(...flags)),
    ),
  ],
  ["quoted", method("quoted(identifier)", (self: Relation, identifier: string) => self.quoted(identifier))],
  ["without_identifier", method("without_identifier()", (self: Relation) => self.withoutIdentifier())],
  [
    "information_schema",
    method("information_schema(view_name=None)", (self: Relation, view: unknown) =>
      self.informationSchema(typeof view === "string" ? view : null),
    ),
  ],
  ["information_schema_only", method("information_schema_only()", (self: Relation) => self.informationSchema(null))],
  [
    "matches",
    method(
      `matches(${POLICY_ARGUMENTS})`,
      (self: Relation, database: string | null, schema: string | null, identifier: string | null) =>
        self.matches({ database, schema, identifier }),
    ),
  ],
  [
    "replace_path",
    method("replace_path(**kwargs)", (self: Relation, kwargs: PyDict) => changed(self, onlyPath(kwargs))),
  ],
  ["replace", method("replace(**kwargs)", (self: Relation, kwargs: PyDict) => changed(self, kwargs.entries()))],
  ["incorporate", method("incorporate(**kwargs)", (self: Relation, kwargs: PyDict) => changed(self, kwargs.entries()))],
  ["get", method("get(key, default=None)", (self: Relation, key: unknown, dflt: unknown) => get(self, key, dflt))],
  ["to_dict", method("to_dict(omit_none=False)", (self: Relation, omitNone: boolean) => toDict(self, omitNone))],
  [
    "create",
    method("create(database=None, schema=None, identifier=None, type=None, **kwargs)", (self: Relation, ...args) =>
      createFromTemplate(self, args),
    ),
  ],
  [
    "add_ephemeral_prefix",
    method("add_ephemeral_prefix(name)", (_self: Relation, name: string) => `__dbt__cte__${name}`),
  ],
  [
    "create_ephemeral_from",
    method("create_ephemeral_from(relation_config, limit=None, event_time_filter=None)", (self: Relation, config) =>
      ephemeralRelation(self.kind, (config as HostObject).attr("identifier") as string),
    ),
  ],
  [
    "scd_args",
    method("scd_args(primary_key, updated_at)", (_self: Relation, key: unknown, updatedAt: unknown) => [
      ...(Array.isArray(key) ? key : [key]),
      updatedAt,
    ]),
  ],
  [
    "get_function_macro_name",
    method("get_function_macro_name(config)", (_self: Relation, config: PyDict) => {
      return `${config.get("type")}_function_${config.get("language")}`;
    }),
  ],
  [
    "get_function_config",
    method("get_function_config(model)", (_self: Relation, model: PyDict) => functionConfig(model)),
  ],
  ...sourceMembers((self: Relation) => self.kind),
  ...DICT_NAMES.map((name): [string, Member<Relation>] => [name, method(`${name}()`, usedAsDict)]),
]);

/** Everything that a template may see of a relation. Adapters add theirs in a table of their own. */
export const RELATION_MEMBERS: ReadonlyMap<string, Member<Relation>> = new Map<string, Member<Relation>>([
  ...FIELDS,
  ...TYPE_CHECKS.map(([name, type]): [string, Member<Relation>] => [name, (self) => self.fields.type === type]),
  ...TYPE_NAMES.map(([name, type]): [string, Member<Relation>] => [name, () => type]),
  ...METHODS,
]);

function changed(self: Relation, args: Iterable<readonly [unknown, unknown]>): Relation {
  return self.replace(changedFields(self.kind, self.fields, args));
}

function* onlyPath(kwargs: PyDict): Generator<readonly [unknown, unknown]> {
  for (const [name, value] of kwargs.entries()) {
    if (!RELATION_PARTS.includes(name as never)) {
      raise("TypeError", `Path.__init__() got an unexpected keyword argument '${name}'`);
    }
    yield [name, value];
  }
}

function createFromTemplate(self: Relation, args: unknown[]): Relation {
  const [database, schema, identifier, type, rest] = args as [unknown, unknown, unknown, unknown, PyDict];
  const { defaults } = self.kind;
  const named = [
    ["database", database],
    ["schema", schema],
    ["identifier", identifier],
    ["type", type],
  ] as const;
  const changes: Partial<RelationFields> = changedFields(self.kind, defaults, [...named, ...rest.entries()]);
  return createRelation(self.kind, {}).replace(changes);
}

/** `relation.get("metadata")` tells packages that this is a relation: dbt_utils asks. */
function get(self: Relation, key: unknown, dflt: unknown): unknown {
  if (key === "metadata") return PyDict.from({ type: self.typeName });
  return self.item(key) ?? dflt;
}

function toDict(self: Relation, omitNone: boolean): PyDict {
  const dict = new PyDict();
  const put = (name: string, value: unknown) => {
    if (value !== null || !omitNone) dict.set(name, value);
  };
  for (const name of ["path", "type", "quote_character", "include_policy", "quote_policy", "dbt_created", "limit"]) {
    put(name, plain(self.attr(name), omitNone));
  }
  put("event_time_filter", plain(self.attr("event_time_filter"), omitNone));
  put("require_alias", self.fields.requireAlias);
  put("catalog", self.fields.catalog);
  put("renameable_relations", []);
  put("replaceable_relations", []);
  for (const [argument, field] of Object.entries(self.kind.extraFields)) {
    put(argument, (self.fields as unknown as { [name: string]: unknown })[field] ?? null);
  }
  return dict;
}

function plain(value: unknown, omitNone: boolean): unknown {
  if (value instanceof RelationPath || value instanceof RelationPolicy) return plainParts(value, omitNone);
  if (value instanceof EventTimeRange) {
    return PyDict.from({ field_name: value.range.fieldName, start: value.range.start, end: value.range.end });
  }
  return value;
}

function functionConfig(model: PyDict): PyDict | null {
  if (model.get("resource_type") !== "function") return null;
  const config = model.get("config") as PyDict;
  const made = PyDict.from({
    language: model.get("language") ?? "",
    type: config.get("type") ?? "",
    runtime_version: config.get("runtime_version") ?? null,
    entry_point: config.get("entry_point") ?? null,
  });
  if (made.get("language") === "python") {
    for (const [key, named] of NEEDED_BY_PYTHON) {
      if (made.get(key) !== null) continue;
      throw new TsdbtError("TD5067", "Runtime Error", `${named} is required for python functions`, {
        hint: `give it in the function's config: ${key}: ...`,
      });
    }
  }
  return made;
}
