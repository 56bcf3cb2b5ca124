import { sameVersion, versionText } from "../../manifest/lookups.ts";
import { didYouMean } from "../../manifest/nearest.ts";
import type { JsonObject, Node } from "../../manifest/resources.ts";
import { type Dict, deepMerged, isDict } from "../config/index.ts";
import { pyRepr, pyStr } from "../python-text.ts";
import { addModelSemantics } from "../semantic/models.ts";
import type { ParseState } from "../state.ts";
import { readColumn, readConstraints, readTests, type UnparsedColumn } from "./columns.ts";
import { contractChecksum, patchConstraints } from "./contracts.ts";
import { isoDeprecation } from "./dates.ts";
import { type Entry, readingEntry } from "./entries.ts";
import { type EntryTests, readNodeEntry } from "./nodes.ts";
import {
  type NodePatch,
  nodesForPatch,
  patchConfig,
  patchNode,
  patchProperties,
  severalDisabled,
  warnMissing,
} from "./patches.ts";
import { Shape, ShapeProblem } from "./shape.ts";

/** What a model's entry says beyond any node's. */
interface ModelPatch extends NodePatch {
  constraints: JsonObject[];
  deprecationDate: string | null;
  timeSpine: JsonObject | null;
  access: string | null;
  version: string | number | null;
  latestVersion: string | number | null;
}

interface Version {
  v: string | number;
  definedIn: string | null;
  shape: Shape;
  columns: UnparsedColumn[];
  tests: EntryTests["tests"] | null;
}

/**
 * Describes the model of an entry, or each of its versions; answers the tests put on them.
 * https://docs.getdbt.com/reference/model-properties
 */
export function patchModel(state: ParseState, entry: Entry): EntryTests[] {
  const { patch, tests, versions, latest } = readingEntry(entry, () => readModelEntry(entry));
  if (versions.length === 0) {
    for (const node of nodesForPatch(state, entry, patch)) {
      patchNode(state, node, patch);
      applyModelPatch(state, node, patch);
      addModelSemantics(state, entry, node);
    }
    return [tests];
  }
  for (const version of versions) patchVersion(state, patch, version, latest!);
  state.lookups.rebuildRefs();
  state.lookups.rebuildDisabled();
  return versions.map((version) => ({
    ...tests,
    columns: version.columns,
    tests: version.tests ?? tests.tests,
    version: version.v,
  }));
}

function readModelEntry(entry: Entry) {
  const { shape } = entry;
  const { patch, tests } = readNodeEntry(entry);
  const versions = readVersions(entry, patch.columns);
  const given = shape.version("latest_version");
  if (given !== null && !versions.some((version) => sameVersion(version.v, given))) {
    const list = pyRepr(versions.map((version) => version.v));
    throw new ShapeProblem(`latest_version: ${pyStr(given)} is not one of model '${patch.name}' versions: ${list} `, [
      ...shape.path,
      "latest_version",
    ]);
  }
  const model: ModelPatch = {
    ...patch,
    constraints: readConstraints(shape, true),
    deprecationDate: isoDeprecation(shape, "deprecation_date"),
    timeSpine: readTimeSpine(shape, patch.columns),
    access: null,
    version: null,
    latestVersion: null,
  };
  return { patch: model, tests, versions, latest: given ?? newest(versions)?.v ?? null };
}

function newest(versions: Version[]): Version | undefined {
  let best: Version | undefined;
  for (const version of versions) if (!best || isBefore(best.v, version.v)) best = version;
  return best;
}

function isBefore(a: unknown, b: unknown): boolean {
  const [x, y] = [Number(pyStr(a)), Number(pyStr(b))];
  return Number.isNaN(x) || Number.isNaN(y) ? pyStr(a) < pyStr(b) : x < y;
}

/** https://docs.getdbt.com/reference/resource-properties/versions */
function readVersions(entry: Entry, base: UnparsedColumn[]): Version[] {
  const { shape } = entry;
  if (shape.raw("versions") === null) return [];
  const seen = new Set<string>();
  return shape.shapes("versions").map((version) => {
    const v = version.version("v");
    if (v === null) {
      throw new ShapeProblem("'v' is a required property", version.path, {
        onKey: true,
        hint: didYouMean("v", Object.keys(version.data)) ?? "write `- v: 1`",
      });
    }
    if (seen.has(pyStr(v))) {
      throw new ShapeProblem(`Found duplicate version: '${pyStr(v)}' in versions list of model '${entry.name}'`, [
        ...version.path,
        "v",
      ]);
    }
    seen.add(pyStr(v));
    const hasTests = ["tests", "data_tests"].some((key) => (version.raw(key) ?? null) !== null);
    return {
      v,
      definedIn: version.optionalString("defined_in"),
      shape: version,
      columns: versionColumns(version, base),
      tests: hasTests ? readTests(version) : null,
    };
  });
}

/** The model's columns as far as the version takes them over, and its own. */
function versionColumns(version: Shape, base: UnparsedColumn[]): UnparsedColumn[] {
  let include: unknown = "*";
  let exclude: unknown[] = [];
  const own: UnparsedColumn[] = [];
  let filters = 0;
  for (const item of version.shapes("columns")) {
    if (!item.has("include") && !item.has("exclude")) {
      own.push(readColumn(item));
      continue;
    }
    filters += 1;
    if (filters > 1)
      throw new ShapeProblem("Invalid version: version can have at most one include/exclude element", item.path);
    include = item.raw("include") ?? "*";
    exclude = item.list("exclude");
    if (typeof include === "string" && include !== "*" && include !== "all")
      throw new ShapeProblem("include must be one of ('all', '*') or a list of strings", [...item.path, "include"]);
  }
  const isIn = (name: string) => (!Array.isArray(include) || include.includes(name)) && !exclude.includes(name);
  return [...base.filter((column) => isIn(column.name)), ...own];
}

