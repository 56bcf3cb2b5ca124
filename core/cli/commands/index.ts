import type { CommandSpec } from "../spec.ts";
import { build } from "./build.ts";
import { check } from "./check.ts";
import { clean } from "./clean.ts";
import { clone } from "./clone.ts";
import { compile } from "./compile.ts";
import { debug } from "./debug.ts";
import { deps } from "./deps.ts";
import { docs } from "./docs.ts";
import { init } from "./init.ts";
import { lineage } from "./lineage.ts";
import { ls } from "./ls.ts";
import { parse } from "./parse.ts";
import { retry } from "./retry.ts";
import { run } from "./run.ts";
import { runOperation } from "./run-operation.ts";
import { seed } from "./seed.ts";
import { show } from "./show.ts";
import { snapshot } from "./snapshot.ts";
import { freshness } from "./source-freshness.ts";
import { test } from "./test.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  build,
  run,
  test,
  seed,
  snapshot,
  compile,
  show,
  ls,
  lineage,
  check,
  parse,
  freshness,
  runOperation,
  debug,
  deps,
  clean,
  init,
  ...docs,
  retry,
  clone,
];
