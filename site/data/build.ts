import type { Artifacts, Resource, RunResult, RunResultsFile } from "./artifacts.ts";
import { bodyOf, columnsOf, text } from "./bodies.ts";
import { columnLineageOf } from "./column-lineage.ts";
import {
  type Extra,
  type HistoryEntry,
  type JsonObject,
  type NodeColumns,
  type SiteBody,
  type SiteFiles,
  type SiteIndex,
  type SiteTests,
  STATUSES,
  type Timeline,
} from "./format.ts";
import { without } from "./plain.ts";

const TABLES = [
  "nodes",
  "sources",
  "exposures",
  "metrics",
  "semantic_models",
  "saved_queries",
  "unit_tests",
  "functions",
  "groups",
  "macros",
];
/** About how much a body file holds, in characters. */
const CHUNK = 200_000;
const ABOUT = 160;

/** The site's data files from the artifacts. */
export function siteFiles(artifacts: Artifacts): SiteFiles {
  const { manifest } = artifacts;
  const all = [...resourcesOf(artifacts)];
  const isTest = ({ resource_type }: Resource) => resource_type === "test";
  const others = all.filter((resource) => !isTest(resource));
  const resources = [...others, ...all.filter(isTest)];
  const places = new Map(resources.map(({ unique_id }, place) => [unique_id, place]));
  const main: SiteTests = { nodes: emptyColumns(), edges: [], extras: {} };
  const tests: SiteTests = { nodes: emptyColumns(), edges: [], extras: {} };
  const [kinds, packages, tagSets, configs] = [
    new Numbered<string>(),
    new Numbered<string>(),
    new Numbered<string[]>(),
    new Numbered<JsonObject>(),
  ];
  const last = lastResults(artifacts.runs);
  const { catalog } = artifacts;

  resources.forEach((r, place) => {
    const { nodes: columns, edges, extras } = place < others.length ? main : tests;
    const settings = (r.config ?? {}) as JsonObject;
    columns.id.push(r.unique_id);
    columns.name.push(r.resource_type === "source" ? `${text(r.source_name)}.${r.name}` : r.name);
    columns.kind.push(kinds.of(r.resource_type, r.resource_type));
    columns.package.push(packages.of(r.package_name, r.package_name));
    columns.path.push(r.original_file_path ?? "");
    const tags = tagsOf(r, settings);
    columns.tags.push(tagSets.of(tags.join("\n"), tags));
    const kept = without(settings);
    columns.config.push(configs.of(JSON.stringify(kept), kept));
    columns.about.push(beginning(text(r.description)));
    const table = catalog?.nodes?.[r.unique_id] ?? catalog?.sources?.[r.unique_id];
    columns.columns.push(
      columnsOf(r, table)
        .map(({ name }) => name.replaceAll("\n", " "))
        .join("\n"),
    );
    const result = last.get(r.unique_id);
    columns.status.push(statusNumber(result?.status ?? ""));
    columns.seconds.push(round(result?.execution_time ?? 0));
    const extra = extraOf(r, settings, places, result);
    if (extra) extras[place] = extra;
    for (const parent of parentsOf(r, manifest.parent_map)) {
      const from = places.get(parent);
      if (from !== undefined && from !== place) edges.push(from, place);
    }
  });

  const files: SiteFiles = new Map();
  const chunks = writeBodies(files, resources, artifacts);
  const timeline = timelineOf(artifacts.runs[0], places);
  if (timeline) files.set("timeline.json", JSON.stringify(timeline));
  const columnLineage = columnLineageOf(artifacts.columnLineage, places);
  if (columnLineage) files.set("columns.json", JSON.stringify(columnLineage));
  const project = manifest.metadata.project_name ?? "";
  const index: SiteIndex = {
    format: 1,
    project,
    generatedAt: manifest.metadata.generated_at ?? "",
    tool: manifest.metadata.dbt_version ?? "",
    adapter: manifest.metadata.adapter_type ?? "",
    overview: overviewOf(manifest.docs, project),
    kinds: kinds.values,
    packages: packages.values,
    tagSets: tagSets.values,
    configs: configs.values,
    ...main,
    testCount: resources.length - others.length,
    chunks,
    runs: artifacts.runs.map(({ metadata, args, elapsed_time }) => ({
      id: metadata.invocation_id ?? "",
      command: args?.which ?? "run",
      at: metadata.generated_at ?? "",
      seconds: round(elapsed_time ?? 0),
    })),
    hasTimeline: timeline !== null,
    hasColumnLineage: columnLineage !== null,
  };
  files.set("index.json", JSON.stringify(index));
  files.set("tests.json", JSON.stringify(tests));
  return files;
}

