import { PyDict } from "../core/jinja/index.ts";
import { pyRepr } from "../core/jinja/runtime/repr.ts";
import { HostObject } from "../core/jinja/runtime/values.ts";
import { type Member, method, raise } from "../core/python/support.ts";
import type { RelationSource } from "./adapter.ts";
import { lookUp } from "./look-up.ts";
import type { Relation, RelationClass } from "./relation.ts";
import { changedFields, createRelation, quotingOf } from "./relation-create.ts";
import { RELATION_PARTS, RelationPolicy } from "./relation-parts.ts";

/**
 * What a class of relations makes relations of, on the class itself and on each of its relations:
 * `api.Relation.create_from(adapter.config, config.model)`, `this.from_dict(this.to_dict())`.
 */
export function sourceMembers<T>(kindOf: (self: T) => RelationClass): [string, Member<T>][] {
  const create = (self: T, quoting: unknown, source: unknown, more: PyDict) =>
    relationFrom(kindOf(self), quoting, source, more);
  return [
    ["create_from", method("create_from(quoting, relation_config, **kwargs)", create)],
    [
      "create_from_source",
      method("create_from_source(source, **kwargs)", (self: T, source: unknown, more: PyDict) =>
        relationFrom(kindOf(self), null, source, more),
      ),
    ],
    ["from_dict", method("from_dict(d)", (self: T, data: unknown) => relationOfDict(kindOf(self), data))],
    [
      "get_default_quote_policy",
      method("get_default_quote_policy()", (self: T) => new RelationPolicy(kindOf(self).defaults.quotePolicy)),
    ],
    [
      "get_default_include_policy",
      method("get_default_include_policy()", (self: T) => new RelationPolicy(kindOf(self).defaults.includePolicy)),
    ],
  ];
}

function relationFrom(kind: RelationClass, quoting: unknown, source: unknown, more: PyDict): Relation {
  if (!(source instanceof HostObject)) return raise("AttributeError", `'dict' object has no attribute 'quoting_dict'`);
  const text = (name: string) => lookUp(source, name) as string | null;
  const parts = { database: text("database"), schema: text("schema"), identifier: text("identifier") };
  const own = { ...parts, quoting: yesAndNo(lookUp(source, "quoting")) } as RelationSource;
  const relation = createRelation(kind, {
    ...parts,
    quotePolicy: quotingOf(kind, yesAndNo(lookUp(quoting, "quoting")), own),
  });
  return relation.replace(changedFields(kind, relation.fields, more.entries()));
}

function yesAndNo(value: unknown): { [part: string]: boolean } {
  const chosen: { [part: string]: boolean } = {};
  for (const part of RELATION_PARTS) {
    const flag = value === null ? null : lookUp(value, part);
    if (typeof flag === "boolean") chosen[part] = flag;
  }
  return chosen;
}

function relationOfDict(kind: RelationClass, data: unknown): Relation {
  if (!(data instanceof PyDict)) return raise("AttributeError", `${pyRepr(data)} is not a dict`);
  const relation = createRelation(kind, {});
  const given = [...data.entries()].filter(([name, value]) => value !== null || name === "type");
  return relation.replace(changedFields(kind, relation.fields, given));
}
