import { TsdbtError } from "../../errors.ts";
import { didYouMean } from "../../manifest/nearest.ts";
import type { Exposure, Group, JsonObject } from "../../manifest/resources.ts";
import { addDisabled } from "../add.ts";
import { ConfigProblem, type Dict, isDict } from "../config/index.ts";
import { duplicateResource } from "../duplicates.ts";
import { fqnPrefix } from "../paths.ts";
import { pyRepr } from "../python-text.ts";
import { type ParseState, projectOf } from "../state.ts";
import { parseRefOrSource } from "../static.ts";
import { unique } from "./columns.ts";
import { type Entry, onlyKeys, readingEntry } from "./entries.ts";
import { Shape, ShapeProblem } from "./shape.ts";

const TYPES = ["dashboard", "notebook", "analysis", "ml", "application"];
const MATURITIES = ["low", "medium", "high"];
const KEYS = [
  "name",
  "type",
  "owner",
  "description",
  "label",
  "maturity",
  "meta",
  "tags",
  "url",
  "depends_on",
  "config",
];

/** https://docs.getdbt.com/docs/build/exposures */
export function addExposure(state: ParseState, entry: Entry): void {
  const exposure = readingEntry(entry, () => readExposure(state, entry));
  const { exposures } = state.manifest;
  if (!exposure.config.enabled) {
    addDisabled(state, exposure);
    return;
  }
  const known = exposures.get(exposure.unique_id);
  if (known) throw duplicateResource(state, exposure, known);
  exposures.set(exposure.unique_id, exposure);
}

function readExposure(state: ParseState, entry: Entry): Exposure {
  const { shape, schema } = entry;
  const { packageName, path, relativePath } = schema.file;
  onlyKeys(shape, KEYS);
  const name = shape.required("name");
  const type = choice(shape, "type", TYPES);
  const owner = readOwner(shape, "Exposure");
  const maturity =
    shape.has("maturity") && shape.raw("maturity") !== null ? choice(shape, "maturity", MATURITIES) : null;
  const tags = shape.strings("tags");
  const meta = shape.dict("meta");
  if (!/^[\w-]+$/.test(name)) {
    state.warnings.deprecate(
      "ExposureNameDeprecation",
      `Starting in v1.3, the 'name' of an exposure should contain only letters, numbers, and underscores. Exposures ` +
        `support a new property, 'label', which may contain spaces, capital letters, and special characters. ${name} does ` +
        "not follow this pattern. Please update the 'name', and use the 'label' property for a human-friendly title. This " +
        "will raise an error in a future version of dbt-core.",
      { exposure: name },
    );
  }
  const fqn = [...fqnPrefix(packageName, relativePath), name];
  const request = { resourceType: "exposure", fqn, packageName, patch: shape.dict("config") };
  const config = configOf(entry, () => state.configs.rendered(request));
  const section = projectOf(state, packageName).configs.exposures.rendered as Dict;
  if (section.tags === null) {
    const message = 'Field "tags" of type List[str] in ExposureConfig has invalid value None';
    const hint = "give `tags` of `exposures:` a list, or leave it out";
    throw new TsdbtError("TD4252", "Parsing Error", message, { file: "dbt_project.yml", hint });
  }
  const projectTags = Array.isArray(section.tags) ? (section.tags as string[]) : [];
  const allTags = unique([...projectTags, ...tags, ...(config.tags as string[])]).sort((a, b) => (a < b ? -1 : 1));
  const allMeta = { ...(isDict(section.meta) ? section.meta : {}), ...meta, ...(config.meta as Dict) };
  config.tags = allTags;
  config.meta = allMeta;
  const exposure: Exposure = {
    name,
    resource_type: "exposure",
    package_name: packageName,
    path: relativePath,
    original_file_path: path,
    unique_id: `exposure.${packageName}.${name}`,
    fqn,
    type,
    owner,
    description: shape.string("description", ""),
    label: shape.optionalString("label"),
    maturity,
    meta: allMeta as JsonObject,
    tags: allTags,
    config: config as Exposure["config"],
    unrendered_config: state.configs.unrendered(request) as JsonObject,
    url: shape.optionalString("url"),
    depends_on: { macros: [], nodes: [] },
    refs: [],
    sources: [],
    metrics: [],
    created_at: state.createdAt,
    $origin: { $root: schema.id, $path: [...shape.path] },
  };
  shape.strings("depends_on").forEach((line, i) => {
    readDependency(state, entry, exposure, line, i);
  });
  return exposure;
}

