import { TsdbtError } from "../../core/errors.ts";
import { HostObject } from "../../core/jinja/runtime/values.ts";
import type { AdapterSession } from "../adapter.ts";
import type { Column } from "../column.ts";
import { getColumnsInRelation } from "../operations.ts";

const CHOICES = ["fail", "ignore", "append_new_columns", "sync_all_columns"];

/** How the columns of a query differ from those of the table it fills. */
export class ColumnChanges extends HostObject {
  readonly typeName = "ClickHouseColumnChanges";
  readonly onSchemaChange: string;
  readonly toAdd: Column[];
  readonly toDrop: Column[];
  readonly toModify: Column[];
  constructor(onSchemaChange: string, toAdd: Column[], toDrop: Column[], toModify: Column[]) {
    super();
    this.onSchemaChange = onSchemaChange;
    this.toAdd = toAdd;
    this.toDrop = toDrop;
    this.toModify = toModify;
  }
  override truth(): boolean {
    return this.toAdd.length + this.toDrop.length + this.toModify.length > 0;
  }
  get hasSyncChanges(): boolean {
    return this.toDrop.length + this.toModify.length > 0;
  }
  get hasConflictingChanges(): boolean {
    if (this.onSchemaChange === "fail") return this.truth();
    return this.onSchemaChange !== "sync_all_columns" && this.hasSyncChanges;
  }
  override attr(name: string): unknown {
    switch (name) {
      case "on_schema_change":
        return this.onSchemaChange;
      case "columns_to_add":
        return this.toAdd;
      case "columns_to_drop":
        return this.toDrop;
      case "columns_to_modify":
        return this.toModify;
      case "has_schema_changes":
        return this.truth();
      case "has_sync_changes":
        return this.hasSyncChanges;
      case "has_conflicting_changes":
        return this.hasConflictingChanges;
    }
    return undefined;
  }
}

export interface SchemaCheck {
  onSchemaChange: string;
  /** The table as it is. */
  existing: unknown;
  /** The columns that it is to have. */
  target(): Promise<Column[]>;
  materialization: string;
}

/** Compares, and throws a TsdbtError where `on_schema_change` does not allow what differs. */
export async function schemaChanges(session: AdapterSession, check: SchemaCheck): Promise<ColumnChanges> {
  const { onSchemaChange, materialization } = check;
  if (!CHOICES.includes(onSchemaChange)) {
    throw new TsdbtError(
      "TD5332",
      "Runtime Error",
      "Only `fail`, `ignore`, `append_new_columns`, and `sync_all_columns` supported for `on_schema_change`.",
    );
  }
  const source = await getColumnsInRelation(session, check.existing);
  const target = await check.target();
  const before = new Map(source.map((column) => [column.name, column]));
  const after = new Set(target.map((column) => column.name));
  const changes = new ColumnChanges(
    onSchemaChange,
    target.filter((column) => !before.has(column.name)),
    source.filter((column) => !after.has(column.name)),
    target.filter((column) => before.has(column.name) && before.get(column.name)!.dtype !== column.dtype),
  );
  if (changes.hasConflictingChanges) throw outOfSync(changes, materialization);
  return changes;
}

function outOfSync({ toAdd, toDrop, toModify }: ColumnChanges, materialization: string): TsdbtError {
  const option = materialization === "table" ? "mv_on_schema_change" : "on_schema_change";
  const list = (columns: Column[]) => `[${columns.map((column) => `'${column.str()}'`).join(", ")}]`;
  return new TsdbtError(
    "TD5333",
    "Runtime Error",
    `\nThe source and target schemas on this ${materialization} model are out of sync.\n` +
      "They can be reconciled in several ways:\n" +
      `  - set the \`${option}\` config to \`append_new_columns\` or \`sync_all_columns\`.\n` +
      `  - Re-run the ${materialization} model with \`full_refresh: True\` to update the target schema.\n` +
      "  - update the schema manually and re-run the process.\n\n" +
      "Additional troubleshooting context:\n" +
      `   Source columns not in target: ${list(toDrop)}\n` +
      `   Target columns not in source: ${list(toAdd)}\n` +
      `   New column types: ${list(toModify)}\n`,
  );
}
