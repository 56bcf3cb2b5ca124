import type { Adapter } from "../../adapters/adapter.ts";
import { type FoundFile, findFiles, readSourceFile, type SourceFile } from "../../project/files.ts";
import type { Project, RuntimeConfig } from "../../project/types.ts";
import { MacroRegistry } from "../context/macros.ts";
import { ParseTemplates } from "../context/parse/index.ts";
import type { EventBus } from "../events/event.ts";
import { ManifestLookups } from "../manifest/lookups.ts";
import { createManifest } from "../manifest/manifest.ts";
import { buildMaps } from "../manifest/maps.ts";
import type { JsonObject, Manifest, Node } from "../manifest/resources.ts";
import { describeSelectors } from "../select/index.ts";
import { checkProject } from "./checks.ts";
import { ConfigGenerator } from "./config/index.ts";
import { csvRows } from "./csv-rows.ts";
import { warnDeprecatedModels } from "./deprecations.ts";
import { parseDocs, renderDescriptions } from "./docs.ts";
import { duplicateResource } from "./duplicates.ts";
import { resourceError } from "./errors.ts";
import { MacroAnalysis } from "./macro-analysis.ts";
import { parseMacros } from "./macro-files.ts";
import { manifestMetadata } from "./metadata.ts";
import { warnMisspelt, warnMisspeltConfigs } from "./misspelt.ts";
import { nameOfFile } from "./paths.ts";
import { inferPrimaryKeys } from "./primary-keys.ts";
import { linkNamed, linkReferences } from "./references.ts";
import { RelationNamer } from "./relation-names.ts";
import {
  type Fixture,
  type Fixtures,
  linkUnitTests,
  parseSchemaFile,
  readSchemaFile,
  type SchemaFile,
  SourceCollector,
} from "./schema/index.ts";
import { linkMetricInputs } from "./semantic/link.ts";
import { validateSemantics } from "./semantic/validate.ts";
import { parseFunction, parseHooks, parseNodeFile, parseSnapshots } from "./sql-files.ts";
import { behaviour, type ParseState } from "./state.ts";
import { ParseTimes } from "./times.ts";
import { ParseWarnings } from "./warnings.ts";

export interface ParseOptions {
  /** False to render everything, even where what comes of it can be read off: slower, for comparison. */
  shortcuts?: boolean;
  /** The files of each package, where they have been looked for already. */
  found?: ReadonlyMap<Project, FoundFile[]>;
  /** Told of each file that is read, in the order in which they were found. */
  onFile?: (file: SourceFile) => void;
  /** Told of each environment variable that a template reads. */
  onEnvVar?: (name: string, value: string | undefined) => void;
  /** Notes how long what takes. */
  times?: ParseTimes | undefined;
}

/** What parsing leaves behind for compiling and running. */
export interface ParsedProject {
  manifest: Manifest;
  macros: MacroRegistry;
  lookups: ManifestLookups;
  warnings: ParseWarnings;
  /** Kept to parse more, such as inline SQL. */
  state: ParseState;
}

/**
 * Reads all files of a project and its packages, and answers all that was made on the way. No connection is used.
 * https://docs.getdbt.com/reference/commands/parse
 *
 * @throws TsdbtError of the first thing that is wrong, with its place
 */
export function parseFully(
  config: RuntimeConfig,
  adapter: Adapter,
  events: EventBus,
  options: ParseOptions = {},
): ParsedProject {
  const state = createState(config, adapter, events, options);
  const { manifest, lookups, times } = state;
  const packages = [...config.packages.values()];
  const files = new Map(packages.map((project) => [project, readFiles(state, project, options)]));
  for (const found of files.values()) for (const list of Object.values(found)) times.info.path_count += list.length;
  times.ended("read_files_elapsed");
  for (const project of packages) {
    const { macro = [], generic_test = [] } = files.get(project)!;
    for (const file of [...macro, ...generic_test]) parseMacros(state, file, project);
    times.info.parsed_path_count += macro.length + generic_test.length;
  }
  for (const macro of state.macros.all()) macro.resource.depends_on.macros = state.analysis.dependencies(macro);
  times.ended("load_macros_elapsed");
  const fixtures: Fixtures = new Map();
  for (const project of packages) parseFiles(state, project, files.get(project)!, fixtures);
  lookups.rebuild();
  const sources = new SourceCollector(state);
  for (const project of packages) {
    times.parser(project.name, "test", files.get(project)!.schema, (file) => {
      const schema = state.schemas.get(`${file.packageName}://${file.path}`);
      if (schema) parseSchemaFile(state, schema, sources, fixtures);
    });
  }
  settleDisabled(state);
  lookups.rebuild();
  times.ended("parse_project_elapsed");
  sources.finish();
  lookups.rebuild();
  times.ended("patch_sources_elapsed");
  manifest.selectors = describeSelectors(config.project.selectors) as JsonObject;
  linkReferences(state);
  linkUnitTests(state, (test, message, hint) =>
    resourceError(state, test as never, "TD4030", "Parsing Error", message, hint),
  );
  renderDescriptions(state);
  linkMetricInputs(state);
  linkNamed(state);
  inferPrimaryKeys(state);
  checkProject(state);
  warnMisspeltConfigs(state);
  validateSemantics(state);
  buildMaps(manifest);
  warnDeprecatedModels(state);
  state.warnings.tellHeld();
  times.ended("process_manifest_elapsed");
  times.finish();
  return { manifest, macros: state.macros, lookups, warnings: state.warnings, state };
}

