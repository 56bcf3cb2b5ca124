import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { HostObject } from "../jinja/runtime/values.ts";
import type { Manifest } from "../manifest/resources.ts";

/** Keys of nodes that only matter while parsing and running. */
const INTERNAL: ReadonlySet<string> = new Set([
  "config_call_dict",
  "unrendered_config_call_dict",
  "extra_ctes_injected",
  "extra_ctes",
]);
const FLUSH = 4 * 1024 * 1024;

let writes = 0;

/**
 * Writes manifest.json (v12): under another name first, then renamed, so that nobody ever reads half a file.
 * https://docs.getdbt.com/reference/artifacts/manifest-json
 */
export function writeManifest(manifest: Manifest, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writes += 1;
  const temporary = `${path}.${process.pid}.${writes}.tmp`;
  const file = openSync(temporary, "w");
  try {
    let pending = "";
    for (const piece of manifestPieces(manifest)) {
      pending += piece;
      if (pending.length < FLUSH) continue;
      writeSync(file, pending);
      pending = "";
    }
    writeSync(file, pending);
    fsyncSync(file);
  } catch (error) {
    closeSync(file);
    rmSync(temporary, { force: true });
    throw error;
  }
  closeSync(file);
  renameSync(temporary, path);
}

/** The text of manifest.json, a resource at a time. */
export function* manifestPieces(manifest: Manifest): Generator<string> {
  yield `{"metadata": ${json({ ...manifest.metadata, generated_at: now() })}`;
  yield* section("nodes", manifest.nodes, nodeJson);
  yield* section("sources", manifest.sources, resourceJson);
  yield* section("macros", manifest.macros, resourceJson);
  yield* section("docs", manifest.docs, resourceJson);
  yield* section("exposures", manifest.exposures, resourceJson);
  yield* section("metrics", manifest.metrics, resourceJson);
  yield* section("groups", manifest.groups, resourceJson);
  yield `, "selectors": ${json(manifest.selectors)}`;
  yield* section("disabled", manifest.disabled, (list) => `[${list.map((r) => nodeJson(r as never)).join(", ")}]`);
  yield* section("parent_map", manifest.parent_map, json);
  yield* section("child_map", manifest.child_map, json);
  yield* section("group_map", manifest.group_map, json);
  yield* section("saved_queries", manifest.saved_queries, resourceJson);
  yield* section("semantic_models", manifest.semantic_models, resourceJson);
  yield* section("unit_tests", manifest.unit_tests, resourceJson);
  yield* section("functions", manifest.functions, nodeJson);
  yield "}";
}

function now(): string {
  return new Date().toISOString();
}

function* section<T>(name: string, items: Map<string, T>, text: (item: T) => string): Generator<string> {
  yield `, ${JSON.stringify(name)}: {`;
  let separator = "";
  for (const [key, item] of items) {
    yield `${separator}${JSON.stringify(key)}: ${text(item)}`;
    separator = ", ";
  }
  yield "}";
}

type Resource = { resource_type?: string; [key: string]: unknown };

function nodeJson(node: object): string {
  const { resource_type, compiled } = node as Resource;
  const isSeed = resource_type === "seed";
  const shown: Resource = {};
  for (const [key, value] of Object.entries(node)) {
    if (key.startsWith("$") || (INTERNAL.has(key) && !(compiled && key.startsWith("extra")))) continue;
    if (!isSeed) shown[key] = value;
    else if (key === "depends_on") shown[key] = { macros: value.macros };
    else if (!SEEDLESS.has(key)) shown[key] = value;
  }
  return json(shown);
}

/** Seeds have no SQL, so nothing is referred to. */
const SEEDLESS: ReadonlySet<string> = new Set(["refs", "sources", "metrics", "functions", "language", "compiled_path"]);

function resourceJson(resource: object): string {
  const shown: Resource = {};
  for (const [key, value] of Object.entries(resource)) if (!key.startsWith("$")) shown[key] = value;
  return json(shown);
}

function json(value: unknown): string {
  return isPlain(value) ? JSON.stringify(value) : JSON.stringify(value, (_key, item) => plain(item));
}

/** Whether JSON knows all that is in a value; asking is quicker than having every value looked at while it is written. */
function isPlain(value: unknown): boolean {
  if (typeof value === "bigint") return false;
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) if (!isPlain((value as Resource)[key])) return false;
  return true;
}

/** Values that JSON does not know: big integers, dates and other objects of templates, dicts with odd keys. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof HostObject) return value.str();
  if (value instanceof Map || isDictLike(value)) {
    return Object.fromEntries(
      [...(value as Map<unknown, unknown>).entries()].map(([key, item]) => [String(key), item]),
    );
  }
  return value;
}

function isDictLike(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { entries?: unknown }).entries === "function" &&
    !Array.isArray(value)
  );
}
