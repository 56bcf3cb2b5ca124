import { isDeepStrictEqual } from "node:util";
import type { Adapter } from "../../adapters/adapter.ts";
import { type FoundFile, readSourceFile, type SourceFile } from "../../project/files.ts";
import type { Project, RuntimeConfig } from "../../project/types.ts";
import { EventBus } from "../events/event.ts";
import { ManifestLookups } from "../manifest/lookups.ts";
import type { Manifest, Node } from "../manifest/resources.ts";
import { parseMacros } from "./macro-files.ts";
import { createState, type ParseOptions } from "./project.ts";
import { linkNode } from "./references.ts";
import { isNodeKind, readNodeFile } from "./sql-files.ts";
import { behaviour, type ParseState } from "./state.ts";

export interface Reparse {
  config: RuntimeConfig;
  adapter: Adapter;
  /** What the last parse came to. */
  manifest: Manifest;
  /** The files whose contents have changed. */
  changed: readonly SourceFile[];
  found: ReadonlyMap<Project, FoundFile[]>;
  onEnvVar: NonNullable<ParseOptions["onEnvVar"]>;
}

/** More than a person edits between two commands; a full parse takes all at once. */
const MOST_FILES = 50;

/**
 * The nodes of changed files as a full parse would make them; `undefined` where only a full parse can tell.
 *
 * A file's text decides what its node refers to and what it configures; all else comes from other files, which are as they
 * were. So the text from before is read once more beside the new one. Where the old one leads to just what the kept node
 * has, and the new one configures the same, the new node is the old one with other SQL and other references.
 */
export function reparseNodes(input: Reparse): Node[] | undefined {
  const { changed, config } = input;
  if (changed.length > MOST_FILES || !changed.every((file) => isNodeKind(file.kind) && !file.path.endsWith(".py")))
    return undefined;
  const events = new Silent();
  try {
    const state = macroState(input, events);
    const { manifest } = input;
    const nodePackageFirst = behaviour(config, "require_ref_searches_node_package_before_root");
    const lookups = new ManifestLookups(manifest, config.project.name, { nodePackageFirst, onDemand: true });
    const linked = { ...state, manifest, lookups };
    const nodes: Node[] = [];
    for (const file of changed) {
      const node = reparsed(state, linked, file);
      if (!node) return undefined;
      nodes.push(node);
    }
    return events.spoke || nodes.some((node) => closesCycle(manifest, node)) ? undefined : nodes;
  } catch {
    // What is wrong is for the full parse to say.
    return undefined;
  }
}

/** A state that knows all macros and nothing else. */
function macroState({ config, adapter, found, onEnvVar }: Reparse, events: EventBus): ParseState {
  const state = createState(config, adapter, events, { onEnvVar });
  for (const [project, files] of found)
    for (const file of files)
      if (file.kind === "macro" || file.kind === "generic_test") parseMacros(state, readSourceFile(file), project);
  return state;
}

function reparsed(state: ParseState, linked: ParseState, file: SourceFile): Node | undefined {
  const after = readNodeFile(state, file);
  const kept = linked.manifest.nodes.get(after.unique_id);
  if (!kept || kept.original_file_path !== file.path || kept.package_name !== file.packageName) return undefined;
  if (kept.resource_type === "seed") return withChecksum(kept, after);
  const before = readNodeFile(state, { ...file, contents: kept.raw_code, checksum: kept.checksum });
  if (!isSame(contribution(before), contribution(kept)) || !isSame(plain(before), plain(after))) return undefined;
  if (after.metrics.length + after.functions.length + kept.metrics.length + kept.functions.length > 0) return undefined;
  if (kept.config.incremental_strategy === "microbatch") return undefined;
  for (const node of [before, after]) {
    if (node.refs.some((ref) => ref.version !== null)) return undefined;
    linkNode(linked, node);
    if (!node.depends_on.nodes.every((id) => isOrdinary(linked, id))) return undefined;
  }
  if (!isSame(before.depends_on, kept.depends_on)) return undefined;
  const sameMacros = isSame(after.depends_on.macros, kept.depends_on.macros);
  if (!sameMacros && hasUnitTests(linked.manifest, kept.unique_id)) return undefined;
  return {
    ...withChecksum(kept, after),
    raw_code: after.raw_code,
    refs: after.refs,
    sources: after.sources,
    depends_on: after.depends_on,
  };
}

function withChecksum(kept: Node, after: Node): Node {
  return { ...kept, checksum: after.checksum, created_at: after.created_at };
}

/** What the text of a file puts into its node. */
function contribution(node: Node): unknown {
  const { refs, sources, metrics, functions, config_call_dict, unrendered_config_call_dict } = node;
  return [refs, sources, metrics, functions, node.depends_on.macros, config_call_dict, unrendered_config_call_dict];
}

/** All of a node but its SQL and its references. */
function plain(node: Node): unknown {
  return { ...node, raw_code: "", checksum: null, refs: null, sources: null, depends_on: null, created_at: 0 };
}

function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

/** Whether referring to a resource has no other consequence than depending on it. */
function isOrdinary({ manifest, config }: ParseState, id: string): boolean {
  if (id.startsWith("source.")) return true;
  const node = manifest.nodes.get(id);
  if (!node || node.access === "private" || node.deprecation_date) return false;
  if (node.version !== null && node.version !== undefined) return false;
  return !config.packages.get(node.package_name)?.restrictAccess;
}

/** A unit test looks at which macros its model calls. */
function hasUnitTests({ unit_tests }: Manifest, id: string): boolean {
  return [...unit_tests.values()].some((test) => test.depends_on.nodes.includes(id));
}

/** Whether one of those that a node has come to depend on is built on it. */
function closesCycle(manifest: Manifest, node: Node): boolean {
  const before = new Set(manifest.nodes.get(node.unique_id)!.depends_on.nodes);
  const waiting = node.depends_on.nodes.filter((id) => !before.has(id));
  const seen = new Set<string>();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === node.unique_id) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(manifest.parent_map.get(id) ?? []));
  }
  return false;
}

/** Hears whether anything was said. */
class Silent extends EventBus {
  spoke = false;
  override emit(): void {
    this.spoke = true;
  }
}
