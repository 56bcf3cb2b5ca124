export type { NodeResult, NodeStatus } from "../artifacts/results.ts";
export { runTask } from "./run-task.ts";
export type { RunOptions, RunOutcome } from "./types.ts";
