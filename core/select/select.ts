import { TsdbtError } from "../errors.ts";
import type { EventBus } from "../events/event.ts";
import { defaultSelector } from "../events/messages/selection.ts";
import { pyRepr } from "../jinja/runtime/repr.ts";
import { summaryOf } from "../manifest/lazy-map.ts";
import { findSummary } from "../manifest/maps.ts";
import { didYouMean } from "../manifest/nearest.ts";
import type { Manifest, Node } from "../manifest/resources.ts";
import { Summary } from "../manifest/summary.ts";
import type { ConstraintSupport } from "./contract-changes.ts";
import { type NamedSelector, parseSelectors } from "./definitions.ts";
import { buildGraph, type Graph } from "./graph.ts";
import { Selector } from "./selector.ts";
import { type IndirectSelection, parseDifference, type Spec } from "./spec.ts";
import type { PreviousState } from "./state.ts";

export interface SelectOptions {
  select?: readonly string[];
  exclude?: readonly string[];
  /** The name of a selector of selectors.yml; it wins over `select` and `exclude`. */
  selector?: string | null;
  /** selectors.yml's content. */
  selectors?: unknown;
  indirectSelection?: IndirectSelection;
  /** The resource types that are kept; all when left out. */
  resourceTypes?: ReadonlySet<string> | null;
  /** Keeps only what passes, e.g. sources with freshness. */
  only?: (id: string) => boolean;
  /** Keeps nodes whose file is empty, as `ls` does. */
  includeEmpty?: boolean;
  /** Where `path:` looks for files. */
  projectRoot?: string;
  state?: PreviousState | null;
  /** How the engine holds constraints, for contracts that `state:` finds broken. */
  constraintSupport?: ConstraintSupport;
  /** What `--maximum-seed-size-mib` says, for the warnings of `state:`. */
  maximumSeedSizeMib?: number;
  graph?: Graph;
  /** Told about criteria that match nothing. */
  events?: EventBus | null;
}

/** What a selection found, and what it found but does not keep: other resource types, empty files. */
export interface Selection {
  ids: Set<string>;
  dropped: Set<string>;
}

/**
 * The unique ids that a selection means: `selectNodes(manifest, { select: ["+orders", "tag:nightly"] })`.
 * Throws a Runtime Error for an unknown method or selector.
 * https://docs.getdbt.com/reference/node-selection/syntax
 */
export function selectNodes(manifest: Manifest, options: SelectOptions = {}): Set<string> {
  return select(manifest, options).ids;
}

/** As `selectNodes`, and says what was found but not kept. */
export function select(manifest: Manifest, options: SelectOptions = {}): Selection {
  const indirect = options.indirectSelection ?? "eager";
  const selectors = parseSelectors(options.selectors, indirect);
  const spec = specOf(options, selectors, indirect);
  const keep = keeper(manifest, options);
  const selector = new Selector({
    manifest,
    graph: options.graph ?? buildGraph(manifest),
    projectRoot: options.projectRoot ?? process.cwd(),
    selectors,
    state: options.state ?? null,
    constraintSupport: options.constraintSupport,
    maximumSeedSizeMib: options.maximumSeedSizeMib,
    keep,
    events: options.events ?? null,
  });
  const ids = new Set<string>();
  const dropped = new Set<string>();
  for (const id of selector.evaluate(spec)[0]) (keep(id) ? ids : dropped).add(id);
  return { ids, dropped };
}

function specOf(options: SelectOptions, selectors: Map<string, NamedSelector>, indirect: IndirectSelection): Spec {
  if (options.selector) {
    const named = selectors.get(options.selector);
    if (named) return named.definition;
    throw new TsdbtError(
      "TD4014",
      "Runtime Error",
      `Could not find selector named ${options.selector}, expected one of ${pyRepr([...selectors.keys()])}`,
      {
        hint: didYouMean(options.selector, selectors.keys()),
      },
    );
  }
  const asked = (options.select?.length ?? 0) > 0 || (options.exclude?.length ?? 0) > 0;
  if (!asked) {
    for (const named of selectors.values()) {
      if (!named.default) continue;
      options.events?.emit(defaultSelector(named.name));
      return named.definition;
    }
  }
  return parseDifference(options.select ?? null, options.exclude ?? null, indirect);
}

function keeper(manifest: Manifest, options: SelectOptions): (id: string) => boolean {
  const types = options.resourceTypes;
  return (id) => {
    if (types) {
      if (!types.has(findSummary(manifest, id)?.resource_type ?? "")) return false;
    }
    if (!options.includeEmpty) {
      const node = summaryOf(manifest.nodes, id);
      if (node && node.resource_type !== "seed" && isEmpty(node)) return false;
    }
    return options.only ? options.only(id) : true;
  };
}

function isEmpty(node: Node | Summary): boolean {
  return node instanceof Summary ? node.isEmpty : node.raw_code.trim() === "";
}
