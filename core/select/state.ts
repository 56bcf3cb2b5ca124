/** `state:`, `result:` and `source_status:`, which compare with an earlier run. https://docs.getdbt.com/reference/node-selection/state-selection */
import { TsdbtError } from "../errors.ts";
import type { NewEvent } from "../events/event.ts";
import { largeSeed } from "../events/messages/selection.ts";
import { pyRepr } from "../jinja/runtime/repr.ts";
import { summariesOf } from "../manifest/lazy-map.ts";
import { graphResources, isEnabled } from "../manifest/maps.ts";
import { didYouMean } from "../manifest/nearest.ts";
import type { Checksum, Manifest } from "../manifest/resources.ts";
import { comparers, type Resource, sameContents } from "./compare.ts";
import { checkContracts } from "./contract-changes.ts";
import type { MethodContext } from "./methods.ts";

/** Artifacts of an earlier run, from `--state`; null for each one that is not there. */
export interface PreviousState {
  path: string;
  /** manifest.json as it was written. */
  manifest: ManifestData | null;
  results: readonly { unique_id: string; status: string }[] | null;
  sources: readonly SourceResult[] | null;
  /** sources.json of the own target folder. */
  currentSources: readonly SourceResult[] | null;
}

export interface ManifestData {
  [table: string]: { [id: string]: Resource };
}

interface SourceResult {
  unique_id: string;
  max_loaded_at?: string;
}

/** The ids that one of the three methods finds. Throws a Runtime Error without the artifact it needs. */
export function searchState(
  method: "state" | "result" | "source_status",
  value: string,
  context: MethodContext,
  state: PreviousState | null,
): Iterable<string> {
  if (method === "result") return searchResults(value, context, state);
  if (method === "source_status") return searchFresher(value, context, state);
  if (!state?.manifest) {
    throw missing("Got a state selector method, but no comparison manifest", state, "manifest.json");
  }
  return searchManifest(value, context, state.manifest);
}

const CHECKS = [
  "new",
  "old",
  "modified",
  "unmodified",
  "modified.body",
  "modified.configs",
  "modified.persisted_descriptions",
  "modified.relation",
  "modified.macros",
  "modified.contract",
];

const LOOK_AT_CONTRACTS = ["modified", "unmodified", "modified.contract"];
const LOOK_AT_BODIES = ["modified", "unmodified", "modified.body"];

function* searchManifest(value: string, context: MethodContext, old: ManifestData): Iterable<string> {
  if (!CHECKS.includes(value)) {
    throw new TsdbtError(
      "TD4022",
      "Runtime Error",
      `Got an invalid selector "${value}", expected one of "${pyRepr(CHECKS)}"`,
      { hint: didYouMean(value, CHECKS) },
    );
  }
  const { manifest, contracts } = context;
  if (contracts && LOOK_AT_CONTRACTS.includes(value)) {
    checkContracts(manifest, old.nodes ?? {}, contracts.support, contracts.emit);
  }
  if (contracts && LOOK_AT_BODIES.includes(value)) tellLargeSeeds(context, old.nodes ?? {}, contracts.emit);
  const macros = modifiedMacros(manifest, old);
  const modified = (before: Resource | undefined, now: Resource) =>
    !sameContents(before, now) || usesAny(manifest, now, macros);
  const part = comparers[value.slice("modified.".length)];
  for (const resource of graphResources(manifest)) {
    const id = resource.unique_id;
    if (!isEnabled(resource)) continue;
    const now = resource as unknown as Resource;
    const before = find(old, id);
    let found: boolean;
    if (value === "new") found = before === undefined;
    else if (value === "old") found = before !== undefined;
    else if (value === "modified") found = modified(before, now);
    else if (value === "unmodified") found = !modified(before, now);
    else if (value === "modified.macros") found = usesAny(manifest, now, macros);
    else found = part!.applies(now) && (before === undefined || !part!.same(before, now));
    if (found) yield id;
  }
}

