import { TsdbtError } from "../errors.ts";
import type { EventBus, NewEvent } from "../events/event.ts";
import { noNodesForCriterion } from "../events/messages/selection.ts";
import type { Manifest } from "../manifest/resources.ts";
import type { ConstraintSupport } from "./contract-changes.ts";
import type { NamedSelector } from "./definitions.ts";
import { fnmatch } from "./fnmatch.ts";
import { ancestors, descendants, type Graph } from "./graph.ts";
import { hintFor } from "./hints.ts";
import { type MethodContext, SEARCHES } from "./methods.ts";
import type { Criterion, Group, IndirectSelection, Spec } from "./spec.ts";
import { type PreviousState, searchState } from "./state.ts";

/** What selection works on. */
export interface SelectorInput {
  manifest: Manifest;
  graph: Graph;
  projectRoot: string;
  selectors: Map<string, NamedSelector>;
  state: PreviousState | null;
  constraintSupport?: ConstraintSupport | undefined;
  maximumSeedSizeMib?: number | undefined;
  /** Which of the selected are kept in the end, e.g. models for `run`. */
  keep(id: string): boolean;
  events: EventBus | null;
}

type Ids = Set<string>;
/** What is selected, and tests that would be if all their parents were. */
type Found = [direct: Ids, indirect: Ids];

/**
 * Evaluates a spec on the graph, following dbt's rules for tests that come along with what they test.
 * https://docs.getdbt.com/reference/node-selection/syntax
 */
export class Selector {
  private readonly input: SelectorInput;
  private readonly context: MethodContext;
  private readonly open: string[] = [];

  constructor(input: SelectorInput) {
    this.input = input;
    const { manifest, projectRoot, constraintSupport: support, maximumSeedSizeMib } = input;
    const contracts = support && { support, emit: (event: NewEvent) => this.input.events?.emit(event) };
    this.context = { manifest, projectRoot, contracts, maximumSeedSizeMib };
  }

  /** The ids a spec selects, of the kept kinds. */
  selected(spec: Spec): Ids {
    return new Set([...this.evaluate(spec)[0]].filter(this.input.keep));
  }

  /** The ids a spec selects, of every kind. */
  evaluate(spec: Spec): Found {
    if (spec.kind === "criterion") return this.criterion(spec);
    const found = spec.components.map((component) => this.evaluate(component));
    const combine = COMBINE[spec.kind];
    const direct = combine(found.map(([d]) => d));
    const indirect = found.every(([, i]) => i.size === 0) ? direct : combine(found.map(([d, i]) => union([d, i])));
    const selected = this.incorporate(direct, indirect, spec.indirect);
    if (spec.expectExists && selected.size === 0 && this.input.events) {
      this.input.events.emit(
        noNodesForCriterion(
          spec.raw,
          hintFor(spec, this.input.manifest, (s) => this.count(s)),
        ),
      );
    }
    return [selected, indirect];
  }

  /** How many a part of a spec would select alone. */
  private count(spec: Spec): number {
    const { events } = this.input;
    this.input.events = null;
    try {
      return this.evaluate(spec)[0].size;
    } finally {
      this.input.events = events;
    }
  }

  private criterion(spec: Criterion): Found {
    const { graph } = this.input;
    const collected: Ids = new Set(this.search(spec));
    const selected = spec.childrensParents || spec.parents || spec.children ? new Set(collected) : collected;
    if (spec.childrensParents) {
      const down = union([descendants(graph, collected), collected]);
      addAll(selected, down);
      addAll(selected, ancestors(graph, down));
    }
    if (spec.parents) addAll(selected, ancestors(graph, collected, spec.parentsDepth));
    if (spec.children) addAll(selected, descendants(graph, collected, spec.childrenDepth));
    if (spec.indirect === "empty" || spec.method === "selector") return [selected, new Set()];
    return this.expand(selected, spec.indirect);
  }

  private *search(spec: Criterion): Iterable<string> {
    if (spec.method === "selector") {
      yield* this.searchSelectors(String(spec.value));
      return;
    }
    if (spec.method === "state" || spec.method === "result" || spec.method === "source_status") {
      yield* searchState(spec.method, String(spec.value), this.context, this.input.state);
      return;
    }
    yield* SEARCHES[spec.method]!(this.context, String(spec.value ?? ""), spec.arguments, spec);
  }

