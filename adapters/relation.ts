import { TsdbtError } from "../core/errors.ts";
import { HostObject } from "../core/jinja/runtime/values.ts";
import { member } from "../core/python/support.ts";
import { createRelation } from "./relation-create.ts";
import { RELATION_MEMBERS } from "./relation-members.ts";
import {
  type EventTimeFilter,
  type PathParts,
  type PolicyParts,
  RELATION_PARTS,
  type RelationPart,
} from "./relation-parts.ts";

export type RelationType =
  | "table"
  | "view"
  | "cte"
  | "materialized_view"
  | "ephemeral"
  | "external"
  | "pointer_table"
  | "function"
  | "dictionary";

/** All that a relation is. Values are never changed: `replace` makes another relation. */
export interface RelationFields {
  readonly path: PathParts;
  readonly type: RelationType | null;
  readonly quoteCharacter: string;
  readonly includePolicy: PolicyParts;
  readonly quotePolicy: PolicyParts;
  /** Made by dbt: names match whatever their case where they are not quoted. */
  readonly dbtCreated: boolean;
  /** Rows at most (`--empty` is 0), for `str(relation)` in a query. */
  readonly limit: number | null;
  readonly eventTimeFilter: EventTimeFilter | null;
  /** Whether the engine wants an alias behind a subquery. */
  readonly requireAlias: boolean;
  readonly catalog: string | null;
  /** Of an information schema only: the view in it, null where none is named. */
  readonly view?: string | null;
}

/** How a class of relations is made; each adapter has its own. */
export interface RelationClass {
  new (fields: RelationFields): Relation;
  /** Python's name of the class. */
  readonly className: string;
  readonly defaults: RelationFields;
  readonly types: readonly RelationType[];
  /** Fields beyond the general ones, by the name that `api.Relation.create` takes them. */
  readonly extraFields: { readonly [argument: string]: string };
}

const EVERYTHING: PolicyParts = { database: true, schema: true, identifier: true };

/** Fields of a relation of which nothing is known. */
export const RELATION_DEFAULTS: RelationFields = {
  path: { database: null, schema: null, identifier: null },
  type: null,
  quoteCharacter: '"',
  includePolicy: EVERYTHING,
  quotePolicy: EVERYTHING,
  dbtCreated: false,
  limit: null,
  eventTimeFilter: null,
  requireAlias: true,
  catalog: null,
};

/**
 * A table, view or CTE by name, as templates see it: `{{ ref("orders") }}` prints it, `.schema`, `.include(database=False)`,
 * `.is_view` and so on work as dbt's do. `relation-members.ts` lists what templates may see.
 *
 * @see https://docs.getdbt.com/reference/dbt-classes#relation
 */
export class Relation extends HostObject {
  static readonly className: string = "BaseRelation";
  static readonly defaults: RelationFields = RELATION_DEFAULTS;
  static readonly extraFields: { readonly [argument: string]: string } = {};
  static readonly types: readonly RelationType[] = [
    "table",
    "view",
    "cte",
    "materialized_view",
    "ephemeral",
    "external",
    "pointer_table",
    "function",
  ];

  readonly fields: RelationFields;
  private rendered: string | undefined;

  constructor(fields: RelationFields) {
    super();
    this.fields = fields;
  }

  get typeName(): string {
    return this.fields.view === undefined ? this.kind.className : "InformationSchema";
  }
  get pyModule(): string {
    const adapter = /^(DuckDB|ClickHouse|Athena)Relation$/.exec(this.typeName)?.[1]?.toLowerCase();
    return `dbt.adapters.${adapter ?? "base"}.relation`;
  }
  get kind(): RelationClass {
    return this.constructor as unknown as RelationClass;
  }
  get database(): string | null {
    return this.fields.path.database;
  }
  get schema(): string | null {
    return this.fields.path.schema;
  }
  get identifier(): string | null {
    return this.fields.path.identifier;
  }
  get type(): RelationType | null {
    return this.fields.type;
  }

  /** The same relation with some fields changed. */
  replace(changes: Partial<RelationFields>): this {
    return new (this.constructor as new (fields: RelationFields) => this)({ ...this.fields, ...changes });
  }
  replacePath(changes: Partial<PathParts>): this {
    return this.replace({ path: { ...this.fields.path, ...changes } });
  }
  include(parts: Partial<PolicyParts>): this {
    return this.replace({ includePolicy: { ...this.fields.includePolicy, ...parts } });
  }
  quote(parts: Partial<PolicyParts>): this {
    return this.replace({ quotePolicy: { ...this.fields.quotePolicy, ...parts } });
  }
  /** Database and schema alone, as `create schema` needs them. */
  withoutIdentifier(): this {
    return this.include({ identifier: false }).replacePath({ identifier: null });
  }
  /** `relation.information_schema("tables")`: `"db".INFORMATION_SCHEMA.tables`. */
  informationSchema(view: string | null): Relation {
    const { path, quotePolicy } = this.fields;
    return new Relation({
      ...RELATION_DEFAULTS,
      path: { database: path.database, schema: null, identifier: "INFORMATION_SCHEMA" },
      type: "view",
      includePolicy: { database: path.database !== null, schema: false, identifier: true },
      quotePolicy: { ...quotePolicy, identifier: false },
      view,
    });
  }
  quoted(identifier: string): string {
    return `${this.fields.quoteCharacter}${identifier}${this.fields.quoteCharacter}`;
  }

