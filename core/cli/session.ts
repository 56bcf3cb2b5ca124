import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Adapter, AdapterPlugin } from "../../adapters/adapter.ts";
import type { CatalogIntegration } from "../../adapters/catalogs.ts";
import { connectionNames } from "../../adapters/connection-names.ts";
import type { RuntimeConfig } from "../../project/types.ts";
import { adapterRegistered, artifactWritten, experimentalCatalogs, note } from "../events/messages/general.ts";
import { foundLine } from "../events/messages/summary.ts";
import type { Manifest } from "../manifest/resources.ts";
import type { ParseTimes } from "../parse/index.ts";
import { ownVersion } from "./own-version.ts";
import type { CommandContext } from "./spec.ts";

/** A command's project, read and parsed, and its adapter: not yet connected. */
export interface Session {
  config: RuntimeConfig;
  adapter: Adapter;
  manifest: Manifest;
}

/** Reads the project and makes its adapter, without parsing. */
export async function openProject(
  context: Pick<CommandContext, "flags" | "events" | "env">,
): Promise<{ config: RuntimeConfig; adapter: Adapter }> {
  const { flags, events, env } = context;
  const { loadRuntimeConfig } = await import("../../project/runtime.ts");
  const config = await loadRuntimeConfig(flags, env, events);
  const { credentials, implicit, profileName, targetName, threads } = config.profile;
  if (implicit) events.emit(note(`No profile is named in dbt_project.yml: using DuckDB at ${place(config)}`));
  const { loadAdapterPlugin } = await import("../../adapters/registry.ts");
  const plugin = await loadAdapterPlugin(credentials.type);
  const catalogs = await catalogsOf(config, plugin, context);
  const adapter = plugin.create(credentials, {
    projectRoot: config.project.root,
    threads,
    profile: profileName,
    target: targetName,
    quoting: config.project.quoting,
    flags: config.project.flags,
    vars: { ...config.project.vars, ...config.cliVars },
    catalogs,
    emit: (event) => events.emit(event),
  });
  events.emit(adapterRegistered(credentials.type, ownVersion()));
  return { config, adapter };
}

/** What a project's catalogs.yml describes; nearly no project has one. */
async function catalogsOf(
  { project, cliVars, profile }: RuntimeConfig,
  { type, catalogTypes = [], tableFormats }: AdapterPlugin,
  { flags, events, env }: Pick<CommandContext, "flags" | "events" | "env">,
): Promise<CatalogIntegration[]> {
  if (!existsSync(join(project.root, "catalogs.yml"))) return [];
  const { loadCatalogs } = await import("../../project/catalogs.ts");
  const isV2 = Boolean(flags.use_catalogs_v2);
  const reader = { adapterType: type, types: catalogTypes, tableFormats, isV2 };
  const found = await loadCatalogs(project.root, reader, { cliVars, env, profile });
  if (isV2 && found.length > 0) events.emit(experimentalCatalogs());
  return found;
}

function place(config: RuntimeConfig): string {
  const { path } = config.profile.credentials as unknown as { path?: unknown };
  return typeof path === "string" ? path : config.profile.credentials.uniqueField();
}

/** Reads and parses the project, and hands it to `work`; the adapter is closed afterwards. */
export async function withProject(
  context: CommandContext,
  work: (session: Session, times: ParseTimes) => Promise<number>,
): Promise<number> {
  const { config, adapter } = await openProject(context);
  try {
    const { ParseTimes, parseProject } = await import("../parse/index.ts");
    const times = new ParseTimes(config.flags);
    const manifest = await parseProject(config, adapter, context.events, { times });
    return await work({ config, adapter, manifest }, times);
  } finally {
    await adapter.close();
    connectionNames(adapter).cleanUp((event) => context.events.emit(event));
  }
}

/** Says what the project holds, as every command that selects does first. */
export function announce(context: CommandContext, manifest: Manifest): void {
  context.events.emit(foundLine(manifest, Boolean(context.flags.inline)));
}

/** Writes target/manifest.json and semantic_manifest.json, unless `--no-write-json`. */
export async function saveManifest(context: CommandContext, session: Session): Promise<void> {
  if (!context.flags.write_json) return;
  const [{ writeManifest }, { writeSemanticManifest }] = await Promise.all([
    import("../artifacts/manifest.ts"),
    import("../artifacts/semantic-manifest.ts"),
  ]);
  const target = targetFolder(session.config);
  const path = join(target, "manifest.json");
  writeManifest(session.manifest, path);
  context.events.emit(artifactWritten("WritableManifest", path));
  const semantic = join(target, "semantic_manifest.json");
  writeSemanticManifest(session.manifest, semantic);
  context.events.emit(artifactWritten("SemanticManifest", semantic));
}

/** Where artifacts go. */
export function targetFolder(config: RuntimeConfig): string {
  return resolve(config.project.root, config.project.targetPath);
}
