import { TsdbtError } from "../core/errors.ts";
import { PyDict } from "../core/jinja/index.ts";
import { HostObject } from "../core/jinja/runtime/values.ts";
import { type Member, member, method } from "../core/python/support.ts";

/** What can be left out or quoted: the levels of a relation's name. */
export type RelationPart = "database" | "schema" | "identifier";

export const RELATION_PARTS: readonly RelationPart[] = ["database", "schema", "identifier"];

/** The name of a relation; a part that an engine does not have is null. */
export interface PathParts {
  readonly database: string | null;
  readonly schema: string | null;
  readonly identifier: string | null;
}

/** A yes or no for each part: whether it is written, whether it is quoted. */
export interface PolicyParts {
  readonly database: boolean;
  readonly schema: boolean;
  readonly identifier: boolean;
}

const isPart = (value: unknown): value is RelationPart => RELATION_PARTS.includes(value as RelationPart);

/** Rows of `--sample` and of a microbatch: `field >= start and field < end`. */
export interface EventTimeFilter {
  readonly fieldName: string;
  /** A Python datetime, or null where the range is open. */
  readonly start: HostObject | null;
  readonly end: HostObject | null;
}

/** What dicts have and relations and their parts once had. */
export const DICT_NAMES = ["keys", "items", "values"] as const;

/** Answers a call of one of {@link DICT_NAMES}. */
export function usedAsDict(self: HostObject): never {
  const name = self.str();
  throw new TsdbtError(
    "TD5005",
    "Compilation Error",
    `The object ("${name}") was used as a dictionary. This capability has been removed from objects of this type.`,
    { hint: "`to_dict()` gives a dict." },
  );
}

/** A path or a policy as the dict that `to_dict()` gives. */
export function plainParts(self: RelationPath | RelationPolicy, omitNone: boolean): PyDict {
  return PyDict.from(Object.entries(self.parts).filter(([, part]) => part !== null || !omitNone));
}

/** What paths and policies have in common: copies with some parts changed, and their dict. */
function partsMembers<T extends RelationPath | RelationPolicy>(
  changed: (self: T, changes: { [part: string]: never }) => T,
): [string, Member<T>][] {
  const copy = (self: T, changes: PyDict) => changed(self, Object.fromEntries(changes.entries()));
  return [
    ["replace", method("replace(**kwargs)", copy)],
    ["incorporate", method("incorporate(**kwargs)", copy)],
    ["replace_dict", method("replace_dict(dct)", copy)],
    ["from_dict", method("from_dict(d)", copy)],
    ["to_dict", method("to_dict(omit_none=False)", (self: T, omitNone: boolean) => plainParts(self, omitNone))],
    ...DICT_NAMES.map((name): [string, Member<T>] => [name, method(`${name}()`, usedAsDict)]),
  ];
}

/** `relation.path` as templates see it. */
export class RelationPath extends HostObject {
  readonly typeName = "Path";
  readonly isMapping = true;
  readonly parts: PathParts;
  constructor(parts: PathParts) {
    super();
    this.parts = parts;
  }
  override attr(name: string): unknown {
    return isPart(name) ? this.parts[name] : member(PATH_MEMBERS, this, name);
  }
  override item(key: unknown): unknown {
    return isPart(key) ? this.parts[key] : undefined;
  }
  override repr(): string {
    const text = RELATION_PARTS.map((part) => {
      const value = this.parts[part];
      return `${part}=${value === null ? "None" : `'${value}'`}`;
    });
    return `Path(${text.join(", ")})`;
  }
  override equals(other: unknown): boolean {
    return other instanceof RelationPath && RELATION_PARTS.every((part) => this.parts[part] === other.parts[part]);
  }
}

const PATH_MEMBERS = new Map<string, Member<RelationPath>>([
  ["get_part", method("get_part(key)", (self: RelationPath, key: RelationPart) => self.parts[key])],
  [
    "get_lowered_part",
    method("get_lowered_part(key)", (self: RelationPath, key: RelationPart) => self.parts[key]?.toLowerCase() ?? null),
  ],
  [
    "get",
    method("get(key, default=None)", (self: RelationPath, key: unknown, dflt: unknown) => self.item(key) ?? dflt),
  ],
  ...partsMembers((self: RelationPath, changes) => new RelationPath({ ...self.parts, ...changes })),
]);

/** `relation.include_policy` and `relation.quote_policy` as templates see them. */
export class RelationPolicy extends HostObject {
  readonly typeName = "Policy";
  readonly isMapping = true;
  readonly parts: PolicyParts;
  constructor(parts: PolicyParts) {
    super();
    this.parts = parts;
  }
  override attr(name: string): unknown {
    return isPart(name) ? this.parts[name] : member(POLICY_MEMBERS, this, name);
  }
  override item(key: unknown): unknown {
    return isPart(key) ? this.parts[key] : undefined;
  }
  override repr(): string {
    return `Policy(${RELATION_PARTS.map((part) => `${part}=${this.parts[part] ? "True" : "False"}`).join(", ")})`;
  }
  override equals(other: unknown): boolean {
    return other instanceof RelationPolicy && RELATION_PARTS.every((part) => this.parts[part] === other.parts[part]);
  }
}

const POLICY_MEMBERS = new Map<string, Member<RelationPolicy>>([
  ["get_part", method("get_part(key)", (self: RelationPolicy, key: RelationPart) => self.parts[key])],
  [
    "get",
    method("get(key, default=None)", (self: RelationPolicy, key: unknown, dflt: unknown) => self.item(key) ?? dflt),
  ],
  ...partsMembers((self: RelationPolicy, changes) => new RelationPolicy({ ...self.parts, ...changes })),
]);

/** `relation.event_time_filter` as templates see it. */
export class EventTimeRange extends HostObject {
  readonly typeName = "EventTimeFilter";
  readonly range: EventTimeFilter;
  constructor(range: EventTimeFilter) {
    super();
    this.range = range;
  }
  override attr(name: string): unknown {
    switch (name) {
      case "field_name":
        return this.range.fieldName;
      case "start":
        return this.range.start;
      case "end":
        return this.range.end;
    }
    return undefined;
  }
  override item(key: unknown): unknown {
    return typeof key === "string" ? this.attr(key) : undefined;
  }
}
