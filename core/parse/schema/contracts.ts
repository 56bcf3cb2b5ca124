import { createHash } from "node:crypto";
import type { JsonObject, Node } from "../../manifest/resources.ts";
import { pyRepr, pyStr } from "../python-text.ts";
import type { ParseState } from "../state.ts";
import { parseRefOrSource } from "../static.ts";
import type { Entry } from "./entries.ts";

const ENFORCING: ReadonlySet<string> = new Set(["table", "incremental"]);

/**
 * Sets a model's constraints and what they refer to.
 * https://docs.getdbt.com/reference/resource-properties/constraints
 * @throws TsdbtError
 */
export function patchConstraints(state: ParseState, node: Node, constraints: JsonObject[], entry: Entry): void {
  const { schema } = entry;
  const fail = (message: string, hint?: string) =>
    schema.error("TD4240", "Parsing Error", message, entry.shape.path, { hint });
  if (node.contract?.enforced) {
    const all = [...(node.constraints ?? []), ...Object.values(node.columns).flatMap((column) => column.constraints)];
    if (all.some((c) => c.warn_unsupported) && !ENFORCING.has(node.config.materialized)) {
      state.warnings.warn(
        "UnsupportedConstraintMaterialization",
        "I068",
        `Constraint types are not supported for ${node.config.materialized} materializations and will be ignored.  Set ` +
          "'warn_unsupported: false' on this constraint to ignore this warning.",
        { materialized: node.config.materialized },
      );
    }
    const problems: string[] = [];
    if (Object.keys(node.columns).length === 0)
      problems.push("Constraints must be defined in a `yml` schema configuration file like `schema.yml`.");
    if (node.language !== "sql") problems.push(`Language Error: Expected 'sql' but found '${node.language ?? ""}'`);
    if (problems.length > 0) {
      const message = `Contract enforcement failed for: (${node.original_file_path})\n${problems.join("\n")}`;
      throw fail(message, "describe the model's columns under `columns:`, each with its `data_type`");
    }
  }
  checkPrimaryKeys(node, constraints, fail);
  node.constraints = constraints;
  const columnConstraints = Object.values(node.columns).flatMap((column) => column.constraints);
  for (const constraint of [...constraints, ...columnConstraints]) {
    if (constraint.type !== "foreign_key" || typeof constraint.to !== "string") continue;
    const target = parseRefOrSource(constraint.to);
    if (!target) {
      throw fail(
        `Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model ${node.name}: ${constraint.to}.`,
        "write `to: ref('model')`",
      );
    }
    if (Array.isArray(target)) node.sources.push(target);
    else node.refs.push(target);
  }
}

function checkPrimaryKeys(node: Node, constraints: JsonObject[], fail: (message: string) => Error): void {
  const columns = Object.values(node.columns).flatMap((column) =>
    column.constraints.filter((c) => c.type === "primary_key").map(() => column.name),
  );
  const problems: string[] = [];
  if (columns.length > 1) {
    problems.push(
      `Found ${columns.length} columns (${pyRepr(columns)}) with primary key constraints defined. ` +
        "Primary keys for multiple columns must be defined as a model level constraint.",
    );
  }
  if (columns.length > 0 && [...(node.constraints ?? []), ...constraints].some((c) => c.type === "primary_key")) {
    problems.push(
      "Primary key constraints defined at the model level and the columns level. " +
        "Primary keys can be defined at the model level or the column level, not both.",
    );
  }
  if (problems.length > 0)
    throw fail(`Primary key constraint error: (${node.original_file_path})\n${problems.join("\n")}`);
}

/** The fingerprint of an enforced contract, by which `state:modified` notices a change. */
export function contractChecksum(node: Node): void {
  const { contract } = node;
  if (!contract?.enforced || contract.checksum !== null) return;
  const columns = Object.values(node.columns).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  let state = "";
  for (const column of columns)
    state += `|${column.name}${pyStr(column.data_type)}${constraintsText(column.constraints, "ColumnLevelConstraint")}`;
  if (ENFORCING.has(node.config.materialized))
    state += node.config.materialized + constraintsText(node.constraints ?? [], "ModelLevelConstraint");
  contract.checksum = createHash("sha256").update(state, "utf8").digest("hex");
}

/** As Python shows a list of them. */
function constraintsText(constraints: JsonObject[], className: string): string {
  const parts = constraints.map((constraint) => {
    const fields = Object.entries(constraint).map(([key, value]) =>
      key === "type" ? `type=<ConstraintType.${String(value)}: '${String(value)}'>` : `${key}=${pyRepr(value)}`,
    );
    return `${className}(${fields.join(", ")})`;
  });
  return `[${parts.join(", ")}]`;
}