  private *searchSelectors(pattern: string): Iterable<string> {
    const { selectors } = this.input;
    const names = [...selectors.keys()].filter((name) => fnmatch(name, pattern)).sort();
    if (names.length === 0) {
      throw new TsdbtError(
        "TD4012",
        "Runtime Error",
        `Selector '${pattern}' did not match any selector in selectors.yml`,
        selectors.size > 0 ? { hint: `there are ${[...selectors.keys()].join(", ")}` } : {},
      );
    }
    for (const name of names) {
      if (this.open.includes(name)) {
        throw new TsdbtError(
          "TD4013",
          "Runtime Error",
          `Circular dependency detected in selector: ${[...this.open.slice(this.open.indexOf(name)), name].join(" -> ")}`,
          { file: "selectors.yml", selector: this.open.at(-1)! },
        );
      }
      this.open.push(name);
      try {
        yield* this.selected(selectors.get(name)!.definition);
      } finally {
        this.open.pop();
      }
    }
  }

  /** Adds the tests of what is selected, as far as the mode allows. */
  private expand(selected: Ids, mode: IndirectSelection): Found {
    const { graph, manifest } = this.input;
    const indirect: Ids = new Set();
    if (holdsEveryTest(selected, manifest)) return [selected, indirect];
    const direct = new Set(selected);
    let buildable: Ids | null = null;
    if (mode === "buildable") {
      buildable = union([selected, ancestors(graph, selected)]);
      for (const id of manifest.sources.keys()) buildable.add(id);
    }
    for (const id of selected) {
      for (const child of graph.children.get(id) ?? []) {
        if (direct.has(child) || !isTest(child)) continue;
        if (mode === "eager") direct.add(child);
        else {
          const parents = graph.parents.get(child) ?? [];
          if (within(parents, selected) || (buildable && within(parents, buildable))) direct.add(child);
          else indirect.add(child);
        }
      }
    }
    return [direct, indirect];
  }

  /** Tests whose parents have come together by now. */
  private incorporate(direct: Ids, indirect: Ids, mode: IndirectSelection): Ids {
    if (mode !== "cautious" && mode !== "buildable") return direct;
    const { graph, manifest } = this.input;
    const selected = new Set(direct);
    const enough = mode === "buildable" ? union([direct, ancestors(graph, direct)]) : null;
    for (const id of indirect) {
      if (!selected.has(id) && manifest.nodes.has(id) && within(graph.parents.get(id) ?? [], enough ?? selected)) {
        selected.add(id);
      }
    }
    return selected;
  }
}

const COMBINE: { [kind in Group["kind"]]: (sets: Ids[]) => Ids } = {
  union,
  intersection: ([first, ...rest]) =>
    first && rest.length === 0 ? first : first ? filtered(first, (id) => rest.every((set) => set.has(id))) : new Set(),
  difference: ([first, ...rest]) =>
    first && rest.every((set) => set.size === 0)
      ? first
      : first
        ? filtered(first, (id) => !rest.some((set) => set.has(id)))
        : new Set(),
};

function holdsEveryTest(ids: Ids, manifest: Manifest): boolean {
  for (const id of manifest.nodes.keys()) if (isTest(id) && !ids.has(id)) return false;
  for (const id of manifest.unit_tests.keys()) if (!ids.has(id)) return false;
  return true;
}

function filtered(ids: Ids, test: (id: string) => boolean): Ids {
  const out: Ids = new Set();
  for (const id of ids) if (test(id)) out.add(id);
  return out;
}

function union(sets: readonly Ids[]): Ids {
  if (sets.length === 1) return sets[0]!;
  const out: Ids = new Set();
  for (const set of sets) addAll(out, set);
  return out;
}

function addAll(into: Ids, ids: Iterable<string>): void {
  for (const id of ids) into.add(id);
}

function within(ids: readonly string[], set: Ids): boolean {
  return ids.every((id) => set.has(id));
}

/** Data tests and unit tests come along with what they test; ids begin with the type. */
function isTest(id: string): boolean {
  return id.startsWith("test.") || id.startsWith("unit_test.");
}
