import { TsdbtError } from "../errors.ts";
import type { MethodContext } from "./methods.ts";

/** Artifacts of an earlier run, from `--state`. */
export interface PreviousState {
  path: string;
  manifest: { [key: string]: unknown } | null;
  results: { unique_id: string; status: string }[] | null;
  sources: { unique_id: string; max_loaded_at?: string }[] | null;
  currentSources: { unique_id: string; max_loaded_at?: string }[] | null;
}

/** `state:`, `result:` and `source_status:`. */
export function searchState(
  method: "state" | "result" | "source_status",
  _values: string[],
  _context: MethodContext,
  state: PreviousState | null,
): Iterable<string> {
  if (state === null) {
    throw new TsdbtError("TD4020", "Runtime Error", `Got a ${method} selector method, but no comparison manifest`, {
      hint: "say with --state where the artifacts of the earlier run are",
    });
  }
  throw new TsdbtError("TD4021", "Runtime Error", `The selector method '${method}' is not supported yet`);
}
