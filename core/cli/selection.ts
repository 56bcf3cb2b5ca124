import type { EventBus } from "../events/event.ts";
import { selectIgnored } from "../events/messages/selection.ts";
import type { Manifest } from "../manifest/resources.ts";
import { type IndirectSelection, type Selection, select } from "../select/index.ts";
import { previousState } from "./previous-state.ts";
import type { Session } from "./session.ts";

const EXECUTABLE = ["model", "test", "snapshot", "analysis", "operation", "seed", "sql_operation", "function"];
const BUILDABLE = ["model", "snapshot", "seed", "test", "unit_test", "saved_query", "exposure", "function"];
const TESTS = ["test", "unit_test"];
const LISTED = [
  "model",
  "snapshot",
  "seed",
  "test",
  "source",
  "exposure",
  "metric",
  "saved_query",
  "semantic_model",
  "unit_test",
  "function",
];

/** The resource types a command handles when it is not told otherwise. */
const TYPES: { [command: string]: readonly string[] } = {
  run: ["model"],
  build: BUILDABLE,
  test: TESTS,
  seed: ["seed"],
  snapshot: ["snapshot"],
  compile: EXECUTABLE,
  show: EXECUTABLE,
  generate: EXECUTABLE,
  "catalog sources": ["source"],
  freshness: ["source"],
  list: LISTED,
  clone: ["model", "seed", "snapshot"],
};

/** What the command's flags select. Criteria that match nothing are said through `events`. */
export function selectionOf(
  command: string,
  { config, manifest, adapter }: Pick<Session, "config" | "manifest"> & Partial<Pick<Session, "adapter">>,
  events: EventBus,
): Selection {
  const { flags } = config;
  if (flags.selector && (flags.select.length > 0 || flags.exclude.length > 0)) events.emit(selectIgnored());
  const models = command === "list" && flags.models.length > 0;
  return select(manifest, {
    select: models ? flags.models : flags.select,
    exclude: flags.exclude,
    selector: flags.selector,
    selectors: config.project.selectors,
    indirectSelection: flags.indirect_selection as IndirectSelection,
    resourceTypes: models ? new Set(["model"]) : resourceTypes(command, flags),
    ...(command === "freshness" ? { only: (id: string) => hasFreshness(manifest, id) } : {}),
    includeEmpty: command === "list" || command === "generate",
    projectRoot: config.project.root,
    state: previousState(config, events),
    ...(adapter ? { constraintSupport: adapter.constraintSupport } : {}),
    maximumSeedSizeMib: Number(flags.maximum_seed_size_mib ?? 1),
    events,
  });
}

function resourceTypes(
  command: string,
  flags: { resource_types: string[]; exclude_resource_types: string[] },
): Set<string> {
  const own = TYPES[command] ?? EXECUTABLE;
  const every = command === "list" ? [...LISTED, "analysis"] : own;
  const asked = flags.resource_types ?? [];
  let types: string[] = [];
  if (asked.length === 0) types = [...own];
  for (const type of asked) {
    if (type === "all") types.push(...every);
    else if (type === "default") types.push(...own);
    else types.push(type);
  }
  // `test` and `clone` stay what they are, whatever is asked for.
  if (command === "test" || command === "clone") types = types.filter((type) => own.includes(type));
  const excluded = flags.exclude_resource_types ?? [];
  return new Set(types.filter((type) => !excluded.includes(type)));
}

/** A source that says how old its data may be. */
function hasFreshness(manifest: Manifest, id: string): boolean {
  const { warn_after: warn, error_after: error } = manifest.sources.get(id)?.freshness ?? {};
  return [warn, error].some((limit) => limit != null && limit.count != null && limit.period != null);
}