  /** The parts of the name that are written, quoted where they are to be. */
  protected renderParts(): string[] {
    const { path, includePolicy, quotePolicy, view } = this.fields;
    const parts: string[] = [];
    for (const part of RELATION_PARTS) {
      const name = path[part];
      if (includePolicy[part] && name !== null) parts.push(quotePolicy[part] ? this.quoted(name) : name);
    }
    if (view) parts.push(view);
    return parts;
  }
  protected renderName(): string {
    return this.renderParts().join(".");
  }
  /** The name in SQL, e.g. `"db"."schema"."orders"`. */
  render(): string {
    this.rendered ??= this.renderName();
    return this.rendered;
  }
  renderLimited(): string {
    const { limit } = this.fields;
    const name = this.render();
    if (limit === null) return name;
    const query = limit === 0 ? `select * from ${name} where false limit 0` : `select * from ${name} limit ${limit}`;
    return `(${query})${this.subqueryAlias("limit")}`;
  }
  renderEventTimeFiltered(rendered = this.render()): string {
    const range = this.fields.eventTimeFilter;
    const condition = range && this.renderRange(range);
    return condition ? `(select * from ${rendered} where ${condition})${this.subqueryAlias("et_filter")}` : rendered;
  }
  protected renderRange({ fieldName, start, end }: EventTimeFilter): string {
    const conditions: string[] = [];
    if (start) conditions.push(`${fieldName} >= '${this.renderMoment(start)}'`);
    if (end) conditions.push(`${fieldName} < '${this.renderMoment(end)}'`);
    return conditions.join(" and ");
  }
  /** A datetime as the engine reads it within quotes. */
  protected renderMoment(moment: HostObject): string {
    return moment.str();
  }
  private subqueryAlias(namespace: string): string {
    return this.fields.requireAlias ? ` _dbt_${namespace}_subq_${this.identifier ?? "None"}` : "";
  }

  override str(): string {
    if (this.type === "function") return this.render();
    const name = this.fields.limit === null ? this.render() : this.renderLimited();
    return this.fields.eventTimeFilter ? this.renderEventTimeFiltered(name) : name;
  }
  override repr(): string {
    return `<${this.typeName} ${this.render()}>`;
  }
  override truth(): boolean {
    return true;
  }
  /** `x is mapping` holds: packages tell relations by it, and by `get("metadata")`. */
  get isMapping(): boolean {
    return true;
  }
  override attr(name: string): unknown {
    return member(RELATION_MEMBERS, this, name);
  }
  override item(key: unknown): unknown {
    return typeof key === "string" ? this.attr(key) : undefined;
  }
  override hashKey(): string {
    const fields = JSON.stringify(this.fields, (_key, value) => (value instanceof HostObject ? value.str() : value));
    return `${this.typeName}:${fields}`;
  }
  override equals(other: unknown): boolean {
    if (this === other) return true;
    return other instanceof Relation && other.constructor === this.constructor && other.hashKey() === this.hashKey();
  }

  /**
   * Whether this is the relation asked for. Throws a TsdbtError where only the case of a name differs: dbt does not guess
   * which of the two is meant.
   */
  matches(search: Partial<PathParts>): boolean {
    let exact = true;
    let approximate = true;
    let asked = false;
    for (const part of RELATION_PARTS) {
      const wanted = search[part];
      if (wanted === null || wanted === undefined) continue;
      asked = true;
      if (!this.isExactly(part, wanted)) exact = false;
      if (this.bare(this.fields.path[part] ?? "None") !== this.bare(wanted)) approximate = false;
    }
    if (!asked)
      throw new TsdbtError("TD5001", "Runtime Error", "Tried to match relation, but no search path was passed!");
    if (approximate && !exact) throw this.approximateMatch(search);
    return exact;
  }
  private isExactly(part: RelationPart, wanted: string): boolean {
    const own = this.fields.path[part];
    if (this.fields.dbtCreated && !this.fields.quotePolicy[part]) return own?.toLowerCase() === wanted.toLowerCase();
    return own === wanted;
  }
  /** A name in lower case, without the quotes around it. */
  private bare(name: string): string {
    const quote = this.fields.quoteCharacter;
    let start = 0;
    let end = name.length;
    while (start < end && name[start] === quote) start++;
    while (end > start && name[end - 1] === quote) end--;
    return name.slice(start, end).toLowerCase();
  }
  private approximateMatch(search: Partial<PathParts>): TsdbtError {
    return new TsdbtError(
      "TD5002",
      "Compilation Error",
      "When searching for a relation, dbt found an approximate match. Instead of guessing \n" +
        `which relation to use, dbt will move on. Please delete ${this.str()}, or rename it to be less ambiguous.\n` +
        `Searched for: ${createRelation(this.kind, search).str()}\nFound: ${this.str()}`,
      { hint: "Names that differ only in case are different names when they are quoted." },
    );
  }
}
