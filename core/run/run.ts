import { isAbsolute, join, relative } from "node:path";
import { createRelationCache } from "../../adapters/cache.ts";
import type { Invocation } from "../artifacts/metadata.ts";
import type { NodeResult } from "../artifacts/results.ts";
import { momentOf } from "../artifacts/time.ts";
import { Compiler } from "../compile/index.ts";
import { invocationArgsDict } from "../config/flags.ts";
import { parseSample } from "../config/moments.ts";
import type { ExecutionEnvironment } from "../context/execution/environment.ts";
import { createGraph } from "../context/execution/graph.ts";
import { createQueryComments } from "../context/execution/query-comment.ts";
import { createMetadataEnvs, createTarget, createValidation, customEnv, FlagsObject } from "../context/shared/index.ts";
import { toPython } from "../jinja/index.ts";
import { ManifestLookups } from "../manifest/lookups.ts";
import { utcMoment } from "../python/datetime/datetime.ts";
import { offset } from "./batches.ts";
import { deferredRelations } from "./defer.ts";
import { createRegistry } from "./registry.ts";
import type { RunOptions } from "./types.ts";

/** What the parts of one run share, and what it has come to so far. */
export interface Run {
  readonly options: RunOptions;
  readonly env: ExecutionEnvironment;
  readonly compiler: Compiler;
  readonly invocation: Invocation;
  /** `args` of run_results.json. */
  readonly args: { [name: string]: unknown };
  /** Results of nodes and hooks in the order they ended. */
  readonly results: NodeResult[];
  /** How many nodes are announced in all, and how many were begun. */
  total: number;
  begun: number;
  /** How many nodes and batches are being worked on. */
  working: number;
  /** Set by Ctrl-C or `--fail-fast`: nothing more is begun. */
  stopped: "interrupted" | "fail-fast" | null;
}

/** Sets up a run: everything that is made once for all its nodes. */
export function createRun(options: RunOptions): Run {
  const { config, manifest, adapter, events, selection } = options;
  const targetPath = isAbsolute(config.project.targetPath)
    ? config.project.targetPath
    : join(config.project.root, config.project.targetPath);
  const args = invocationArgsDict(options.flags);
  const env: ExecutionEnvironment = {
    config,
    manifest,
    adapter,
    events,
    lookups: new ManifestLookups(manifest, config.project.name, {
      onDemand: true,
      nodePackageFirst: options.flags.require_ref_searches_node_package_before_root === true,
    }),
    macros: createRegistry(manifest, config, adapter),
    cache: createRelationCache({
      caseSensitive: adapter.caseSensitive,
      ignoreDatabase: !adapter.relationClass.defaults.includePolicy.database,
    }),
    selected: selection,
    deferred: deferredRelations(options),
    audited: new Map(),
    targetPath,
    targetLabel: relative(config.project.root, targetPath) || ".",
    shared: {
      target: createTarget(config),
      flags: new FlagsObject(options.flags),
      graph: createGraph(manifest),
      invocationArgs: toPython(args) as ExecutionEnvironment["shared"]["invocationArgs"],
      metadataEnvs: createMetadataEnvs(config.env),
      validation: createValidation(),
      selectedResources: [...selection],
      sample: sampleWindow(options),
    },
  };
  adapter.queryComment = createQueryComments(env);
  return {
    options,
    env,
    compiler: new Compiler(env),
    invocation: {
      id: config.invocationId,
      startedAt: momentOf(config.startedAt),
      dbtVersion: manifest.metadata.dbt_version,
      env: customEnv(config.env),
    },
    args: withoutSecrets(args),
    results: [],
    total: 0,
    begun: 0,
    working: 0,
    stopped: null,
  };
}

function sampleWindow({ flags, config }: RunOptions): ExecutionEnvironment["shared"]["sample"] {
  if (typeof flags.sample !== "string") return null;
  const { start, end } = parseSample(flags.sample, config.startedAt.getTime(), offset);
  return { start: utcMoment(start), end: utcMoment(end) };
}

/** Vars named `DBT_ENV_SECRET_…` are not written, nor their values elsewhere. */
function withoutSecrets(args: { [name: string]: unknown }): { [name: string]: unknown } {
  const vars = args.vars;
  if (vars === null || typeof vars !== "object") return args;
  const secrets = Object.entries(vars)
    .filter(([key, value]) => key.startsWith("DBT_ENV_SECRET") && typeof value === "string" && value.trim() !== "")
    .map(([, value]) => value as string);
  if (secrets.length === 0) return args;
  const scrub = (value: unknown): unknown =>
    typeof value === "string" ? secrets.reduce((text, secret) => text.replaceAll(secret, "*****"), value) : value;
  return {
    ...args,
    invocation_command: scrub(args.invocation_command),
    vars: Object.fromEntries(Object.entries(vars).map(([key, value]) => [key, scrub(value)])),
  };
}
