import { TsdbtError } from "../core/errors.ts";
import { PyDict, toData } from "../core/jinja/index.ts";
import { pyRepr } from "../core/jinja/runtime/repr.ts";
import type { Adapter, AdapterSession } from "./adapter.ts";

const TYPES = ["check", "not_null", "unique", "primary_key", "foreign_key", "custom"] as const;

/** A constraint of a contract, of a column or (with `columns`) of the whole model. */
export interface Constraint {
  type: (typeof TYPES)[number];
  name: string | null;
  /** What it means depends on the type: a condition, or words behind `unique`. */
  expression: string | null;
  warnUnenforced: boolean;
  warnUnsupported: boolean;
  to: string | null;
  toColumns: string[];
  columns: string[];
}

/** Reads a constraint as the contract of a model has it. Throws a TsdbtError for one of a wrong shape. */
export function parseConstraint(raw: unknown): Constraint {
  const data = raw instanceof PyDict ? (toData(raw) as { [key: string]: unknown }) : null;
  const type = TYPES.find((known) => known === data?.type);
  const text = (value: unknown) => value === undefined || value === null || typeof value === "string";
  const names = (value: unknown) =>
    value === undefined || (Array.isArray(value) && value.every((v) => typeof v === "string"));
  const flag = (value: unknown) => value === undefined || typeof value === "boolean";
  const right =
    data &&
    type &&
    [data.name, data.expression, data.to].every(text) &&
    [data.to_columns, data.columns].every(names) &&
    [data.warn_unenforced, data.warn_unsupported].every(flag);
  if (!right) {
    throw new TsdbtError("TD5020", "Runtime Error", `Could not parse constraint: ${pyRepr(raw)}`, {
      hint: `A constraint has a type (${TYPES.join(", ")}) and may have name, expression, columns, to and to_columns.`,
    });
  }
  return {
    type,
    name: (data.name as string | undefined) ?? null,
    expression: (data.expression as string | undefined) ?? null,
    warnUnenforced: data.warn_unenforced !== false,
    warnUnsupported: data.warn_unsupported !== false,
    to: (data.to as string | undefined) ?? null,
    toColumns: (data.to_columns as string[] | undefined) ?? [],
    columns: (data.columns as string[] | undefined) ?? [],
  };
}

/** A column's constraint as most engines write it; `null` where it says nothing. */
export function columnConstraint({ type, expression, to, toColumns }: Constraint): string | null {
  const words = expression ?? "";
  switch (type) {
    case "check":
      return words ? `check (${words})` : null;
    case "not_null":
      return `not null ${words}`.trim();
    case "unique":
      return `unique ${words}`.trim();
    case "primary_key":
      return `primary key ${words}`.trim();
    case "foreign_key":
      if (to && toColumns.length > 0) return `references ${to} (${toColumns.join(", ")})`;
      return words ? `references ${words}` : null;
    case "custom":
      return words.trim() || null;
  }
}

/** A model's constraint as most engines write it; `null` where it says nothing. */
export function modelConstraint({ type, name, expression, to, toColumns, columns }: Constraint): string | null {
  const prefix = name ? `constraint ${name} ` : "";
  const list = columns.join(", ");
  const words = expression ? ` ${expression}` : "";
  switch (type) {
    case "check":
      return expression ? `${prefix}check (${expression})` : null;
    case "unique":
      return `${prefix}unique${words} (${list})`;
    case "primary_key":
      return `${prefix}primary key${words} (${list})`;
    case "foreign_key":
      if (to && toColumns.length > 0)
        return `${prefix}foreign key (${list}) references ${to} (${toColumns.join(", ")})`;
      return expression ? `${prefix}foreign key (${list}) references ${expression}` : null;
    case "custom":
      return expression ? `${prefix}${expression}` : null;
    case "not_null":
      return null;
  }
}

/**
 * The DDL of a constraint as far as the engine knows it: warns where the engine only accepts it or does not have it
 * (then it is left out).
 */
export function renderSupported(
  adapter: Adapter,
  session: AdapterSession,
  constraint: Constraint,
  render: (constraint: Constraint) => string | null,
): string | null {
  if (constraint.type === "custom") return render(constraint);
  const support = adapter.constraintSupport[constraint.type];
  if (support === "not_supported" && constraint.warnUnsupported)
    warnNotSupported(session, constraint.type, adapter.type);
  if (support === "not_enforced" && constraint.warnUnenforced) {
    session.emit?.({
      name: "ConstraintNotEnforced",
      code: "E048",
      level: "warn",
      enforced: true,
      message:
        `The constraint type ${constraint.type} is not enforced by ${adapter.type}. The constraint will be included in ` +
        "this model's DDL statement, but it will not guarantee anything about the underlying data. Set " +
        "'warn_unenforced: false' on this constraint to ignore this warning.",
      data: { constraint: constraint.type, adapter: adapter.type },
    });
  }
  return support === "not_supported" ? null : render(constraint);
}

/** Says that a kind of constraint is left out of the DDL. */
export function warnNotSupported(session: AdapterSession, constraint: string, adapter: string): void {
  session.emit?.({
    name: "ConstraintNotSupported",
    code: "E049",
    level: "warn",
    enforced: true,
    message:
      `The constraint type ${constraint} is not supported by ${adapter}, and will be ignored. Set ` +
      "'warn_unsupported: false' on this constraint to ignore this warning.",
    data: { constraint, adapter },
  });
}
