import { TsdbtError } from "../errors.ts";
import { PyFloat } from "../jinja/runtime/values.ts";
import { summariesOf, summaryOf } from "./lazy-map.ts";
import type {
  DocBlock,
  Exposure,
  GraphResource,
  Manifest,
  Node,
  ResourceType,
  SemanticResource,
  SourceDefinition,
} from "./resources.ts";
import type { Summary } from "./summary.ts";

/** What `ref` may point to. */
const REFABLE: ReadonlySet<string> = new Set(["model", "seed", "snapshot"]);

type Version = string | number | null | undefined;
type DisabledResource = Node | SourceDefinition | Exposure | SemanticResource;

/** A resource found: in the graph, or switched off. */
export type Found<T> = { node: T; disabled: false } | { node: DisabledResource; disabled: true };

/** A version as it stands in names: `2`, `1.0`, `beta`. */
export function versionText(version: unknown): string {
  if (version instanceof PyFloat) return `${version.value}.0`;
  return String(version);
}

/** Equality of versions as Python has it: `1` and `1.0` are the same, `1` and `"1"` are not. */
export function sameVersion(a: unknown, b: unknown): boolean {
  const plain = (v: unknown): unknown => (v instanceof PyFloat ? v.value : v);
  return plain(a) === plain(b);
}

/** Numbers by size, where both are numbers; else as text. */
export function compareVersions(a: string | number, b: string | number): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

/** The key a node is found by: `orders`, or `orders.v2` for one version of a versioned model. */
export function searchName(resource: {
  resource_type: string;
  name: string;
  version?: unknown;
  source_name?: unknown;
}): string {
  if (resource.resource_type === "source") return `${String(resource.source_name)}.${resource.name}`;
  if (resource.resource_type === "model" && resource.version !== null && resource.version !== undefined)
    return `${resource.name}.v${versionText(resource.version)}`;
  return resource.name;
}

/** Names to unique ids, a level for the package between. */
export class NameIndex {
  private readonly byName = new Map<string, Map<string, string>>();

  add(name: string, packageName: string, uniqueId: string): void {
    let packages = this.byName.get(name);
    if (!packages) {
      packages = new Map();
      this.byName.set(name, packages);
    }
    packages.set(packageName, uniqueId);
  }

  /** The id in that package, or in whichever package has it first. */
  find(name: string, packageName: string | null): string | null {
    const packages = this.byName.get(name);
    if (!packages) return null;
    if (packageName !== null) return packages.get(packageName) ?? null;
    for (const id of packages.values()) return id;
    return null;
  }

  /** The ids of every package. */
  all(name: string): string[] {
    return [...(this.byName.get(name)?.values() ?? [])];
  }

  names(): IterableIterator<string> {
    return this.byName.keys();
  }
}

/** Who asks: the resource whose `ref` or `source` is resolved. */
export interface Asker {
  package_name: string;
  unique_id?: string;
}

interface Indexes {
  refs: NameIndex;
  analyses: NameIndex;
  singularTests: NameIndex;
  sources: NameIndex;
  docs: NameIndex;
  metrics: NameIndex;
  savedQueries: NameIndex;
  functions: NameIndex;
  disabled: Map<string, Map<string, DisabledResource[]>>;
}

const MAKERS: { [name in keyof Indexes]: (manifest: Manifest) => Indexes[name] } = {
  refs: indexRefs,
  analyses: ({ nodes }) => indexed(ofType(nodes, "analysis")),
  singularTests: ({ nodes }) => indexed(ofType(nodes, "test", (node) => node.test_metadata === undefined)),
  sources: ({ sources }) => indexed(summariesOf(sources), (source) => `${source.source_name ?? ""}.${source.name}`),
  docs: ({ docs }) => indexed(docs.values()),
  metrics: ({ metrics }) => indexed(metrics.values()),
  savedQueries: ({ saved_queries }) => indexed(saved_queries.values()),
  functions: ({ functions }) => indexed(functions.values()),
  disabled: indexDisabled,
};

const ALL = Object.keys(MAKERS) as (keyof Indexes)[];

/**
 * Finds resources by the names that templates use, in dbt's order: the package named, else the root project, else the
 * asking node's own package, else any package (several are an error).
 * Built once the nodes are there; call {@link rebuild} after names or versions changed. With `onDemand`, for a manifest
 * that stays as it is, each index is built when it is first asked.
 */
