import { isAbsolute, join } from "node:path";
import { writeSources } from "../artifacts/sources.ts";
import { endOfRunSummary, freshnessDone, nodeInfo, resultErrors } from "../events/messages/index.ts";
import type { GraphResource } from "../manifest/resources.ts";
import { withGroup } from "./event-groups.ts";
import type { GraphTask } from "./graph-task.ts";
import { freshnessHooks } from "./hooks.ts";
import type { Runner } from "./job.ts";
import { onScreen } from "./on-screen.ts";
import { printCompiled, printRows } from "./print.ts";
import type { Run } from "./run.ts";
import { cloneRunner } from "./runners/clone.ts";
import { compileRunner } from "./runners/compile.ts";
import { freshnessRunner } from "./runners/freshness.ts";
import { functionRunner } from "./runners/function.ts";
import { isMicrobatch, microbatchRunner } from "./runners/microbatch.ts";
import { modelRunner } from "./runners/model.ts";
import { noOpRunner } from "./runners/no-op.ts";
import { seedRunner } from "./runners/seed.ts";
import { showRunner } from "./runners/show.ts";
import { snapshotRunner } from "./runners/snapshot.ts";
import { testRunner } from "./runners/test.ts";
import { unitTestRunner } from "./runners/unit-test.ts";

type Runners = { readonly [type in GraphResource["resource_type"]]?: Runner<never> };

const TESTS: Runners = { test: testRunner as Runner<never>, unit_test: unitTestRunner as Runner<never> };
const BUILD: Runners = {
  ...TESTS,
  model: { ...modelRunner, instead: (job) => (isMicrobatch(job) ? microbatchRunner : undefined) } as Runner<never>,
  seed: seedRunner as Runner<never>,
  snapshot: snapshotRunner as Runner<never>,
  function: functionRunner as Runner<never>,
  exposure: noOpRunner as Runner<never>,
  saved_query: noOpRunner as Runner<never>,
};
const COMPILED = ["model", "test", "snapshot", "analysis", "operation", "sql_operation"] as const;

const by =
  (runners: Runners) =>
  (resource: GraphResource): Runner<never> | undefined =>
    runners[resource.resource_type];

const only = (type: keyof typeof BUILD): Runners => ({ [type]: BUILD[type] }) as Runners;

/** What runs models, seeds, snapshots and tests has in common. */
const RUNNING = { prepares: true, hooks: true, countsNodes: true, report: summarize } as const;

/** The commands that work through the graph. */
export const TASKS: { readonly [command: string]: GraphTask } = {
  run: { ...RUNNING, runnerOf: by(only("model")) },
  build: { ...RUNNING, runnerOf: by(BUILD), testsFirst: true, failuresSkip: true },
  test: { ...RUNNING, runnerOf: by(TESTS) },
  seed: { ...RUNNING, runnerOf: by(only("seed")), report: reportSeeds },
  snapshot: { ...RUNNING, runnerOf: by(only("snapshot")) },
  freshness: {
    runnerOf: by({ source: freshnessRunner as Runner<never> }),
    hooks: freshnessHooks,
    countsNodes: true,
    logsEnd: false,
    write: writeFreshness,
    report: reportFreshness,
  },
  clone: {
    ...RUNNING,
    hooks: false,
    countsNodes: false,
    ordered: false,
    report: (run, how) => summarize(run, { ...how, always: true }),
    runnerOf: (resource) =>
      ["model", "seed", "snapshot"].includes(resource.resource_type) ? (cloneRunner as Runner<never>) : undefined,
  },
  compile: {
    runnerOf: compiles,
    ephemeralResults: true,
    errorsAreFatal: true,
    report: (run) => printCompiled(run),
  },
  generate: {
    runnerOf: compiles,
    errorsAreFatal: true,
    report: (run) => printCompiled(run),
  },
  show: {
    runnerOf: (resource) =>
      resource.resource_type === "seed"
        ? (seedRunner as Runner<never>)
        : isCompiled(resource)
          ? (showRunner as Runner<never>)
          : undefined,
    ephemeralResults: true,
    errorsAreFatal: true,
    report: (run) => printRows(run),
  },
};

function compiles(resource: GraphResource): Runner<never> | undefined {
  const type = resource.resource_type;
  return isCompiled(resource) || type === "seed" || type === "function" ? (compileRunner as Runner<never>) : undefined;
}

function isCompiled(resource: GraphResource): boolean {
  return (COMPILED as readonly string[]).includes(resource.resource_type);
}

/** `Completed successfully`, or each error and warning; then `Done. PASS=…`. */
function summarize(run: Run, { interrupted, always }: { interrupted: boolean; always?: boolean }): void {
  if (run.results.length === 0 && !interrupted && !always) return;
  const shown = run.results.map(onScreen);
  for (const event of endOfRunSummary(shown as never, {
    interrupted,
    nodeInfo: (result) => nodeInfo(result.node as unknown as GraphResource),
  })) {
    run.env.events.emit(withGroup(run.env.manifest, event));
  }
}

function reportSeeds(run: Run, how: { interrupted: boolean }): void {
  if (run.options.flags.show) printRows(run, { seeds: true });
  summarize(run, how);
}

function reportFreshness(run: Run): void {
  for (const result of run.results) {
    if (result.status !== "error" && result.status !== "runtime error") continue;
    for (const event of resultErrors(onScreen(result) as never)) run.env.events.emit(event);
  }
  run.env.events.emit(freshnessDone());
}

function writeFreshness(run: Run, elapsed: number): string {
  const { output } = run.options.flags;
  const root = run.env.config.project.root;
  const own = typeof output === "string" && output !== "" ? (isAbsolute(output) ? output : join(root, output)) : null;
  const path = own ?? join(run.env.targetPath, "sources.json");
  writeSources(path, run.invocation, run.results, elapsed);
  return path;
}
