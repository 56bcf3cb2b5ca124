import { TsdbtError } from "../../core/errors.ts";
import type { GraphResource, Manifest } from "../../core/manifest/resources.ts";
import { Selector } from "../../core/select/selector.ts";
import { parseDifference } from "../../core/select/spec.ts";
import { type SiteIndex, STATUSES } from "../data/format.ts";

/** Which table of the manifest holds a kind; all others are nodes. */
const TABLES: { [kind: string]: string } = {
  source: "sources",
  exposure: "exposures",
  metric: "metrics",
  unit_test: "unit_tests",
  semantic_model: "semantic_models",
  saved_query: "saved_queries",
  function: "functions",
};

/** Answers what `--select` and `--exclude` mean, by the command line's own code; the places of what they select. */
export function selecting(index: SiteIndex): (select: string, exclude: string) => { places: number[]; error?: string } {
  const places = new Map(index.nodes.id.map((id, place) => [id, place]));
  const manifest = manifestOf(index);
  const selector = new Selector({
    manifest,
    graph: { parents: manifest.parent_map, children: manifest.child_map },
    projectRoot: "",
    selectors: new Map(),
    state: {
      path: "target",
      manifest: null,
      results: index.nodes.id.flatMap((unique_id, place) => {
        const status = STATUSES[index.nodes.status[place]!]!;
        return status === "" ? [] : [{ unique_id, status }];
      }),
      sources: null,
      currentSources: null,
    },
    keep: () => true,
    events: null,
  });
  const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");
  return (select, exclude) => {
    try {
      const ids = selector.selected(parseDifference(words(select), words(exclude), "eager"));
      return { places: [...ids].flatMap((id) => places.get(id) ?? []) };
    } catch (error) {
      if (!(error instanceof TsdbtError)) throw error;
      return { places: [], error: [error.message, error.details.hint].filter(Boolean).join(" ") };
    }
  };
}

/** As much of the manifest as selection looks at. */
function manifestOf(index: SiteIndex): Manifest {
  const { nodes } = index;
  const tables: { [name: string]: Map<string, unknown> } = {};
  for (const name of ["nodes", ...Object.values(TABLES)]) tables[name] = new Map();
  const [parents, children] = [new Map<string, string[]>(), new Map<string, string[]>()];
  nodes.id.forEach((id, place) => {
    const kind = index.kinds[nodes.kind[place]!]!;
    if (kind === "macro" || kind === "group") return;
    tables[TABLES[kind] ?? "nodes"]!.set(id, resourceOf(index, place, kind));
    parents.set(id, []);
    children.set(id, []);
  });
  for (let i = 0; i < index.edges.length; i += 2) {
    const [parent, child] = [nodes.id[index.edges[i]!]!, nodes.id[index.edges[i + 1]!]!];
    parents.get(child)?.push(parent);
    children.get(parent)?.push(child);
  }
  const metadata = { project_name: index.project };
  return {
    ...tables,
    macros: new Map(),
    docs: new Map(),
    metadata,
    parent_map: parents,
    child_map: children,
  } as unknown as Manifest;
}

function resourceOf(index: SiteIndex, place: number, kind: string): GraphResource {
  const { nodes } = index;
  const extra = index.extras[place] ?? {};
  const packageName = index.packages[nodes.package[place]!]!;
  const path = nodes.path[place]!;
  const name = extra.source ? nodes.name[place]!.slice(extra.source.length + 1) : nodes.name[place]!;
  return {
    unique_id: nodes.id[place],
    resource_type: kind,
    name,
    package_name: packageName,
    original_file_path: path,
    fqn: extra.fqn ?? [packageName, ...path.split("/").slice(1, -1), name],
    tags: index.tagSets[nodes.tags[place]!],
    config: index.configs[nodes.config[place]!],
    access: extra.access ?? "protected",
    version: extra.version ?? null,
    latest_version: extra.latest ?? null,
    source_name: extra.source,
    patch_path: extra.patch ?? null,
    ...(extra.test ? { test_metadata: { name: extra.test.name } } : {}),
  } as unknown as GraphResource;
}
