/** Selectors written in selectors.yml: https://docs.getdbt.com/reference/node-selection/yaml-selectors */
import { TsdbtError } from "../errors.ts";
import {
  type Criterion,
  type Group,
  type IndirectSelection,
  makeCriterion,
  parseCriterion,
  type Spec,
} from "./spec.ts";

type Mapping = { [key: string]: unknown };

export interface NamedSelector {
  name: string;
  default: boolean;
  definition: Spec;
}

const KEYS = new Set(["name", "definition", "description", "default"]);
const INDIRECT = ["eager", "cautious", "buildable", "empty"];

/**
 * Reads selectors.yml's content: `{ selectors: [{ name, definition, default? }] }`.
 * Throws a Runtime Error naming the selector for a definition that is none.
 */
export function parseSelectors(data: unknown, indirect: IndirectSelection): Map<string, NamedSelector> {
  const selectors = new Map<string, NamedSelector>();
  for (const entry of entries(data)) {
    const { name, definition } = entry;
    if (typeof name !== "string") throw malformed("a selector has no name");
    const unknown = Object.keys(entry).find((key) => !KEYS.has(key));
    if (unknown) throw malformed(`selector '${name}' has an unknown key '${unknown}'`);
    if (definition === undefined || definition === null || Array.isArray(definition)) {
      throw malformed(
        `selector '${name}' has no definition: it may be a string, a mapping, a union or an intersection, but no list`,
      );
    }
    const parsed = withName(name, () => parseDefinition(definition, indirect, true));
    selectors.set(name, { name, default: entry.default === true, definition: parsed });
  }
  const defaults = [...selectors.values()].filter((s) => s.default);
  if (defaults.length > 1) {
    throw new TsdbtError(
      "TD4011",
      "Runtime Error",
      `Error when parsing the selector file. Found multiple selectors with \`default: true\`:${defaults[0]!.name} and ${defaults[1]!.name}`,
      { file: "selectors.yml" },
    );
  }
  return selectors;
}

function entries(data: unknown): Mapping[] {
  if (!isMapping(data)) return [];
  const { selectors } = data;
  if (selectors === undefined || selectors === null) {
    // Also as the manifest keeps them: by name.
    return Object.entries(data)
      .filter(([, value]) => isMapping(value))
      .map(([name, value]) => ({ name, ...(value as Mapping) }));
  }
  if (!Array.isArray(selectors)) throw malformed("`selectors` is no list");
  return selectors.map((entry) => {
    if (!isMapping(entry)) throw malformed("an entry of `selectors` is no mapping");
    return entry;
  });
}

function parseDefinition(definition: unknown, indirect: IndirectSelection, root = false): Spec {
  if (typeof definition === "string") return parseCriterion(definition, indirect);
  if (!isMapping(definition)) {
    throw invalid(`Expected to find union, intersection, str or dict, instead found ${JSON.stringify(definition)}`);
  }
  for (const kind of ["union", "intersection"] as const) {
    if (!(kind in definition)) continue;
    if (root && Object.keys(definition).length > 1) {
      throw invalid(
        "Only a single 'union' or 'intersection' key is allowed in a root level selector definition; " +
          `found ${Object.keys(definition).join(",")}.`,
      );
    }
    return parseGroup(kind, definition, indirect);
  }
  return parseMapping(definition, indirect);
}

function parseGroup(kind: "union" | "intersection", definition: Mapping, indirect: IndirectSelection): Spec {
  const components: Spec[] = [];
  let excluded: Spec | null = null;
  for (const item of listOf(definition, kind)) {
    // Whatever else stands beside an exclusion in a list is left out, as dbt does.
    if (isMapping(item) && "exclude" in item) {
      if (excluded) throw invalid("You cannot provide multiple exclude arguments to the same selector set operator");
      excluded = parseExclusions(item, indirect);
    } else components.push(parseDefinition(item, indirect));
  }
  const included = group(kind, components);
  return excluded ? group("difference", [included, excluded]) : included;
}

function parseMapping(definition: Mapping, indirect: IndirectSelection): Spec {
  const keys = Object.keys(definition);
  if (keys.length === 1) {
    return criterion({ method: keys[0]!, value: definition[keys[0]!] }, definition, indirect);
  }
  if (!("method" in definition && "value" in definition)) {
    throw invalid(`Expected either 1 key or else "method" and "value" keys, but got ${JSON.stringify(keys)}`);
  }
  const base = criterion(definition, definition, indirect);
  const excluded = "exclude" in definition ? parseExclusions(definition, indirect) : null;
  return excluded ? group("difference", [base, excluded]) : base;
}

function criterion(parts: Mapping, definition: Mapping, indirect: IndirectSelection): Criterion {
  const own = parts.indirect_selection;
  if (own !== undefined && !INDIRECT.includes(String(own))) {
    throw invalid(`'${String(own)}' is not a valid IndirectSelection`);
  }
  return makeCriterion({
    raw: JSON.stringify(definition),
    method: String(parts.method),
    value: parts.value,
    childrensParents: Boolean(parts.childrens_parents),
    parents: Boolean(parts.parents),
    parentsDepth: depth(parts.parents_depth),
    children: Boolean(parts.children),
    childrenDepth: depth(parts.children_depth),
    indirect: (own as IndirectSelection | undefined) ?? indirect,
  });
}

function depth(value: unknown): number | null {
  if (value === undefined || value === null || value === "" || value === 0) return null;
  const number = Number(value);
  if (!Number.isInteger(number)) throw invalid(`Invalid node spec - could not handle parent depth ${String(value)}`);
  return number;
}

function parseExclusions(definition: Mapping, indirect: IndirectSelection): Spec | null {
  const parsed = listOf(definition, "exclude").map((item) => parseDefinition(item, indirect));
  if (parsed.length === 0) return null;
  return parsed.length === 1 ? parsed[0]! : group("union", parsed);
}

function listOf(definition: Mapping, key: string): unknown[] {
  const value = definition[key];
  if (!Array.isArray(value)) throw invalid(`Invalid value for key "${key}". Expected a list.`);
  for (const item of value) {
    if (typeof item !== "string" && !isMapping(item)) {
      throw invalid(`Invalid value in key "${key}", expected dict or str (value: ${JSON.stringify(item)}).`);
    }
  }
  return value;
}

function group(kind: Group["kind"], components: Spec[]): Group {
  return { kind, components, expectExists: false, raw: "", indirect: "eager" };
}

function withName<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TsdbtError)) throw error;
    throw new TsdbtError(
      error.code,
      error.kind,
      `Could not read selector file data: selector '${name}': ${error.message}`,
      { file: "selectors.yml", selector: name, ...error.details },
    );
  }
}

function invalid(message: string): TsdbtError {
  return new TsdbtError("TD4010", "Runtime Error", message);
}

function malformed(message: string): TsdbtError {
  return new TsdbtError("TD4010", "Runtime Error", `The selectors.yml file in this project is malformed: ${message}.`, {
    file: "selectors.yml",
    hint: "each entry of `selectors:` has a name and a definition, see https://docs.getdbt.com/reference/node-selection/yaml-selectors",
  });
}

function isMapping(value: unknown): value is Mapping {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
