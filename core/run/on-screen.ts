import type { NodeResult } from "../artifacts/results.ts";
import { renderError } from "../events/render-error.ts";

/** A result for the screen, where an error comes with its place, the line and a hint; artifacts have dbt's text alone. */
export function onScreen(result: NodeResult): NodeResult {
  return result.error ? { ...result, message: renderError(result.error, { node: result.node }) } : result;
}