/** What has a page: all but operations, the macros that come with tsdbt, and what is switched off. */
function* resourcesOf({ manifest }: Artifacts): Generator<Resource> {
  const builtIn = new Set(["dbt", `dbt_${manifest.metadata.adapter_type ?? ""}`]);
  for (const table of TABLES) {
    for (const resource of Object.values((manifest[table] ?? {}) as { [id: string]: Resource })) {
      if (resource.resource_type === "operation" || resource.resource_type === "sql operation") continue;
      if (table === "macros" && builtIn.has(resource.package_name)) continue;
      if ((resource.config as { enabled?: boolean } | undefined)?.enabled === false) continue;
      yield resource;
    }
  }
}

function emptyColumns(): NodeColumns {
  return {
    id: [],
    name: [],
    kind: [],
    package: [],
    path: [],
    tags: [],
    config: [],
    about: [],
    columns: [],
    status: [],
    seconds: [],
  };
}

/** Numbers different values in the order they come. */
class Numbered<T> {
  readonly values: T[] = [];
  private readonly known = new Map<string, number>();
  of(key: string, value: T): number {
    let number = this.known.get(key);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.known.set(key, number);
    }
    return number;
  }
}

function tagsOf(r: Resource, settings: JsonObject): string[] {
  const tags = r.tags ?? settings.tags;
  return typeof tags === "string" ? [tags] : Array.isArray(tags) ? tags.map(text) : [];
}