/** What parsing works with, before anything is read. */
export function createState(
  config: RuntimeConfig,
  adapter: Adapter,
  events: EventBus,
  options: ParseOptions,
): ParseState {
  const manifest = createManifest(manifestMetadata(config, adapter));
  const macros = new MacroRegistry({
    rootProject: config.project.name,
    internalPackages: [adapter.macroPackage, "dbt"],
    adapterTypes: [adapter.type, ...adapter.parentTypes],
    dispatch: config.project.dispatch,
    packages: config.packages.keys(),
  });
  const templates = new ParseTemplates({ config, adapter, events, macros, onEnvVar: options.onEnvVar });
  const warnings = new ParseWarnings(events, behaviour(config, "enable_grouped_warn_error_parser_logs"));
  const nodePackageFirst = behaviour(config, "require_ref_searches_node_package_before_root");
  return {
    config,
    adapter,
    manifest,
    lookups: new ManifestLookups(manifest, config.project.name, { nodePackageFirst }),
    configs: new ConfigGenerator(config),
    macros,
    templates,
    analysis: new MacroAnalysis(macros),
    names: new RelationNamer(config, adapter, macros, templates),
    warnings,
    files: new Map(),
    schemas: new Map(),
    shortcuts: options.shortcuts ?? true,
    times: options.times ?? new ParseTimes(config.flags),
    createdAt: Date.now() / 1000,
  };
}

/** How seeds are read. */
export function seedOptions({ flags }: RuntimeConfig): { maximumSeedSizeMib?: number } {
  const size = flags.maximum_seed_size_mib;
  return typeof size === "number" ? { maximumSeedSizeMib: size } : {};
}

type FilesByKind = { [kind in SourceFile["kind"]]?: SourceFile[] };

function readFiles(state: ParseState, project: Project, { found: known, onFile }: ParseOptions): FilesByKind {
  const byKind: FilesByKind = {};
  const found =
    known?.get(project) ??
    findFiles(project, { jinjaExtensions: behaviour(state.config, "allow_jinja_file_extensions") });
  const options = seedOptions(state.config);
  for (const one of found) {
    const file = readSourceFile(one, options);
    onFile?.(file);
    const others = byKind[file.kind];
    if (others) others.push(file);
    else byKind[file.kind] = [file];
    if (project.builtin) continue;
    const id = `${file.packageName}://${file.path}`;
    state.files.set(id, file);
    if (file.kind !== "schema" || file.contents === "") continue;
    const schema: SchemaFile | undefined = readSchemaFile(file, (what) =>
      state.warnings.deprecate("DuplicateYAMLKeysDeprecation", `${what} in file \`${file.path}\``, {
        duplicate_description: what,
        file: file.path,
      }),
    );
    if (!schema) continue;
    state.schemas.set(id, schema);
    warnMisspelt(state, schema);
  }
  return byKind;
}

function parseFiles(state: ParseState, project: Project, files: FilesByKind, fixtures: Fixtures): void {
  const parser = (name: string, kind: SourceFile["kind"], parse: (file: SourceFile) => void) =>
    state.times.parser(project.name, name, files[kind], parse);
  parser("model", "model", (file) => parseNodeFile(state, file));
  parser("snapshot", "snapshot", (file) => parseSnapshots(state, file));
  parser("analysis", "analysis", (file) => parseNodeFile(state, file));
  parser("test", "singular_test", (file) => parseNodeFile(state, file));
  parser("seed", "seed", (file) => parseNodeFile(state, file));
  parser("doc", "docs", (file) => parseDocs(state, file));
  parseHooks(state, project);
  parser("fixture", "fixture", (file) => {
    const name = nameOfFile(file.relativePath);
    const rows = file.path.endsWith(".csv") ? (csvRows(file.contents) as JsonObject[]) : file.contents;
    const id = `fixture.${project.name}.${name}`;
    const known = fixtures.get(id);
    if (known)
      throw duplicateResource(state, fixtureResource(id, { ...known, path: file.path }), fixtureResource(id, known));
    fixtures.set(id, { name, packageName: project.name, path: file.path, rows });
  });
  parser("function", "function", (file) => parseFunction(state, file));
}

function fixtureResource(unique_id: string, { name, packageName, path }: Fixture) {
  return { resource_type: "fixture", name, unique_id, package_name: packageName, original_file_path: path };
}

/** Properties files switch nodes on and off: each goes where it belongs now. */
function settleDisabled(state: ParseState): void {
  const { nodes, disabled } = state.manifest;
  for (const node of [...nodes.values()]) {
    if (node.config.enabled) continue;
    nodes.delete(node.unique_id);
    const list = disabled.get(node.unique_id);
    if (list) list.push(node);
    else disabled.set(node.unique_id, [node]);
  }
  for (const [id, list] of [...disabled]) {
    const enabled = list.filter((node) => (node.config as { enabled?: boolean }).enabled !== false) as Node[];
    if (enabled.length === 0) continue;
    const rest = list.filter((node) => !enabled.includes(node as Node));
    if (rest.length === 0) disabled.delete(id);
    else disabled.set(id, rest);
    for (const node of enabled) if (!nodes.has(node.unique_id)) nodes.set(node.unique_id, node);
  }
}
