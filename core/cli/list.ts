import { shownOfNode } from "../artifacts/manifest.ts";
import { plain } from "../artifacts/plain.ts";
import { TsdbtError } from "../errors.ts";
import { print } from "../events/messages/general.ts";
import { noNodesSelected } from "../events/messages/selection.ts";
import { HostObject } from "../jinja/runtime/values.ts";
import { byCodePoint, findResource, findSummary } from "../manifest/maps.ts";
import type { GraphResource, Manifest, Node } from "../manifest/resources.ts";
import type { CommandContext } from "./spec.ts";

/** `ls`: a line for each selected resource. https://docs.getdbt.com/reference/commands/list */
export async function listNodes(context: CommandContext): Promise<number> {
  const { flags, events } = context;
  if (flags.models.length > 0 && (flags.select.length > 0 || (flags.resource_types ?? []).length > 0)) {
    const other = flags.select.length > 0 ? "select" : "resource_type";
    throw new TsdbtError("TD5004", "Runtime Error", `"models" and "${other}" are mutually exclusive arguments`);
  }
  const output = String(flags.output ?? "selector");
  const write = writer(output, flags.output_keys as string[] | undefined);
  const find = output === "json" ? findResource : findSummary;
  const { announce, saveManifest, withProject } = await import("./session.ts");
  return withProject(context, async (session) => {
    const { manifest } = session;
    await saveManifest(context, session);
    announce(context, manifest);
    const { selectionOf } = await import("./selection.ts");
    const ids = [...selectionOf("list", session, events).ids].sort(byCodePoint);
    if (ids.length === 0) events.emit(noNodesSelected());
    for (const id of ids) events.emit(print(write(find(manifest, id) as GraphResource, manifest)));
    return 0;
  });
}

type Writer = (resource: GraphResource, manifest: Manifest) => string;

/** How `--output` writes a resource. Throws a Usage Error for a form there is not. */
export function writer(output: string, keys: readonly string[] = []): Writer {
  switch (output) {
    case "selector":
      return selectorText;
    case "name":
      return nameText;
    case "path":
      return (resource) => resource.original_file_path;
    case "json":
      return (resource) => jsonText(resource, keys);
    default:
      throw new TsdbtError(
        "TD5005",
        "Usage Error",
        `Invalid value for '--output': '${output}' is not one of 'json', 'name', 'path', 'selector'.`,
      );
  }
}

const PREFIXED = new Set(["exposure", "metric", "saved_query", "semantic_model"]);

function selectorText(resource: GraphResource): string {
  const r = resource as { fqn?: string[]; source_name?: string } & GraphResource;
  if (r.resource_type === "source") return `source:${[r.package_name, r.source_name, r.name].join(".")}`;
  if (PREFIXED.has(r.resource_type)) return `${r.resource_type}:${r.package_name}.${r.name}`;
  if (r.resource_type === "unit_test") return `unit_test:${r.package_name}.${versionedName(r)}`;
  return (r.fqn ?? [r.name]).join(".");
}

function nameText(resource: GraphResource): string {
  const r = resource as { source_name?: string; version?: unknown } & GraphResource;
  if (r.resource_type === "source") return `${r.source_name}.${r.name}`;
  if (r.resource_type === "model" && r.version != null) return `${r.name}.v${String(r.version)}`;
  if (r.resource_type === "unit_test") return versionedName(r);
  return r.name;
}

function versionedName(resource: { name: string; version?: unknown }): string {
  return resource.version == null ? resource.name : `${resource.name}_v${String(resource.version)}`;
}

const DEFAULT_KEYS = new Set([
  "alias",
  "name",
  "package_name",
  "depends_on",
  "direct_parents",
  "tags",
  "config",
  "resource_type",
  "source_name",
  "original_file_path",
  "unique_id",
]);

function jsonText(resource: GraphResource, keys: readonly string[]): string {
  const shown = resource.resource_type === "seed" ? shownOfNode(resource) : resource;
  const data = { ...(shown as unknown as { [key: string]: unknown }) };
  // Not in manifest.json, and the last key here.
  if (resource.resource_type === "model") data.direct_parents = [...(resource as Node).depends_on.nodes];
  const out: { [key: string]: unknown } = {};
  if (keys.length === 0) {
    for (const [key, value] of Object.entries(data)) if (DEFAULT_KEYS.has(key)) out[key] = value;
  }
  for (const key of keys) {
    const value = key.includes(".") ? nested(data, key.split(".")) : data[key];
    if (value !== undefined && !(value === null && key.includes("."))) out[key] = value;
  }
  return pythonJson(out);
}

function nested(data: { [key: string]: unknown }, path: string[]): unknown {
  let value: unknown = data;
  for (const key of path) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, key)) return undefined;
    value = (value as { [key: string]: unknown })[key];
  }
  return value;
}

/** JSON as Python's `json.dumps` spaces and escapes it: `{"name": "a", "tags": []}`. */
export function pythonJson(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return asciiString(value);
  if (typeof value !== "object") return typeof value === "bigint" ? String(value) : JSON.stringify(value);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return pythonJson(toJSON.call(value));
  if (value instanceof HostObject) return pythonJson(plain(value));
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const kept = entries.filter(([key, item]) => item !== undefined && !String(key).startsWith("$"));
  return `{${kept.map(([key, item]) => `${asciiString(String(key))}: ${pythonJson(item)}`).join(", ")}}`;
}

function asciiString(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