function readTimeSpine(shape: Shape, columns: UnparsedColumn[]): JsonObject | null {
  const given = shape.optionalDict("time_spine");
  if (given === null) return null;
  const spine = new Shape(given, [...shape.path, "time_spine"]);
  const standard = spine.required("standard_granularity_column");
  const custom = spine.has("custom_granularities") ? spine.shapes("custom_granularities") : [];
  const column = columns.find((c) => c.name === standard);
  const name = String(shape.raw("name"));
  if (!column && !shape.has("versions")) {
    throw new ShapeProblem(
      "Invalid time spine: Time spine standard granularity column must be defined on the model. Got invalid column name " +
        `'${standard}' for model '${name}'. Valid names: ${pyRepr(columns.map((c) => c.name))}.`,
      [...spine.path, "standard_granularity_column"],
      {
        hint:
          didYouMean(
            standard,
            columns.map((c) => c.name),
          ) ?? "describe the column under `columns:`",
      },
    );
  }
  if (column && column.info.granularity === null) {
    throw new ShapeProblem(
      "Invalid time spine: Time spine standard granularity column must have a granularity defined. Please add one for " +
        `column '${standard}' in model '${name}'.`,
      spine.path,
      { hint: "add `granularity: day` to the column" },
    );
  }
  const absent = custom
    .map((c) => c.optionalString("column_name") ?? c.required("name"))
    .filter((wanted) => !columns.some((c) => c.name === wanted));
  if (absent.length > 0 && !shape.has("versions")) {
    throw new ShapeProblem(
      "Invalid time spine: Time spine custom granularity columns do not exist in the model. " +
        `Columns not found: ${pyRepr(absent)}; Available columns: ${pyRepr(columns.map((c) => c.name))}`,
      [...spine.path, "custom_granularities"],
      { hint: "describe the columns under `columns:`" },
    );
  }
  return {
    standard_granularity_column: standard,
    custom_granularities: custom.map((c) => ({
      name: c.required("name"),
      column_name: c.optionalString("column_name"),
    })),
  };
}

function applyModelPatch(state: ParseState, node: Node, patch: ModelPatch): void {
  if (node.resource_type !== "model") return;
  node.version = patch.version;
  node.latest_version = patch.latestVersion;
  node.deprecation_date = patch.deprecationDate;
  if (patch.access) node.access = patch.access;
  patchConstraints(state, node, patch.constraints, patch.entry);
  node.time_spine = patch.timeSpine;
  contractChecksum(node);
}

/** Turns the file that holds a version into that version of the model. */
function patchVersion(state: ParseState, base: ModelPatch, version: Version, latest: string | number): void {
  const { manifest, lookups } = state;
  const { entry } = base;
  const { packageName, path } = entry.schema.file;
  const formatted = `v${versionText(version.v)}`;
  const fileName = version.definedIn ?? `${entry.name}_${formatted}`;
  let id = lookups.refId(fileName, packageName, null);
  if (id === null && sameVersion(version.v, latest)) id = lookups.refId(entry.name, packageName, null);
  let node: Node | undefined;
  let disabled = false;
  if (id === null) {
    const found = lookups.findDisabled(fileName, null, null, ["model"]) as Node[] | undefined;
    if (found && found.length > 1 && base.config.enabled) throw severalDisabled(entry, found, entry.name);
    node = found?.[0];
    disabled = true;
    if (node) manifest.disabled.delete(node.unique_id);
  } else {
    node = manifest.nodes.get(id);
    manifest.nodes.delete(id);
  }
  if (!node) {
    warnMissing(state, fileName, entry.key, path);
    return;
  }
  node.unique_id = `model.${packageName}.${entry.name}.${formatted}`;
  node.fqn[node.fqn.length - 1] = entry.name;
  node.fqn.push(formatted);
  if (disabled) manifest.disabled.set(node.unique_id, [...(manifest.disabled.get(node.unique_id) ?? []), node]);
  else manifest.nodes.set(node.unique_id, node);
  const patch = versionPatch(base, version, latest);
  patchProperties(node, patch);
  applyModelPatch(state, node, patch);
  patchConfig(state, node, patch);
  patchConstraints(state, node, patch.constraints, entry);
  contractChecksum(node);
}

function versionPatch(base: ModelPatch, version: Version, latest: string | number): ModelPatch {
  const { shape } = version;
  const config = shape.dict("config");
  const rawVersions = base.entry.raw.versions;
  const raw = Array.isArray(rawVersions) ? rawVersions.find((item) => isDict(item) && item.v === version.v) : undefined;
  const rawConfig = isDict(raw) && isDict(raw.config) ? (raw.config as Dict) : {};
  return {
    ...base,
    description: shape.string("description", "") || base.description,
    columns: version.columns,
    config: deepMerged(base.config, config),
    unrenderedConfig: rawConfig,
    constraints: shape.has("constraints") ? readConstraints(shape, true) : base.constraints,
    deprecationDate: isoDeprecation(shape, "deprecation_date"),
    timeSpine: null,
    access: shape.optionalString("access"),
    version: version.v,
    latestVersion: latest,
  };
}