export class ManifestLookups {
  private indexes: Partial<Indexes> = {};
  private readonly manifest: Manifest;
  private readonly rootProject: string;
  private readonly nodePackageFirst: boolean;

  constructor(
    manifest: Manifest,
    rootProject: string,
    options: { nodePackageFirst?: boolean; onDemand?: boolean } = {},
  ) {
    this.manifest = manifest;
    this.rootProject = rootProject;
    this.nodePackageFirst = options.nodePackageFirst ?? false;
    if (!options.onDemand) this.rebuild();
  }

  rebuild(): void {
    for (const name of ALL) this.build(name);
  }

  rebuildRefs(): void {
    this.build("refs");
    this.build("analyses");
    this.build("singularTests");
  }

  rebuildDisabled(): void {
    this.build("disabled");
  }

  private build<Name extends keyof Indexes>(name: Name): Indexes[Name] {
    const index = MAKERS[name](this.manifest) as Indexes[Name];
    this.indexes[name] = index;
    return index;
  }

  private index<Name extends keyof Indexes>(name: Name): Indexes[Name] {
    return (this.indexes[name] as Indexes[Name] | undefined) ?? this.build(name);
  }

  /** The unique id a `ref` of these parts has in one package, or in any (several there are an error). */
  refId(name: string, packageName: string | null, version: Version): string | null {
    const key = version ? `${name}.v${versionText(version)}` : name;
    if (packageName !== null) return this.index("refs").find(key, packageName);
    const ids = this.index("refs").all(key);
    if (ids.length > 1) throw ambiguousRef(key, ids);
    return ids[0] ?? null;
  }

  analysisId(name: string): string | null {
    return this.index("analyses").find(name, null);
  }

  singularTestId(name: string, packageName: string): string | null {
    return this.index("singularTests").find(name, packageName);
  }

  functionId(name: string, packageName: string | null): string | null {
    return this.index("functions").find(name, packageName);
  }

  /** Switched-off resources of that name; `undefined` when there are none. */
  findDisabled(
    name: string,
    packageName: string | null,
    version?: Version,
    types?: readonly ResourceType[],
  ): DisabledResource[] | undefined {
    const packages = this.index("disabled").get(version ? `${name}.v${versionText(version)}` : name);
    if (!packages) return undefined;
    const nodes = packageName === null ? [...packages.values()][0] : packages.get(packageName);
    if (!nodes || types === undefined) return nodes;
    const matching = nodes.filter((n) => types.includes(n.resource_type as ResourceType));
    return matching.length > 0 ? matching : undefined;
  }

  /**
   * What `ref(...)` means when `asker` says it.
   * @throws TsdbtError when no package is named and several have the name.
   */
  resolveRef(asker: Asker, name: string, packageName: string | null, version: Version): Found<Node> | null {
    return this.search(
      this.packagesToSearch(asker.package_name, packageName),
      (pkg) => {
        const id = this.refId(name, pkg, version);
        const node = id === null ? undefined : this.manifest.nodes.get(id);
        return node?.config.enabled ? node : undefined;
      },
      (pkg) => this.findDisabled(name, pkg, version, ["model", "seed", "snapshot"]),
    );
  }

  /** What `source(...)` means when `asker` says it. */
  resolveSource(asker: Asker, sourceName: string, tableName: string): Found<SourceDefinition> | null {
    const name = `${sourceName}.${tableName}`;
    return this.search(
      this.packagesToSearch(asker.package_name, null),
      (pkg) => {
        const id = this.index("sources").find(name, pkg);
        const source = id === null ? undefined : this.manifest.sources.get(id);
        return source?.config.enabled ? source : undefined;
      },
      (pkg) => this.findDisabled(name, pkg),
    );
  }

  /** The source of that name in any package, as unit tests look for it. */
  sourceAnywhere(sourceName: string, tableName: string): SourceDefinition | undefined {
    const id = this.index("sources").find(`${sourceName}.${tableName}`, null);
    return id === null ? undefined : this.manifest.sources.get(id);
  }

  resolveMetric(asker: Asker, name: string, packageName: string | null): Found<SemanticResource> | null {
    return this.byIndex(this.index("metrics"), this.manifest.metrics, asker, name, packageName);
  }

  resolveSavedQuery(asker: Asker, name: string, packageName: string | null): Found<SemanticResource> | null {
    return this.byIndex(this.index("savedQueries"), this.manifest.saved_queries, asker, name, packageName);
  }

