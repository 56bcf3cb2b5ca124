import { TsdbtError } from "../../core/errors.ts";
import { PyDict } from "../../core/jinja/index.ts";
import type { HostObject } from "../../core/jinja/runtime/values.ts";
import { type Member, member, method } from "../../core/python/support.ts";
import { RELATION_DEFAULTS, Relation, type RelationFields, type RelationType } from "../relation.ts";
import { RELATION_MEMBERS } from "../relation-members.ts";
import { type PathParts, RELATION_PARTS } from "../relation-parts.ts";
import { quoteIdentifier } from "./quoting.ts";

export interface ClickHouseRelationFields extends RelationFields {
  /** Tables of its database can be swapped atomically. */
  readonly canExchange: boolean;
  readonly canOnCluster: boolean | null;
  readonly isTemporary: boolean;
  /** Materialized views that write to it: dicts of schema, name and sql. */
  readonly mvsPointingToIt: readonly unknown[];
  readonly isRefreshable: boolean;
  readonly refreshableAppend: boolean;
}

/** ClickHouse's relation: it has no database above its schema, and its name is always quoted with backticks. */
export class ClickHouseRelation extends Relation {
  static override readonly className = "ClickHouseRelation";
  static override readonly types: readonly RelationType[] = [
    "table",
    "view",
    "cte",
    "materialized_view",
    "external",
    "ephemeral",
    "dictionary",
  ];
  static override readonly defaults: ClickHouseRelationFields = {
    ...RELATION_DEFAULTS,
    path: { database: "", schema: null, identifier: null },
    quoteCharacter: "`",
    includePolicy: { database: false, schema: true, identifier: true },
    requireAlias: false,
    canExchange: false,
    canOnCluster: false,
    isTemporary: false,
    mvsPointingToIt: [],
    isRefreshable: false,
    refreshableAppend: false,
  };
  static override readonly extraFields = {
    can_exchange: "canExchange",
    can_on_cluster: "canOnCluster",
    is_temporary: "isTemporary",
    mvs_pointing_to_it: "mvsPointingToIt",
    is_refreshable: "isRefreshable",
    refreshable_append: "refreshableAppend",
  };
  declare readonly fields: ClickHouseRelationFields;

  constructor(fields: RelationFields) {
    const { path } = fields;
    if (path.database && path.database !== path.schema) {
      throw new TsdbtError("TD5301", "Runtime Error", `Cannot set database ${path.database} in clickhouse!`, {
        hint: "What ClickHouse calls a database is dbt's schema: leave `database` out.",
      });
    }
    super(path.database === "" ? fields : { ...fields, path: { ...path, database: "" } });
  }

  protected override renderName(): string {
    const { path, includePolicy, view } = this.fields;
    const parts: string[] = [];
    for (const part of RELATION_PARTS) {
      const name = path[part];
      if (includePolicy[part] && name) parts.push(quoteIdentifier(name));
    }
    if (view) parts.push(quoteIdentifier(view));
    return parts.join(".");
  }
  protected override renderMoment(moment: HostObject): string {
    return moment.str().slice(0, "2020-01-01 00:00:00".length);
  }
  override matches(search: Partial<PathParts>): boolean {
    if (search.schema) {
      throw new TsdbtError(
        "TD5302",
        "Runtime Error",
        `Passed unexpected schema value ${search.schema} to Relation.matches`,
      );
    }
    return (search.database ?? "") === this.database && search.identifier === this.identifier;
  }
  /** The same relation, made on the cluster. */
  onCluster(): this {
    return this.replace({ canOnCluster: true } as Partial<ClickHouseRelationFields>);
  }
  /** Another relation beside this one: `derivative("_backup")`. */
  derivative(suffix: string, type: RelationType | null, whole: boolean): ClickHouseRelation {
    return new ClickHouseRelation({
      ...ClickHouseRelation.defaults,
      path: { database: "", schema: this.schema, identifier: whole ? suffix : `${this.identifier}${suffix}` },
      type: type || this.type,
      canOnCluster: this.fields.canOnCluster,
    } as ClickHouseRelationFields);
  }
  override attr(name: string): unknown {
    return member(CLICKHOUSE_MEMBERS, this, name) ?? member(RELATION_MEMBERS, this, name);
  }
}

const CLICKHOUSE_MEMBERS = new Map<string, Member<ClickHouseRelation>>([
  ["can_exchange", (self) => self.fields.canExchange],
  ["can_on_cluster", (self) => self.fields.canOnCluster],
  ["is_temporary", (self) => self.fields.isTemporary],
  ["mvs_pointing_to_it", (self) => [...self.fields.mvsPointingToIt]],
  ["is_refreshable", (self) => self.fields.isRefreshable],
  ["refreshable_append", (self) => self.fields.refreshableAppend],
  // A database is made on the cluster wherever there is one.
  ["should_on_cluster", (self) => (self.fields.includePolicy.identifier ? self.fields.canOnCluster : true)],
  [
    "derivative",
    method(
      "derivative(suffix, relation_type=None, interpret_suffix_as_full_identifier=False)",
      (self: ClickHouseRelation, suffix: string, type: RelationType | null, whole: boolean) =>
        self.derivative(suffix, type, whole),
    ),
  ],
  [
    "get_on_cluster",
    method("get_on_cluster(cluster='', database_engine=None)", (_self, cluster: string, engine: string | null) =>
      onCluster(cluster, engine ?? ""),
    ),
  ],
]);

/** Whether statements name the cluster: a replicated database spreads them itself. */
export function onCluster(cluster: string, databaseEngine: string): boolean {
  return cluster.trim() !== "" && !databaseEngine.toLowerCase().includes("replicated");
}

/** The dicts that a JSON text lists, for `mvs_pointing_to_it`. */
export function dictsOf(data: unknown): unknown[] {
  return Array.isArray(data) ? data.map((entry) => PyDict.from(entry as Record<string, unknown>)) : [];
}
