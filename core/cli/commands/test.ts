import { RESOURCE_TYPES, SELECTION, SQLPARSE, STORE_FAILURES, THREADS } from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { runSelected } from "../tasks.ts";

export const test: CommandSpec = {
  name: "test",
  summary: "Run the tests of what is built.",
  options: [...SELECTION, ...RESOURCE_TYPES, STORE_FAILURES, THREADS, SQLPARSE],
  examples: [
    ["tsdbt test", "all tests"],
    ["tsdbt test -s orders customers", "the tests of two models"],
    ["tsdbt test -s test_type:singular", "tests written as SQL files"],
  ],
  run: (context) => runSelected("test", context),
};
