export { describeSelectors } from "./described.ts";
export { buildGraph, type Graph } from "./graph.ts";
export { type Selection, type SelectOptions, select, selectNodes } from "./select.ts";
export type { IndirectSelection } from "./spec.ts";
export type { PreviousState } from "./state.ts";
