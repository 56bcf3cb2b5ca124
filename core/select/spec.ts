/** The `--select` grammar: https://docs.getdbt.com/reference/node-selection/syntax */
import { TsdbtError } from "../errors.ts";
import { didYouMean } from "../manifest/nearest.ts";

/** Which tests come along when what they test is selected. https://docs.getdbt.com/reference/node-selection/test-selection-examples */
export type IndirectSelection = "eager" | "cautious" | "buildable" | "empty";

export const METHODS = [
  "fqn",
  "tag",
  "group",
  "access",
  "source",
  "path",
  "file",
  "package",
  "config",
  "test_name",
  "test_type",
  "resource_type",
  "state",
  "exposure",
  "metric",
  "result",
  "source_status",
  "version",
  "semantic_model",
  "saved_query",
  "unit_test",
  "selector",
] as const;

export type MethodName = (typeof METHODS)[number];

/** `2+config.materialized:table+1`: a method with its value and how far to go from what it finds. */
export interface Criterion {
  kind: "criterion";
  /** As written, for messages. */
  raw: string;
  method: MethodName;
  /** What follows the method's name behind a dot: `["materialized"]`. */
  arguments: string[];
  /** A string from the command line; selectors.yml may say `true` or a number. */
  value: unknown;
  /** `@`: descendants, and everything those are built on. */
  childrensParents: boolean;
  parents: boolean;
  parentsDepth: number | null;
  children: boolean;
  childrenDepth: number | null;
  indirect: IndirectSelection;
}

/** Criteria put together; a difference takes all others from the first one. */
export interface Group {
  kind: "union" | "intersection" | "difference";
  components: Spec[];
  /** Warn when nothing is found, naming `raw`. */
  expectExists: boolean;
  raw: string;
  indirect: IndirectSelection;
}

export type Spec = Criterion | Group;

/** One criterion as written: `@`, `2+`, method, value, `+1`. */
export const PATTERN = /^(@)?((\d*)\+)?(?:([\p{L}\p{N}_.]+):)?(.*?)(\+(\d*))?$/su;

/** Reads one criterion. Throws a Runtime Error for an unknown method and for `@` together with `+` behind. */
export function parseCriterion(raw: string, indirect: IndirectSelection): Criterion {
  const match = PATTERN.exec(raw);
  if (!match) throw new TsdbtError("TD4001", "Runtime Error", `Invalid selector spec "${raw}"`);
  const [, at, parents, parentsDepth, method, value, children, childrenDepth] = match;
  return makeCriterion({
    raw,
    method: method ?? null,
    value: value ?? "",
    childrensParents: at !== undefined,
    parents: parents !== undefined,
    parentsDepth: parentsDepth ? Number(parentsDepth) : null,
    children: children !== undefined,
    childrenDepth: childrenDepth ? Number(childrenDepth) : null,
    indirect,
  });
}

export type CriterionParts = Omit<Criterion, "kind" | "method" | "arguments"> & { method: string | null };

/** Checks the parts and splits the method's arguments off. */
export function makeCriterion(parts: CriterionParts): Criterion {
  const [name, ...args] = parts.method === null ? [defaultMethod(String(parts.value))] : parts.method.split(".");
  if (!METHODS.includes(name as MethodName)) {
    throw new TsdbtError("TD4002", "Runtime Error", `'${name}' is not a valid method name`, {
      hint: `${didYouMean(name!, METHODS) ?? ""} The methods are ${METHODS.join(", ")}.`.trim(),
    });
  }
  if (parts.children && parts.childrensParents) {
    throw new TsdbtError(
      "TD4003",
      "Runtime Error",
      `Invalid node spec ${parts.raw} - "@" prefix and "+" suffix are incompatible`,
      { hint: "@ already takes everything downstream: leave the + out" },
    );
  }
  return { ...parts, kind: "criterion", method: name as MethodName, arguments: args };
}

/** A value without a method: a path if it has a separator, a file by its ending, else a name. */
export function defaultMethod(value: string): MethodName {
  if (value.includes("/") || (process.platform === "win32" && value.includes("\\"))) return "path";
  return /\.(sql|py|csv)$/i.test(value) ? "file" : "fqn";
}

/** What is selected when nothing is asked for. */
export const DEFAULT_INCLUDES = ["fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*"];

/** `["a b", "c,d"]`: a union of words, each an intersection of its parts between commas. */
export function parseUnion(words: readonly string[], expectExists: boolean, indirect: IndirectSelection): Group {
  const components: Spec[] = [];
  for (const raw of words.flatMap((word) => word.split(" "))) {
    components.push({
      kind: "intersection",
      components: raw.split(",").map((part) => parseCriterion(part, indirect)),
      expectExists,
      raw,
      indirect,
    });
  }
  return { kind: "union", components, expectExists: false, raw: words.join(" "), indirect };
}

/** What `--select` and `--exclude` mean together. */
export function parseDifference(
  select: readonly string[] | null,
  exclude: readonly string[] | null,
  indirect: IndirectSelection,
): Group {
  const included =
    select && select.length > 0 ? parseUnion(select, true, indirect) : parseUnion(DEFAULT_INCLUDES, false, indirect);
  const excluded = parseUnion(exclude ?? [], true, indirect);
  return { kind: "difference", components: [included, excluded], expectExists: false, raw: "", indirect: "eager" };
}

/** Writes a criterion as it would stand on the command line: `parseCriterion(formatCriterion(c))` is `c` again. */
export function formatCriterion(c: Omit<Criterion, "kind" | "raw" | "indirect">): string {
  const before = `${c.childrensParents ? "@" : ""}${c.parents ? `${c.parentsDepth ?? ""}+` : ""}`;
  const after = c.children ? `+${c.childrenDepth ?? ""}` : "";
  return `${before}${[c.method, ...c.arguments].join(".")}:${String(c.value)}${after}`;
}
