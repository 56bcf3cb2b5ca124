import { HostObject } from "../../core/jinja/runtime/values.ts";
import type { TableKind } from "./relation.ts";

const NAMES: { readonly [kind in TableKind]: string } = {
  table: "TABLE",
  view: "VIEW",
  cte: "CTE",
  materializedview: "MATERIALIZED_VIEW",
  iceberg_table: "ICEBERG",
};

/** `adapter.get_glue_table_type(relation)`: `.value` is `table`, `view` or `iceberg_table`. */
export class TableTypeObject extends HostObject {
  readonly typeName = "TableType";
  readonly pyModule = "dbt.adapters.athena.relation";
  readonly kind: TableKind;
  constructor(kind: TableKind) {
    super();
    this.kind = kind;
  }
  override attr(name: string): unknown {
    if (name === "value") return this.kind;
    return name === "name" ? NAMES[this.kind] : undefined;
  }
  override str(): string {
    return `TableType.${NAMES[this.kind]}`;
  }
  override repr(): string {
    return `<${this.str()}: '${this.kind}'>`;
  }
  override equals(other: unknown): boolean {
    return other instanceof TableTypeObject && other.kind === this.kind;
  }
}
