import type { PyDict } from "../core/jinja/index.ts";
import { HostObject } from "../core/jinja/runtime/values.ts";
import { type Member, member, method } from "../core/python/support.ts";
import type { RelationClass } from "./relation.ts";
import { changedFields, createRelation, ephemeralRelation } from "./relation-create.ts";
import { TYPE_NAMES } from "./relation-members.ts";
import type { PolicyParts } from "./relation-parts.ts";
import { sourceMembers } from "./relation-sources.ts";

/**
 * `api.Relation` and `adapter.Relation`: makes relations in templates, quoted as the project's `quoting` says.
 *
 *     {% set tmp = api.Relation.create(schema="staging", identifier="tmp", type="table") %}
 */
export class RelationFactory extends HostObject {
  readonly typeName = "RelationProxy";
  readonly pyModule = "dbt.context.providers";
  readonly kind: RelationClass;
  readonly quoting: Partial<PolicyParts>;
  constructor(kind: RelationClass, quoting: Partial<PolicyParts> = {}) {
    super();
    this.kind = kind;
    this.quoting = quoting;
  }
  override attr(name: string): unknown {
    return member(MEMBERS, this, name);
  }
}

const MEMBERS = new Map<string, Member<RelationFactory>>([
  ...TYPE_NAMES.map(([name, type]): [string, Member<RelationFactory>] => [name, () => type]),
  [
    "create",
    method(
      "create(database=None, schema=None, identifier=None, type=None, **kwargs)",
      (self: RelationFactory, database: unknown, schema: unknown, identifier: unknown, type: unknown, rest: PyDict) => {
        const base = createRelation(self.kind, { quotePolicy: self.quoting });
        const named = [
          ["database", database],
          ["schema", schema],
          ["identifier", identifier],
          ["type", type],
        ] as const;
        return base.replace(changedFields(self.kind, base.fields, [...named, ...rest.entries()]));
      },
    ),
  ],
  [
    "create_ephemeral_from",
    method(
      "create_ephemeral_from(relation_config, limit=None, event_time_filter=None)",
      (self: RelationFactory, config) => {
        const identifier = (config as HostObject).attr("identifier");
        return ephemeralRelation(self.kind, String(identifier));
      },
    ),
  ],
  [
    "add_ephemeral_prefix",
    method("add_ephemeral_prefix(name)", (_self: RelationFactory, name: string) => `__dbt__cte__${name}`),
  ],
  [
    "scd_args",
    method("scd_args(primary_key, updated_at)", (_self: RelationFactory, key: unknown, updatedAt: unknown) => [
      ...(Array.isArray(key) ? key : [key]),
      updatedAt,
    ]),
  ],
  ["get_relation_type", method("get_relation_type(value)", (_self: RelationFactory, value: unknown) => value)],
  ...sourceMembers((self: RelationFactory) => self.kind),
]);