function readDependency(state: ParseState, entry: Entry, exposure: Exposure, line: string, index: number): void {
  const found = parseRefOrSource(line);
  if (found) {
    if (Array.isArray(found)) exposure.sources.push(found);
    else exposure.refs.push(found);
    return;
  }
  try {
    state.templates.exposureDependency(exposure, line);
  } catch (error) {
    if (!(error instanceof TsdbtError)) throw error;
    throw entry.schema.error(error.code, error.kind, error.message, [...entry.shape.path, "depends_on", index], {
      hint: error.details.hint ?? "write `- ref('model')` or `- source('source', 'table')`",
    });
  }
}

/** `owner:` with a name or an e-mail address. @throws ShapeProblem */
function readOwner(shape: Shape, what: "Exposure" | "Group"): JsonObject {
  if (!shape.has("owner"))
    throw new ShapeProblem("'owner' is a required property", shape.path, {
      onKey: true,
      hint: didYouMean("owner", Object.keys(shape.data)) ?? "add `owner: {name: …, email: …}`",
    });
  const owner = new Shape(shape.dict("owner"), [...shape.path, "owner"]);
  const name = owner.optionalString("name");
  const email = owner.raw("email") ?? null;
  if (email !== null && typeof email !== "string" && !Array.isArray(email)) throw owner.notAny("email", email);
  if (name === null && email === null)
    throw new ShapeProblem(`${what} owner must have at least one of 'name' or 'email'.`, owner.path);
  const { name: _name, email: _email, ...extra } = owner.data;
  return { email, name, ...extra } as JsonObject;
}

function choice(shape: Shape, key: string, values: readonly string[]): string {
  if (!shape.has(key))
    throw new ShapeProblem(`'${key}' is a required property`, shape.path, {
      onKey: true,
      hint: `\`${key}\` is one of ${values.join(", ")}`,
    });
  const value = shape.raw(key);
  if (typeof value === "string" && values.includes(value)) return value;
  const near = typeof value === "string" ? didYouMean(value, values) : undefined;
  throw new ShapeProblem(`${pyRepr(value)} is not one of ${pyRepr([...values])}`, [...shape.path, key], {
    hint: near ?? `\`${key}\` is one of ${values.join(", ")}`,
  });
}

function configOf(entry: Entry, calculate: () => Dict): Dict {
  try {
    return calculate();
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw new ShapeProblem(`Invalid ${entry.key} config: ${error.text}`, [
      ...entry.shape.path,
      "config",
      ...error.path,
    ]);
  }
}

/** https://docs.getdbt.com/docs/build/groups */
export function addGroup(state: ParseState, entry: Entry): void {
  const group = readingEntry(entry, (): Group => {
    const { shape, schema } = entry;
    const { packageName, path, relativePath } = schema.file;
    onlyKeys(shape, ["name", "owner", "description", "config"]);
    const name = shape.required("name");
    const fqn = [...fqnPrefix(packageName, relativePath), name];
    const patch = shape.dict("config");
    const config = configOf(entry, () => state.configs.rendered({ resourceType: "group", fqn, packageName, patch }));
    return {
      name,
      resource_type: "group",
      package_name: packageName,
      path: relativePath,
      original_file_path: path,
      unique_id: `group.${packageName}.${name}`,
      owner: readOwner(shape, "Group"),
      description: shape.optionalString("description"),
      config: config as JsonObject,
    };
  });
  const known = state.manifest.groups.get(group.unique_id);
  if (known) throw duplicateResource(state, group, known);
  state.manifest.groups.set(group.unique_id, group);
}
