import { JinjaError } from "../errors.ts";

/** How deep macros and blocks may call each other. Python's limit comes to some 200 levels. */
const MAX_DEPTH = 1000;
let depth = 0;

/** Runs what may call itself again; a RecursionError where it does so without end. The answer may be a promise. */
export function bounded(run: () => unknown): unknown {
  if (++depth > MAX_DEPTH) {
    depth--;
    throw new JinjaError("RecursionError", "maximum recursion depth exceeded");
  }
  let result: unknown;
  try {
    result = run();
  } catch (e) {
    depth--;
    throw e;
  }
  if (result instanceof Promise)
    return result.finally(() => {
      depth--;
    });
  depth--;
  return result;
}
