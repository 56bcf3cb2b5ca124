import { addTests } from "../data/add-tests.ts";
import {
  type Extra,
  type JsonObject,
  type SiteBody,
  type SiteIndex,
  type SiteTests,
  STATUSES,
} from "../data/format.ts";
import type { Loader } from "./loader.ts";

/** Resources are named by their place in the index. */
export type Place = number;

const NONE: readonly Place[] = [];
/** Kinds that the lineage view leaves out unless asked. */
const BESIDE = new Set(["test", "unit_test", "macro", "group"]);

/** The index with what the views ask of it. The data tests come later: {@link loadTests}. */
export class Project {
  readonly index: SiteIndex;
  /** The data tests are there. */
  isWhole = false;
  private readonly loader: Loader;
  private readonly places = new Map<string, Place>();
  private readonly parentLists: Place[][] = [];
  private readonly childLists: Place[][] = [];

  constructor(index: SiteIndex, loader: Loader) {
    this.index = index;
    this.loader = loader;
    this.note(0, 0);
  }

  /** Reads the data tests, which need longer than all else together. */
  async loadTests(): Promise<void> {
    const { size, index } = this;
    const edges = index.edges.length;
    addTests(index, await this.loader.json<SiteTests>("tests.json"));
    this.note(size, edges);
    this.isWhole = true;
  }

  /** Takes in the resources and edges from the given ones on. */
  private note(firstPlace: number, firstEdge: number): void {
    const { nodes, edges } = this.index;
    for (let place = firstPlace; place < nodes.id.length; place++) this.places.set(nodes.id[place]!, place);
    for (let i = firstEdge; i < edges.length; i += 2) {
      const [parent, child] = [edges[i]!, edges[i + 1]!];
      pushTo(this.childLists, parent, child);
      pushTo(this.parentLists, child, parent);
    }
  }

  get size(): number {
    return this.index.nodes.id.length;
  }

  placeOf(id: string): Place | undefined {
    return this.places.get(id);
  }
  id(place: Place): string {
    return this.index.nodes.id[place]!;
  }
  name(place: Place): string {
    const version = this.extra(place).version;
    return version === undefined ? this.index.nodes.name[place]! : `${this.index.nodes.name[place]}.v${version}`;
  }
  kind(place: Place): string {
    return this.index.kinds[this.index.nodes.kind[place]!]!;
  }
  packageName(place: Place): string {
    return this.index.packages[this.index.nodes.package[place]!]!;
  }
  path(place: Place): string {
    return this.index.nodes.path[place]!;
  }
  /** The folder below models/, seeds/ and their like. */
  folder(place: Place): string {
    return this.path(place).split("/").slice(1, -1).join("/");
  }
  tags(place: Place): readonly string[] {
    return this.index.tagSets[this.index.nodes.tags[place]!]!;
  }
  config(place: Place): JsonObject {
    return this.index.configs[this.index.nodes.config[place]!]!;
  }
  about(place: Place): string {
    return this.index.nodes.about[place]!;
  }
  columns(place: Place): string[] {
    const names = this.index.nodes.columns[place]!;
    return names === "" ? [] : names.split("\n");
  }
  status(place: Place): string {
    return STATUSES[this.index.nodes.status[place]!]!;
  }
  seconds(place: Place): number {
    return this.index.nodes.seconds[place]!;
  }
  extra(place: Place): Extra {
    return this.index.extras[place] ?? {};
  }
  /** What belongs to a group, but for data tests. */
  members(place: Place): readonly Place[] {
    if (this.kind(place) !== "group") return NONE;
    const name = this.name(place);
    const all = Object.keys(this.index.extras).map(Number);
    return all.filter((one) => this.extra(one).group === name && !BESIDE.has(this.kind(one)));
  }
  parents(place: Place): readonly Place[] {
    return this.parentLists[place] ?? NONE;
  }
  children(place: Place): readonly Place[] {
    return this.childLists[place] ?? NONE;
  }
  /** Tables and what is made of them, as against tests and macros. */
  isMember(place: Place): boolean {
    return !BESIDE.has(this.kind(place));
  }
  /** All places of a kind, by name. */
  ofKind(kind: string): Place[] {
    const wanted = this.index.kinds.indexOf(kind);
    const found: Place[] = [];
    this.index.nodes.kind.forEach((number, place) => {
      if (number === wanted) found.push(place);
    });
    return found.sort((a, b) => this.name(a).localeCompare(this.name(b)));
  }

  async body(place: Place): Promise<SiteBody> {
    const { chunks } = this.index;
    let [low, high] = [0, chunks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (chunks[middle]! <= place) low = middle;
      else high = middle - 1;
    }
    const bodies = await this.loader.json<SiteBody[]>(`b${low}.json`);
    return bodies[place - chunks[low]!]!;
  }
  file<T>(name: string): Promise<T> {
    return this.loader.json<T>(name);
  }
  text(name: string): Promise<string> {
    return this.loader.text(name);
  }
}

/** Adds to one of many lists, which is made when it gets its first member. */
export function pushTo<T>(lists: T[][], at: number, value: T): void {
  const list = lists[at];
  if (list) list.push(value);
  else lists[at] = [value];
}

/** Places within some steps of others along lists of neighbours, those themselves among them. */
export function within(
  from: Iterable<Place>,
  steps: number,
  next: (place: Place) => readonly Place[],
  keep: (place: Place) => boolean,
): Set<Place> {
  const found = new Set(from);
  let layer = [...found];
  for (let step = 0; step < steps && layer.length > 0; step++) {
    const more: Place[] = [];
    for (const place of layer) {
      for (const other of next(place)) {
        if (found.has(other) || !keep(other)) continue;
        found.add(other);
        more.push(other);
      }
    }
    layer = more;
  }
  return found;
}
