import { TsdbtError } from "../core/errors.ts";
import { PyDict } from "../core/jinja/index.ts";
import { pyStr } from "../core/jinja/runtime/repr.ts";
import { HostObject } from "../core/jinja/runtime/values.ts";
import type { RelationSource } from "./adapter.ts";
import type { Relation, RelationClass, RelationFields, RelationType } from "./relation.ts";
import {
  EventTimeRange,
  type PathParts,
  type PolicyParts,
  RELATION_PARTS,
  RelationPath,
  RelationPolicy,
} from "./relation-parts.ts";

/** Parts of a new relation; what is left out is the class's default. */
export interface NewRelation {
  database?: string | null;
  schema?: string | null;
  identifier?: string | null;
  type?: RelationType | null;
  quotePolicy?: Partial<PolicyParts>;
  includePolicy?: Partial<PolicyParts>;
}

/** Makes a relation of a class: `createRelation(Relation, { schema: "main", identifier: "orders" })`. */
export function createRelation(kind: RelationClass, parts: NewRelation): Relation {
  const { defaults } = kind;
  return new kind({
    ...defaults,
    path: {
      database: parts.database ?? null,
      schema: parts.schema ?? null,
      identifier: parts.identifier ?? null,
    },
    type: parts.type ?? null,
    includePolicy: parts.includePolicy ? { ...defaults.includePolicy, ...parts.includePolicy } : defaults.includePolicy,
    quotePolicy: parts.quotePolicy ? { ...defaults.quotePolicy, ...parts.quotePolicy } : defaults.quotePolicy,
  });
}

/**
 * How a node's names are quoted: the class's default, then the project's `quoting`, then a source's own. The `quoting`
 * of a model's config has no part in it, as in dbt.
 */
export function quotingOf(
  kind: RelationClass,
  projectQuoting: Partial<PolicyParts>,
  source: RelationSource,
): PolicyParts {
  const policy = { ...kind.defaults.quotePolicy };
  for (const quoting of [projectQuoting, source.quoting]) {
    if (!quoting) continue;
    for (const part of RELATION_PARTS) {
      const value = quoting[part];
      if (typeof value === "boolean") policy[part] = value;
    }
  }
  return policy;
}

/** The relation's own name in its schema: a source's identifier, a node's alias. */
export function identifierOf(source: RelationSource): string | null {
  return source.identifier ?? source.alias ?? source.name ?? null;
}

/** What stands for an ephemeral model in the SQL that refers to it: the name of its CTE. */
export function ephemeralRelation(kind: RelationClass, identifier: string): Relation {
  const relation = createRelation(kind, { identifier: `__dbt__cte__${identifier}`, type: "cte" });
  return relation.quote({ identifier: false });
}

/**
 * The fields that a call in a template changes: `create(schema="a", quote_policy={…})`, `incorporate(path={…}, type="view")`.
 * Arguments that a relation does not have are ignored, as dbt does. Throws a TsdbtError for a value of a wrong type.
 */
export function changedFields(
  kind: RelationClass,
  fields: RelationFields,
  args: Iterable<readonly [unknown, unknown]>,
): Partial<RelationFields> {
  const changes: { -readonly [name in keyof RelationFields]?: RelationFields[name] } & { [extra: string]: unknown } =
    {};
  for (const [name, value] of args) {
    switch (name) {
      case "path":
        changes.path = mergePath(fields.path, value);
        break;
      case "database":
      case "schema":
      case "identifier":
        changes.path = { ...(changes.path ?? fields.path), [name]: pathPart(name, value) };
        break;
      case "type":
        changes.type = relationType(kind, value);
        break;
      case "include_policy":
        changes.includePolicy = mergePolicy(fields.includePolicy, value);
        break;
      case "quote_policy":
        changes.quotePolicy = mergePolicy(fields.quotePolicy, value);
        break;
      case "quote_character":
        changes.quoteCharacter = String(value);
        break;
      case "dbt_created":
        changes.dbtCreated = value === true;
        break;
      case "limit":
        changes.limit = typeof value === "number" ? value : null;
        break;
      case "event_time_filter":
        changes.eventTimeFilter = value instanceof EventTimeRange ? value.range : null;
        break;
      case "require_alias":
        changes.requireAlias = value === true;
        break;
      case "catalog":
        changes.catalog = typeof value === "string" ? value : null;
        break;
      default: {
        const extra = typeof name === "string" ? kind.extraFields[name] : undefined;
        if (extra) changes[extra] = value;
      }
    }
  }
  return changes;
}

function mergePath(path: PathParts, value: unknown): PathParts {
  if (value instanceof RelationPath) return value.parts;
  const changed = { ...path };
  if (value instanceof PyDict) {
    for (const part of RELATION_PARTS) {
      const name = value.get(part);
      if (name !== undefined) changed[part] = pathPart(part, name);
    }
  }
  return changed;
}

function pathPart(part: string, value: unknown): string | null {
  if (value === null || typeof value === "string") return value;
  throw new TsdbtError("TD5003", "Compilation Error", `Got an invalid path ${part}: ${pyStr(value)}`, {
    hint: `The ${part} of a relation is a string or none. Was the variable set?`,
  });
}

function mergePolicy(policy: PolicyParts, value: unknown): PolicyParts {
  if (value instanceof RelationPolicy) return value.parts;
  const changed = { ...policy };
  if (value instanceof PyDict) {
    for (const part of RELATION_PARTS) {
      const flag = value.get(part);
      if (typeof flag === "boolean") changed[part] = flag;
    }
  }
  return changed;
}

function relationType(kind: RelationClass, value: unknown): RelationType | null {
  if (value === null) return null;
  if (kind.types.includes(value as RelationType)) return value as RelationType;
  // What `this.type` gives while nothing is built yet.
  if (value instanceof HostObject && !value.truth()) return null;
  throw new TsdbtError("TD5004", "Compilation Error", `There is no relation type '${pyStr(value)}'.`, {
    hint: `Types of ${kind.className}: ${kind.types.join(", ")}.`,
  });
}
