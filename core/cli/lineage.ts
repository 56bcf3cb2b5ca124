import { join } from "node:path";
import { TsdbtError } from "../errors.ts";
import { artifactWritten, print } from "../events/messages/general.ts";
import { noNodesSelected } from "../events/messages/selection.ts";
import { drawGraph, GRAPH_FORMATS, nodeEntry, type QueryLineage, writeLineage } from "../lineage/index.ts";
import { byCodePoint, dependencies, findResource } from "../manifest/maps.ts";
import { didYouMean } from "../manifest/nearest.ts";
import type { Manifest } from "../manifest/resources.ts";
import { readLineage } from "../run/lineage.ts";
import { ownVersion } from "./own-version.ts";
import { selectionOf } from "./selection.ts";
import { type Session, saveManifest, targetFolder, withProject } from "./session.ts";
import type { CommandContext } from "./spec.ts";

/** `lineage`: where columns come from and what they reach. */
export async function showLineage(context: CommandContext): Promise<number> {
  const { flags, events } = context;
  const column = typeof flags.column === "string" ? flags.column : null;
  const format = formatOf(flags.format, ["text", "json"], "text");
  if (column === null && flags.select.length === 0 && !flags.selector) {
    throw new TsdbtError("TD5103", "Usage Error", "Either --column or --select is needed");
  }
  return withProject(context, async (session) => {
    await saveManifest(context, session);
    const lineage = await lineageOfProject(context, session);
    if (column !== null) {
      const found = columnNamed(session.manifest, lineage, column);
      const traced = trace(lineage, found);
      events.emit(print(format === "json" ? JSON.stringify(traced, null, 2) : tracedText(session.manifest, traced)));
      return 0;
    }
    const ids = [...selectionOf("list", session, events).ids].filter((id) => lineage.has(id)).sort(byCodePoint);
    if (ids.length === 0) events.emit(noNodesSelected());
    if (format === "json") {
      const nodes = ids.map((id) => [id, nodeEntry(lineage.get(id)!, (one) => lineage.has(one))]);
      events.emit(print(JSON.stringify(Object.fromEntries(nodes), null, 2)));
    } else for (const id of ids) events.emit(print(nodeText(session.manifest, id, lineage.get(id)!)));
    return 0;
  });
}

/** The column lineage of a project that is read already. */
export async function lineageOfProject(context: CommandContext, session: Session): Promise<Map<string, QueryLineage>> {
  const { events, flags } = context;
  return (await readLineage({ ...session, events, flags, selection: new Set() })).lineage;
}

/** `docs generate --column-lineage`: target/column_lineage.json. */
export async function saveLineage(context: CommandContext, session: Session): Promise<void> {
  const lineage = await lineageOfProject(context, session);
  const path = join(targetFolder(session.config), "column_lineage.json");
  const { invocationId } = session.config;
  writeLineage(path, lineage, { invocationId, version: ownVersion(), adapterType: session.adapter.type });
  context.events.emit(artifactWritten("ColumnLineage", path));
}

const NOT_DRAWN: ReadonlySet<string> = new Set(["test", "unit_test", "analysis", "operation", "sql_operation"]);

/** `docs lineage`: the graph of what is selected. */
export async function drawLineage(context: CommandContext): Promise<number> {
  const { flags, events } = context;
  const format = formatOf(flags.format, GRAPH_FORMATS, "mermaid");
  return withProject(context, async (session) => {
    const { manifest } = session;
    await saveManifest(context, session);
    const ids = [...selectionOf("list", session, events).ids].sort(byCodePoint);
    const nodes = ids.flatMap((id) => {
      const resource = findResource(manifest, id);
      if (!resource || NOT_DRAWN.has(resource.resource_type)) return [];
      return [{ id, label: nameOf(manifest, id), type: resource.resource_type, reads: dependencies(resource) }];
    });
    if (nodes.length === 0) events.emit(noNodesSelected());
    const drawn = new Set(nodes.map(({ id }) => id));
    const edges = nodes.flatMap(({ id, reads }) =>
      [...new Set(reads)].filter((parent) => drawn.has(parent)).map((parent) => [parent, id] as const),
    );
    events.emit(print(drawGraph({ nodes, edges }, format)));
    return 0;
  });
}

function formatOf<Format extends string>(given: unknown, formats: readonly Format[], fallback: Format): Format {
  if (given === undefined || given === null) return fallback;
  if (formats.includes(given as Format)) return given as Format;
  const known = formats.map((one) => `'${one}'`).join(", ");
  throw new TsdbtError(
    "TD5005",
    "Usage Error",
    `Invalid value for '--format': '${String(given)}' is not one of ${known}.`,
  );
}

interface ColumnAt {
  node: string;
  column: string;
}
interface Step extends ColumnAt {
  kind: string;
  reason?: string;
  sources: (ColumnAt | { relation: string; column: string })[];
}
interface Traced extends Step {
  /** What it comes from, nearest first. */
  upstream: Step[];
  /** What comes from it, nearest first. */
  downstream: Step[];
}

