import type { Environment } from "./environment.ts";

/** How a template's code is to be written. */
export interface UnitOptions {
  environment: Environment;
  /** Calls may answer promises. */
  async: boolean;
  /** dbt's native rendering: the result is a value. */
  native: boolean;
}

/** Generated code with what it refers to. */
export interface Unit {
  code: string;
  /** Values the code uses as `K[i]`. */
  constants: unknown[];
  /** Start and end of each place the code may fail at, as `p` numbers them. */
  places: number[];
  /** The names of the runtime's helpers the code uses. */
  helpers: string[];
  /** Filters and tests the code uses: name in the template to JavaScript variable. */
  filters: Map<string, string>;
  tests: Map<string, string>;
}