/** The beginning of a description, without the marks of Markdown. */
function beginning(description: string): string {
  const bare = description.replace(/\*\*|`+|^#+\s/gm, "").replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1");
  const line = bare.replace(/\s+/g, " ").trim();
  return line.length > ABOUT ? `${line.slice(0, ABOUT - 1)}…` : line;
}

function parentsOf(r: Resource, parents: { [id: string]: string[] } | undefined): string[] {
  const own = (r.depends_on as { nodes?: string[]; macros?: string[] } | undefined) ?? {};
  return [...new Set(r.resource_type === "macro" ? (own.macros ?? []) : (parents?.[r.unique_id] ?? own.nodes ?? []))];
}

function extraOf(
  r: Resource,
  settings: JsonObject,
  places: ReadonlyMap<string, number>,
  result: RunResult | undefined,
): Extra | null {
  const fqn = (r.fqn ?? []) as string[];
  const usual = [r.package_name, ...(r.original_file_path ?? "").split("/").slice(1, -1), r.name];
  const test = r.test_metadata as { name: string } | undefined;
  const failed = result && !["success", "pass", "no-op", "skipped"].includes(result.status);
  const extra = without({
    fqn: fqn.join("\n") === usual.join("\n") ? undefined : fqn,
    group: text(settings.group ?? r.group),
    access: r.resource_type === "model" && r.access !== "protected" ? text(r.access) : "",
    version: r.version as string | number | undefined,
    latest: r.latest_version as string | number | undefined,
    source: text(r.source_name),
    patch: text(r.patch_path),
    color: text((r.docs as { node_color?: string } | undefined)?.node_color),
    test: test && {
      name: test.name,
      ...without({ column: text(r.column_name), on: places.get(text(r.attached_node)) }),
    },
    failures: failed ? (result.failures ?? undefined) : undefined,
    message: failed ? text(result.message) : "",
  });
  return Object.keys(extra).length > 0 ? (extra as Extra) : null;
}

function overviewOf(docs: unknown, project: string): string {
  const blocks = Object.values((docs ?? {}) as { [id: string]: Resource });
  const own = blocks.filter(({ name }) => name === "__overview__" || name === `__${project}__`);
  const best = own.find(({ name }) => name === `__${project}__`) ?? own.find((b) => b.package_name === project);
  return text(best?.block_contents);
}

/** Of each resource the newest result. */
function lastResults(runs: readonly RunResultsFile[]): Map<string, RunResult> {
  const last = new Map<string, RunResult>();
  for (const { results } of runs) {
    for (const result of results) if (!last.has(result.unique_id)) last.set(result.unique_id, result);
  }
  return last;
}

function historyOf(runs: readonly RunResultsFile[]): Map<string, HistoryEntry[]> {
  const history = new Map<string, HistoryEntry[]>();
  runs.forEach(({ results }, run) => {
    for (const result of results) {
      const entry: HistoryEntry = {
        run,
        status: result.status,
        seconds: round(result.execution_time),
        rows: rowsOf(result),
        failures: result.failures ?? null,
        at: result.timing?.find(({ name }) => name === "execute")?.started_at ?? "",
        message: text(result.message),
      };
      const known = history.get(result.unique_id);
      if (known) known.push(entry);
      else history.set(result.unique_id, [entry]);
    }
  });
  return history;
}

function rowsOf({ adapter_response }: RunResult): number | null {
  const rows = Number(adapter_response?.rows_affected ?? Number.NaN);
  return Number.isFinite(rows) && rows >= 0 ? rows : null;
}

/** Writes the body files; answers the first resource of each. */
function writeBodies(files: SiteFiles, resources: readonly Resource[], artifacts: Artifacts): number[] {
  const sources = new Map((artifacts.sources?.results ?? []).map((result) => [result.unique_id, result]));
  const history = historyOf(artifacts.runs);
  const chunks: number[] = [];
  let [parts, length]: [string[], number] = [[], 0];
  const flush = () => {
    if (parts.length > 0) files.set(`b${chunks.length - 1}.json`, `[${parts.join(",\n")}]`);
    [parts, length] = [[], 0];
  };
  resources.forEach((resource, place) => {
    const body: SiteBody = bodyOf(resource, artifacts, sources);
    const past = history.get(resource.unique_id);
    if (past) body.history = past;
    const json = JSON.stringify(body);
    if (length + json.length > CHUNK) flush();
    if (parts.length === 0) chunks.push(place);
    parts.push(json);
    length += json.length;
  });
  flush();
  return chunks;
}

function timelineOf(run: RunResultsFile | undefined, places: ReadonlyMap<string, number>): Timeline | null {
  const threads = new Numbered<string>();
  const rows = (run?.results ?? []).flatMap((result) => {
    const node = places.get(result.unique_id);
    const times = (result.timing ?? []).flatMap(({ started_at, completed_at }) => [
      moment(started_at),
      moment(completed_at),
    ]);
    const known = times.filter((time) => time !== null);
    if (node === undefined || known.length === 0) return [];
    const [start, end] = [Math.min(...known), Math.max(...known)];
    return [
      { node, start, end, thread: threads.of(result.thread_id, result.thread_id), status: statusNumber(result.status) },
    ];
  });
  if (rows.length === 0) return null;
  const first = rows.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY);
  return {
    node: rows.map(({ node }) => node),
    start: rows.map(({ start }) => round(start - first)),
    end: rows.map(({ end }) => round(end - first)),
    thread: rows.map(({ thread }) => thread),
    status: rows.map(({ status }) => status),
    threads: threads.values,
  };
}

/** Milliseconds, with the microseconds that `Date` drops. */
function moment(iso: string | null): number | null {
  if (!iso) return null;
  const micro = /\.\d{3}(\d{3})/.exec(iso)?.[1] ?? "0";
  const time = Date.parse(iso);
  return Number.isNaN(time) ? null : time + Number(micro) / 1000;
}

function statusNumber(status: string): number {
  return Math.max(0, (STATUSES as readonly string[]).indexOf(status));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
