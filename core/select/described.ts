import { defaultMethod, PATTERN } from "./spec.ts";

type Mapping = { [key: string]: unknown };

/** The selectors of selectors.yml as manifest.json shows them: every criterion written out as a mapping. */
export function describeSelectors(selectors: Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(selectors).map(([name, selector]) => {
      const entry = selector as Mapping;
      return [name, { ...entry, definition: described(entry.definition) }];
    }),
  );
}

function described(definition: unknown): unknown {
  if (typeof definition === "string") return describeCriterion(definition);
  if (definition === null || typeof definition !== "object") return definition;
  const mapping = definition as Mapping;
  for (const kind of ["union", "intersection"]) {
    if (Array.isArray(mapping[kind])) return { [kind]: mapping[kind].map(described) };
  }
  const keys = Object.keys(mapping);
  const [key] = keys;
  if (key === undefined) return mapping;
  const value = Array.isArray(mapping[key]) ? mapping[key].map(described) : mapping[key];
  if (key === "exclude") return { exclude: value };
  return keys.length === 1 ? { method: key, value } : mapping;
}

function describeCriterion(raw: string): Mapping {
  const match = PATTERN.exec(raw);
  if (!match) return { error: "Invalid selector spec" };
  const [, at, parents, parentsDepth, method, value, children, childrenDepth] = match;
  return {
    ...(at && { childrens_parents: true }),
    ...(parents && { parents: true }),
    ...(parentsDepth && { parents_depth: parentsDepth }),
    method: method ?? defaultMethod(value ?? ""),
    ...(value && { value }),
    ...(children && { children: true }),
    ...(childrenDepth && { children_depth: childrenDepth }),
  };
}
