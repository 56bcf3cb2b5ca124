import { LazyMap } from "../manifest/lazy-map.ts";
import type { Manifest } from "../manifest/resources.ts";
import { type Chunk, writeFileAtomic } from "./atomic.ts";
import { isPlain, plain } from "./plain.ts";

/** Keys of nodes that only matter while parsing and running. */
const INTERNAL: ReadonlySet<string> = new Set([
  "config_call_dict",
  "unrendered_config_call_dict",
  "extra_ctes_injected",
  "extra_ctes",
]);

/**
 * Writes manifest.json (v12): under another name first, then renamed, so that nobody ever reads half a file.
 * https://docs.getdbt.com/reference/artifacts/manifest-json
 */
export function writeManifest(manifest: Manifest, path: string): void {
  writeFileAtomic(path, manifestPieces(manifest));
}

/** The parts of the manifest that hold resources by name, in the order of the file. */
export const SECTIONS = [
  "nodes",
  "sources",
  "macros",
  "docs",
  "exposures",
  "metrics",
  "groups",
  "disabled",
  "saved_queries",
  "semantic_models",
  "unit_tests",
  "functions",
] as const satisfies (keyof Manifest)[];

export type SectionName = (typeof SECTIONS)[number];

/** How the text of an entry is come by, called just before it is written. */
export type EntryWriter = (section: SectionName, value: object) => string;

/** The text of manifest.json, a resource at a time; the first piece is the metadata. */
export function* manifestPieces(manifest: Manifest, write: EntryWriter = entryText): Generator<Chunk> {
  yield `{"metadata": ${json({ ...manifest.metadata, generated_at: now() })}`;
  const untouched = manifest.untouchedText?.();
  if (untouched) {
    yield* untouched;
    return;
  }
  for (const name of SECTIONS) {
    yield* section(name, manifest[name] as Map<string, object>, (value) => write(name, value));
    if (name === "groups") yield `, "selectors": ${json(manifest.selectors)}`;
    if (name !== "disabled") continue;
    yield* section("parent_map", manifest.parent_map, json);
    yield* section("child_map", manifest.child_map, json);
    yield* section("group_map", manifest.group_map, json);
  }
  yield "}";
}

/** What the manifest says of an entry of a section. */
export function entryText(section: SectionName, value: object): string {
  if (section === "disabled") return `[${(value as object[]).map((item) => json(shownOfNode(item))).join(", ")}]`;
  return json(shownOf(section, value));
}

/** The keys of an entry that the manifest shows. */
export function shownOf(section: SectionName, value: object): { [key: string]: unknown } {
  return section === "nodes" || section === "functions" ? shownOfNode(value) : shownOfResource(value);
}

/** The keys of an entry that the manifest leaves out; undefined where it shows some otherwise than they are. */
export function hiddenKeys(section: SectionName, value: object): string[] | undefined {
  const { resource_type, compiled } = value as Resource;
  if (resource_type === "seed") return undefined;
  const isNode = section === "nodes" || section === "functions";
  return Object.keys(value).filter((key) => key.startsWith("$") || (isNode && isInternal(key, compiled)));
}

function isInternal(key: string, compiled: unknown): boolean {
  return INTERNAL.has(key) && !(compiled && key.startsWith("extra"));
}

function now(): string {
  return new Date().toISOString();
}

function* section<T extends object>(name: string, items: Map<string, T>, text: (item: T) => string): Generator<Chunk> {
  yield `, ${JSON.stringify(name)}: {`;
  const lazy = items instanceof LazyMap ? (items as LazyMap<T>) : undefined;
  let separator = "";
  for (const key of items.keys()) {
    yield `${separator}${JSON.stringify(key)}: `;
    yield lazy?.text(key) ?? text(items.get(key)!);
    separator = ", ";
  }
  yield "}";
}

type Resource = { resource_type?: string; [key: string]: unknown };

/** A node with the keys that manifest.json has. */
export function shownOfNode(node: object): Resource {
  const { resource_type, compiled } = node as Resource;
  const isSeed = resource_type === "seed";
  const shown: Resource = {};
  for (const [key, value] of Object.entries(node)) {
    if (key.startsWith("$") || isInternal(key, compiled)) continue;
    if (!isSeed) shown[key] = value;
    else if (key === "depends_on") shown[key] = { macros: value.macros };
    else if (!SEEDLESS.has(key)) shown[key] = value;
  }
  return shown;
}

/** Seeds have no SQL, so nothing is referred to. */
const SEEDLESS: ReadonlySet<string> = new Set(["refs", "sources", "metrics", "functions", "language", "compiled_path"]);

function shownOfResource(resource: object): Resource {
  const shown: Resource = {};
  for (const [key, value] of Object.entries(resource)) if (!key.startsWith("$")) shown[key] = value;
  return shown;
}

function json(value: unknown): string {
  return isPlain(value) ? JSON.stringify(value) : JSON.stringify(value, (_key, item) => plain(item));
}
