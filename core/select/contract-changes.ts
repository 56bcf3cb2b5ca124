import { type ErrorDetails, TsdbtError } from "../errors.ts";
import type { NewEvent } from "../events/event.ts";
import { breakingChange } from "../events/messages/selection.ts";
import { toPython } from "../jinja/index.ts";
import { pyRepr } from "../jinja/runtime/repr.ts";
import type { Manifest } from "../manifest/resources.ts";
import { deepEqual, mapping, type Resource } from "./compare.ts";

/** Which constraints the engine holds: `{ not_null: "enforced" }`. */
export type ConstraintSupport = { readonly [type: string]: string };

interface Constraint {
  type: string;
  name: string | null;
  columns: string[] | null;
}

/**
 * Looks for promises that models no longer keep: each is a warning, and an error where the model has versions, since a new one could
 * have been made. https://docs.getdbt.com/reference/resource-configs/contract#detecting-breaking-changes
 * @throws TsdbtError
 */
export function checkContracts(
  manifest: Manifest,
  old: { [id: string]: Resource },
  support: ConstraintSupport,
  emit: (event: NewEvent) => void,
): void {
  for (const [id, before] of Object.entries(old)) {
    if (before.resource_type !== "model" || mapping(before.contract).enforced !== true) continue;
    const now = manifest.nodes.get(id) as unknown as Resource | undefined;
    if (now) {
      tell(now, breakingChanges(before, now, support), emit);
      continue;
    }
    const disabled = manifest.disabled.get(id)?.[0] as Resource | undefined;
    const removed = disabled ?? before;
    if (mapping(removed.contract).enforced !== true || isPast(removed.deprecation_date)) continue;
    tell(removed, [`Contracted model '${id}' was ${disabled ? "disabled" : "deleted or renamed"}.`], emit);
  }
}

function isPast(date: unknown): boolean {
  return typeof date === "string" && Date.parse(date) < Date.now();
}

function tell(model: Resource, changes: readonly string[], emit: (event: NewEvent) => void): void {
  if (changes.length === 0) return;
  const { name, original_file_path: path } = model as unknown as { name: string; original_file_path: string };
  if ((model.version ?? null) === null) {
    emit(breakingChange(name, path, changes));
    return;
  }
  const details: ErrorDetails = {
    nodeId: model.unique_id,
    file: path,
    node: { resource_type: "model", name, original_file_path: path },
  };
  throw new TsdbtError(
    "TD4024",
    "Breaking change to contract Error",
    "While comparing to previous project state, dbt detected a breaking change to an enforced contract." +
      `\n  - ${changes.join("\n  - ")}\n` +
      "Consider making an additive (non-breaking) change instead, if possible.\n" +
      "Otherwise, create a new model version: https://docs.getdbt.com/docs/collaborate/govern/model-versions",
    details,
  );
}

/** What of an enforced contract is no longer so, in dbt's words; nothing where it was not enforced or has only grown. */
export function breakingChanges(before: Resource, now: Resource, support: ConstraintSupport): string[] {
  const [was, is] = [mapping(before.contract), mapping(now.contract)];
  if (was.enforced !== true || (is.enforced === true && is.checksum === was.checksum)) return [];
  const changes: string[] = [];
  const add = (what: string, lines: readonly string[]): void => {
    if (lines.length > 0) changes.push(`${what}: \n    - ${lines.join("\n    - ")}`);
  };
  if (is.enforced !== true) {
    changes.push(
      "Contract enforcement was removed: Previously, this model had an enforced contract. It is no longer configured to " +
        "enforce its contract, and this is a breaking change.",
    );
  }
  const [oldColumns, columns] = [mapping(before.columns), mapping(now.columns)];
  const names = Object.keys(oldColumns).sort();
  const typeOf = (column: unknown): string => String(mapping(column).data_type ?? "None");
  add(
    "Columns were removed",
    names.filter((name) => !Object.hasOwn(columns, name)),
  );
  const kept = names.filter((name) => Object.hasOwn(columns, name));
  add(
    "Columns with data_type changes",
    kept
      .filter((name) => baseType(typeOf(oldColumns[name])) !== baseType(typeOf(columns[name])))
      .map((name) => `${name} (${typeOf(oldColumns[name])} -> ${typeOf(columns[name])})`),
  );
  if (enforces(before)) {
    const gone = (old: unknown, own: unknown): Constraint[] =>
      constraintsOf(old).filter(
        (constraint) =>
          support[constraint.type] === "enforced" && !constraintsOf(own).some((other) => deepEqual(constraint, other)),
      );
    const title = ({ name, type }: Constraint): string => `'${name ?? `ConstraintType.${type}`}' constraint`;
    add(
      "Enforced column level constraints were removed",
      kept.flatMap((column) =>
        gone(mapping(oldColumns[column]).constraints, mapping(columns[column]).constraints).map(
          (constraint) => `${title(constraint)} on column ${column}`,
        ),
      ),
    );
    add(
      "Enforced model level constraints were removed",
      gone(before.constraints, now.constraints).map(
        (constraint) => `${title(constraint)} on columns ${pyRepr(toPython(constraint.columns ?? []))}`,
      ),
    );
    const had = names.some((name) => constraintsOf(mapping(oldColumns[name]).constraints).length > 0);
    if (!enforces(now) && (had || constraintsOf(before.constraints).length > 0)) {
      add("Materialization changed with enforced constraints", [`${materialized(before)} -> ${materialized(now)}`]);
    }
  }
  return changes;
}

const materialized = (model: Resource): string => String(mapping(model.config).materialized);
const enforces = (model: Resource): boolean => ["table", "incremental"].includes(materialized(model));
const constraintsOf = (value: unknown): Constraint[] => (Array.isArray(value) ? (value as Constraint[]) : []);

/** Sizes, precision and scale are no promise: `varchar(10)` is a `varchar`. */
function baseType(type: string): string {
  return (type.split("(")[0] as string).trim().toLowerCase();
}