/** Seeds that are too large to be read for a comparison: what is taken for changed. */
function tellLargeSeeds(
  { manifest, maximumSeedSizeMib = 1 }: MethodContext,
  old: { [id: string]: Resource },
  emit: (event: NewEvent) => void,
): void {
  const checksumOf = (resource: object) => (resource as { checksum?: Checksum }).checksum;
  for (const seed of summariesOf(manifest.nodes)) {
    if (seed.resource_type !== "seed") continue;
    const before = old[seed.unique_id] && checksumOf(old[seed.unique_id]!);
    const now = before && checksumOf(manifest.nodes.get(seed.unique_id)!);
    if (now?.name !== "path") continue;
    const change = before!.name !== "path" ? "grown" : before!.checksum === now.checksum ? "unknown" : "moved";
    emit(largeSeed(`${seed.package_name}.${seed.name}`, change, `${maximumSeedSizeMib}MiB`));
  }
}

const TABLES = [
  "nodes",
  "sources",
  "exposures",
  "metrics",
  "semantic_models",
  "unit_tests",
  "saved_queries",
  "functions",
];

function find(old: ManifestData, id: string): Resource | undefined {
  for (const table of TABLES) {
    const found = old[table]?.[id];
    if (found) return found;
  }
  return undefined;
}

/**
 * Macros that are new, gone or changed. The built-in ones do not count: a state that Python dbt wrote has others of
 * the same names.
 */
function modifiedMacros(manifest: Manifest, old: ManifestData): Set<string> {
  const before = old.macros ?? {};
  const own = (id: string) => !/^macro\.dbt(_\w+)?\./.test(id) || !isBuiltin(id, manifest);
  const found = new Set<string>();
  for (const [id, macro] of manifest.macros) if (own(id) && before[id]?.macro_sql !== macro.macro_sql) found.add(id);
  for (const id of Object.keys(before)) if (own(id) && !manifest.macros.has(id)) found.add(id);
  return found;
}

function isBuiltin(id: string, manifest: Manifest): boolean {
  const name = id.split(".")[1];
  return name === "dbt" || name === `dbt_${manifest.metadata.adapter_type}`;
}

/** What stands for the macro of a generic test that there is not. */
const NO_MACRO = "None";

function withoutMacro(resource: Resource): TsdbtError {
  const { name, original_file_path: path } = resource as unknown as { name: string; original_file_path: string };
  return new TsdbtError(
    "TD4025",
    "Compilation Error",
    `Node '${name}' (in ${path}) depends on a macro or test that does not exist. This can happen when a macro or generic test ` +
      "is removed but is still referenced. Check for typos and/or install package dependencies with 'dbt deps'.",
    { file: path, nodeId: resource.unique_id },
  );
}

function usesAny(manifest: Manifest, resource: Resource, macros: ReadonlySet<string>): boolean {
  if (macros.size === 0 && !resource.depends_on?.macros?.includes(NO_MACRO)) return false;
  const seen = new Set<string>();
  const open = [...(resource.depends_on?.macros ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (id === NO_MACRO) throw withoutMacro(resource);
    if (macros.has(id)) return true;
    open.push(...(manifest.macros.get(id)?.depends_on.macros ?? []));
  }
  return false;
}

function* searchResults(status: string, context: MethodContext, state: PreviousState | null): Iterable<string> {
  if (!state?.results) throw missing("No comparison run_results", state, "run_results.json");
  const found = new Set(state.results.filter((r) => r.status === status).map((r) => r.unique_id));
  for (const resource of graphResources(context.manifest)) {
    if (found.has(resource.unique_id) && isEnabled(resource)) yield resource.unique_id;
  }
}

function* searchFresher(value: string, context: MethodContext, state: PreviousState | null): Iterable<string> {
  if (!state?.sources) {
    throw missing("No previous state comparison freshness results in sources.json", state, "sources.json");
  }
  if (!state.currentSources) {
    throw new TsdbtError("TD4020", "Internal Error", "No current state comparison freshness results in sources.json", {
      hint: "run `tsdbt source freshness` first",
    });
  }
  if (value !== "fresher") return;
  const before = new Map(state.sources.map((r) => [r.unique_id, r.max_loaded_at]));
  for (const { unique_id: id, max_loaded_at: now } of state.currentSources) {
    const source = context.manifest.sources.get(id);
    if (now === undefined || !source || !isEnabled(source)) continue;
    const then = before.get(id);
    if (then === undefined || Date.parse(now) > Date.parse(then)) yield id;
  }
}

function missing(message: string, state: PreviousState | null, file: string): TsdbtError {
  return new TsdbtError("TD4020", "Runtime Error", message, {
    hint: state ? `there is no ${file} in ${state.path}` : `say with --state where the ${file} of the earlier run is`,
  });
}
