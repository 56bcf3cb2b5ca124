import { PyDict } from "../../jinja/index.ts";
import { HostObject, Tuple } from "../../jinja/runtime/values.ts";
import type { GraphResource, Manifest } from "../../manifest/resources.ts";
import { type Member, member, method } from "../../python/support.ts";
import { resourceValue } from "./node-value.ts";

/** One section of `graph`, e.g. `graph.nodes`: a mapping of unique ids whose values are made when they are looked at. */
export class GraphSection extends HostObject {
  readonly typeName = "FlatGraphMapping";
  readonly pyModule = "dbt.contracts.graph.manifest";
  private readonly resources: ReadonlyMap<string, GraphResource>;
  private readonly made = new Map<string, PyDict>();
  constructor(resources: ReadonlyMap<string, GraphResource>) {
    super();
    this.resources = resources;
  }
  override attr(name: string): unknown {
    return member(MEMBERS, this, name);
  }
  override item(key: unknown): unknown {
    const resource = typeof key === "string" ? this.resources.get(key) : undefined;
    if (!resource) return undefined;
    let value = this.made.get(resource.unique_id);
    if (!value) {
      value = resourceValue(resource, { omitNone: false });
      this.made.set(resource.unique_id, value);
    }
    return value;
  }
  override iterate(): Iterable<unknown> {
    return this.resources.keys();
  }
  override length(): number {
    return this.resources.size;
  }
  override contains(item: unknown): boolean {
    return typeof item === "string" && this.resources.has(item);
  }
  keys(): string[] {
    return [...this.resources.keys()];
  }
}

const MEMBERS = new Map<string, Member<GraphSection>>([
  ["keys", method("keys()", (self: GraphSection) => self.keys())],
  ["values", method("values()", (self: GraphSection) => self.keys().map((key) => self.item(key)))],
  ["items", method("items()", (self: GraphSection) => self.keys().map((key) => new Tuple([key, self.item(key)])))],
  [
    "get",
    method("get(key, default=None)", (self: GraphSection, key: unknown, dflt: unknown) => self.item(key) ?? dflt),
  ],
]);

/** `graph` of templates: https://docs.getdbt.com/reference/dbt-jinja-functions/graph */
export function createGraph(manifest: Manifest): PyDict {
  const section = (resources: ReadonlyMap<string, unknown>) =>
    new GraphSection(resources as ReadonlyMap<string, GraphResource>);
  return PyDict.from({
    exposures: section(manifest.exposures),
    functions: section(manifest.functions),
    groups: section(manifest.groups),
    metrics: section(manifest.metrics),
    nodes: section(manifest.nodes),
    sources: section(manifest.sources),
    semantic_models: section(manifest.semantic_models),
    saved_queries: section(manifest.saved_queries),
    unit_tests: section(manifest.unit_tests),
  });
}