/** `orders.amount`, `raw.payments.amount` of a source, `model.shop.orders.amount`. @throws TsdbtError where there is none */
function columnNamed(manifest: Manifest, lineage: ReadonlyMap<string, QueryLineage>, given: string): ColumnAt {
  const dot = given.lastIndexOf(".");
  const [table, wanted] = [given.slice(0, dot), given.slice(dot + 1)];
  if (dot <= 0 || wanted === "") {
    throw new TsdbtError("TD5104", "Usage Error", `--column takes model.column, not '${given}'`);
  }
  const ids = [...lineage.keys()].filter((id) => id === table || namesOf(manifest, id).includes(table));
  if (ids.length === 0) {
    const known = [...lineage.keys()].map((id) => nameOf(manifest, id));
    throw new TsdbtError(
      "TD5105",
      "Runtime Error",
      `There is no model, snapshot, seed or source '${table}'`,
      hinted(table, known),
    );
  }
  if (ids.length > 1) {
    const hint = `say which: ${ids.join(", ")}`;
    throw new TsdbtError("TD5106", "Runtime Error", `'${table}' names more than one resource`, { hint });
  }
  const [node] = ids as [string];
  const { columns, open, error } = lineage.get(node)!;
  const column =
    columns.find(({ name }) => name === wanted) ??
    columns.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (column) return { node, column: column.name };
  const why = error ?? open[0]?.reason;
  const known = columns.map(({ name }) => name);
  throw new TsdbtError("TD5107", "Runtime Error", `${nameOf(manifest, node)} has no column '${wanted}' that is known`, {
    ...hinted(wanted, known),
    ...(why === undefined ? {} : { hint: why }),
  });
}

function hinted(name: string, known: readonly string[]): { hint?: string } {
  const hint = didYouMean(name, known);
  return hint === undefined ? {} : { hint };
}

function namesOf(manifest: Manifest, id: string): string[] {
  const resource = findResource(manifest, id);
  if (!resource) return [];
  const { name, package_name: pack } = resource;
  if (resource.resource_type === "source") return [`${(resource as { source_name: string }).source_name}.${name}`];
  const { version } = resource as { version?: unknown };
  return [name, `${pack}.${name}`, ...(version == null ? [] : [`${name}.v${String(version)}`])];
}

/** The shortest name that people use: `orders`, `orders.v2`, `raw.payments`. */
function nameOf(manifest: Manifest, id: string): string {
  const [name, , versioned] = namesOf(manifest, id);
  return versioned ?? name ?? id;
}

/** Everything that a column comes from, and everything that comes from it. */
function trace(lineage: ReadonlyMap<string, QueryLineage>, start: ColumnAt): Traced {
  const stepOf = ({ node, column }: ColumnAt): Step | null => {
    const found = lineage.get(node)?.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
    if (!found) return lineage.has(node) ? { node, column, kind: "direct", sources: [] } : null;
    const sources = found.sources.map(({ relation, column: name }) =>
      lineage.has(relation) ? { node: relation, column: name } : { relation, column: name },
    );
    return { node, column: found.name, kind: found.kind, ...(found.reason ? { reason: found.reason } : {}), sources };
  };
  const readers = readersOf(lineage);
  const walk = (next: (at: Step) => ColumnAt[]): Step[] => {
    const seen = new Map<string, Step>();
    let open = next(stepOf(start)!);
    while (open.length > 0) {
      const fresh = open.flatMap((at) => {
        const step = seen.has(keyOf(at)) || keyOf(at) === keyOf(start) ? null : stepOf(at);
        if (step) seen.set(keyOf(at), step);
        return step ? [step] : [];
      });
      open = fresh.flatMap(next);
    }
    return [...seen.values()];
  };
  return {
    ...stepOf(start)!,
    upstream: walk((at) => at.sources.filter((source): source is ColumnAt => "node" in source)),
    downstream: walk((at) => readers.get(keyOf(at)) ?? []),
  };
}

const keyOf = ({ node, column }: ColumnAt): string => `${node}\0${column.toLowerCase()}`;

function readersOf(lineage: ReadonlyMap<string, QueryLineage>): Map<string, ColumnAt[]> {
  const readers = new Map<string, ColumnAt[]>();
  for (const [node, { columns }] of lineage) {
    for (const { name, sources } of columns) {
      for (const { relation, column } of sources) {
        const key = keyOf({ node: relation, column });
        const known = readers.get(key);
        if (known) known.push({ node, column: name });
        else readers.set(key, [{ node, column: name }]);
      }
    }
  }
  return readers;
}

function tracedText(manifest: Manifest, { upstream, downstream, ...own }: Traced): string {
  const lines = [stepText(manifest, own)];
  lines.push(upstream.length > 0 ? "comes from" : "comes from no other column");
  for (const step of upstream) lines.push(`  ${stepText(manifest, step)}`);
  lines.push(downstream.length > 0 ? "goes into" : "goes into no other column");
  for (const step of downstream) lines.push(`  ${stepText(manifest, step)}`);
  return lines.join("\n");
}

function stepText(manifest: Manifest, { node, column, kind, reason, sources }: Step): string {
  const from = sources.map((source) =>
    "node" in source ? `${nameOf(manifest, source.node)}.${source.column}` : `${source.relation}.${source.column}`,
  );
  const tail = reason ? `unknown: ${reason}` : from.length > 0 ? `${kind} from ${from.join(", ")}` : kind;
  const isRoot = sources.length === 0 && kind === "direct";
  return `${nameOf(manifest, node)}.${column}${isRoot ? "" : `  ${tail}`}`;
}

function nodeText(manifest: Manifest, id: string, { columns, open, error }: QueryLineage): string {
  const lines = [`${nameOf(manifest, id)}  (${id})`];
  if (error !== undefined) lines.push(`  unknown: ${error}`);
  for (const { name, kind, sources, reason } of columns) {
    const from = sources.map(({ relation, column }) =>
      findResource(manifest, relation) ? `${nameOf(manifest, relation)}.${column}` : `${relation}.${column}`,
    );
    lines.push(
      `  ${name}  ${reason ? `unknown: ${reason}` : from.length > 0 ? `${kind} from ${from.join(", ")}` : kind}`,
    );
  }
  for (const { reason } of open) lines.push(`  *  unknown: ${reason}`);
  return lines.join("\n");
}