  resolveFunction(asker: Asker, name: string, packageName: string | null): Found<Node> | null {
    return this.byIndex(this.index("functions"), this.manifest.functions, asker, name, packageName);
  }

  /** What `doc(...)` means: the named package, or the root project, the node's package, then any. */
  resolveDoc(name: string, packageName: string | null, nodePackage: string): DocBlock | undefined {
    for (const pkg of this.packagesToSearch(nodePackage, packageName)) {
      const id = this.index("docs").find(name, pkg);
      if (id !== null) return this.manifest.docs.get(id);
    }
    return undefined;
  }

  /** Every name that `ref` could mean, for hints. */
  refNames(): Iterable<string> {
    return this.index("refs").names();
  }

  /** Every `source.table`, for hints. */
  sourceNames(): Iterable<string> {
    return this.index("sources").names();
  }

  docNames(): Iterable<string> {
    return this.index("docs").names();
  }

  private packagesToSearch(nodePackage: string, targetPackage: string | null): (string | null)[] {
    if (targetPackage !== null) return [targetPackage];
    if (nodePackage === this.rootProject) return [this.rootProject, null];
    return this.nodePackageFirst ? [nodePackage, this.rootProject, null] : [this.rootProject, nodePackage, null];
  }

  private byIndex<T extends GraphResource>(
    index: NameIndex,
    resources: Map<string, T>,
    asker: Asker,
    name: string,
    packageName: string | null,
  ): Found<T> | null {
    return this.search(
      this.packagesToSearch(asker.package_name, packageName),
      (pkg) => {
        const id = index.find(name, pkg);
        const resource = id === null ? undefined : resources.get(id);
        return (resource?.config as { enabled?: boolean } | undefined)?.enabled === false ? undefined : resource;
      },
      (pkg) => this.findDisabled(name, pkg),
    );
  }

  private search<T>(
    packages: (string | null)[],
    find: (pkg: string | null) => T | undefined,
    findDisabled: (pkg: string | null) => DisabledResource[] | undefined,
  ): Found<T> | null {
    let disabled: DisabledResource[] | undefined;
    for (const pkg of packages) {
      const node = find(pkg);
      if (node !== undefined) return { node, disabled: false };
      disabled ??= findDisabled(pkg);
    }
    return disabled ? { node: disabled[0]!, disabled: true } : null;
  }
}

interface Named {
  name: string;
  package_name: string;
  unique_id: string;
}

function indexed<T extends Named>(resources: Iterable<T>, nameOf = (resource: T): string => resource.name): NameIndex {
  const index = new NameIndex();
  for (const r of resources) index.add(nameOf(r), r.package_name, r.unique_id);
  return index;
}

function* ofType(
  nodes: Manifest["nodes"],
  type: ResourceType,
  isIn: (node: Node | Summary) => boolean = () => true,
): Generator<Node | Summary> {
  for (const id of nodes.keys()) {
    if (!id.startsWith(`${type}.`)) continue;
    const node = summaryOf(nodes, id)!;
    if (isIn(node)) yield node;
  }
}

function indexRefs({ nodes }: Manifest): NameIndex {
  const index = new NameIndex();
  for (const id of nodes.keys()) {
    if (!REFABLE.has(id.slice(0, id.indexOf(".")))) continue;
    const node = summaryOf(nodes, id)!;
    if (node.resource_type === "model" && node.version !== null && node.version !== undefined) {
      index.add(searchName(node), node.package_name, id);
      if (!sameVersion(node.version, node.latest_version)) continue;
    }
    index.add(node.name, node.package_name, id);
  }
  return index;
}

function indexDisabled({ disabled }: Manifest): Indexes["disabled"] {
  const index: Indexes["disabled"] = new Map();
  for (const list of disabled.values()) {
    for (const node of list) {
      const name = searchName(node as unknown as Node);
      let packages = index.get(name);
      if (!packages) {
        packages = new Map();
        index.set(name, packages);
      }
      const known = packages.get(node.package_name);
      if (known) known.push(node);
      else packages.set(node.package_name, [node]);
    }
  }
  return index;
}

function ambiguousRef(name: string, ids: string[]): TsdbtError {
  const packages = ids.map((id) => id.split(".")[1]);
  return new TsdbtError(
    "TD4001",
    "Compilation Error",
    `When referencing '${name}', dbt found nodes in multiple packages: '${ids.join("', '")}'\n` +
      `To fix this, use two-argument 'ref', with the package name first: '${packages.join("' or '")}'`,
  );
}
