import { member, method } from "../../core/python/support.ts";
import { RELATION_DEFAULTS, Relation, type RelationFields, type RelationType } from "../relation.ts";
import { RELATION_MEMBERS } from "../relation-members.ts";
import type { EventTimeFilter } from "../relation-parts.ts";

export interface AthenaRelationFields extends RelationFields {
  /** The name of the folder of its data, where that is not its own. */
  readonly s3PathTablePart: string | null;
  /** `table_type` of its parameters in Glue: ICEBERG, or nothing. */
  readonly detailedTableType: string | null;
}

/** Athena's relation: Trino's names in queries, Hive's in DDL. */
export class AthenaRelation extends Relation {
  static override readonly className = "AthenaRelation";
  static override readonly defaults: AthenaRelationFields = {
    ...RELATION_DEFAULTS,
    requireAlias: false,
    s3PathTablePart: null,
    detailedTableType: null,
  };
  static override readonly extraFields = {
    s3_path_table_part: "s3PathTablePart",
    detailed_table_type: "detailedTableType",
  };
  declare readonly fields: AthenaRelationFields;

  /** Without the catalog and in backticks, as DDL wants it. */
  renderHive(): string {
    const includePolicy = { database: false, schema: true, identifier: true };
    return this.replace({ quoteCharacter: "`", includePolicy }).render();
  }
  /** Without quotes, as OPTIMIZE and VACUUM want it. */
  renderPure(): string {
    return this.replace({ quoteCharacter: "" }).render();
  }
  protected override renderRange({ fieldName, start, end }: EventTimeFilter): string {
    const field = `cast(${fieldName} as timestamp)`;
    const moment = (limit: NonNullable<EventTimeFilter["start"]>) => `timestamp '${this.renderMoment(limit)}'`;
    if (start && end) return `${field} >= ${moment(start)} and ${field} < ${moment(end)}`;
    if (start) return `${field} >= ${moment(start)}`;
    return end ? `${field} < timestamp'${this.renderMoment(end)}'` : "";
  }
  override attr(name: string): unknown {
    return member(ATHENA_MEMBERS, this, name) ?? member(RELATION_MEMBERS, this, name);
  }
}

const ATHENA_MEMBERS = new Map([
  ["s3_path_table_part", (self: AthenaRelation) => self.fields.s3PathTablePart],
  ["detailed_table_type", (self: AthenaRelation) => self.fields.detailedTableType],
  ["render_hive", method("render_hive()", (self: AthenaRelation) => self.renderHive())],
  ["render_pure", method("render_pure()", (self: AthenaRelation) => self.renderPure())],
]);

/** What a table of Glue is. https://docs.aws.amazon.com/glue/latest/webapi/API_Table.html */
export type TableKind = "table" | "view" | "cte" | "materializedview" | "iceberg_table";

/** Kinds whose data lies in S3. */
export function isPhysical(kind: TableKind): boolean {
  return kind === "table" || kind === "iceberg_table";
}

/** The relation's type in dbt's words. */
export function relationTypeOf(glueType: string): RelationType {
  return glueType === "VIRTUAL_VIEW" ? "view" : "table";
}
