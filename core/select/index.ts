export { type NamedSelector, parseSelectors } from "./definitions.ts";
export { ancestors, buildGraph, descendants, type Graph } from "./graph.ts";
export { type Selection, type SelectOptions, select, selectNodes } from "./select.ts";
export { type Criterion, formatCriterion, type IndirectSelection, parseCriterion, type Spec } from "./spec.ts";
export type { PreviousState } from "./state.ts";
