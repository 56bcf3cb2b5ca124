import { join, resolve } from "node:path";
import type { Adapter } from "../../adapters/adapter.ts";
import {
  changedFiles,
  digestOfFile,
  type FileDigests,
  type FileStamps,
  isSettled,
  saysTheSame,
  stampFiles,
  withDigests,
} from "../../project/file-stamps.ts";
import { type FoundFile, findFiles, readSourceFile, type SourceFile } from "../../project/files.ts";
import type { Project, RuntimeConfig } from "../../project/types.ts";
import { type KeptParse, readParseCache, writeParseCache } from "../artifacts/parse-cache/index.ts";
import { customEnv } from "../context/shared/index.ts";
import { EventBus, type NewEvent } from "../events/event.ts";
import { fullParse, partialParsing, partialParsingOff } from "../events/messages/parsing.ts";
import type { JsonObject, Manifest } from "../manifest/resources.ts";
import { manifestMetadata } from "./metadata.ts";
import { nameOfFile } from "./paths.ts";
import { parseFully, seedOptions } from "./project.ts";
import { digestOf, mergedReads, type NotedReads, Reads, readsHold } from "./reads.ts";
import { reparseNodes } from "./reparse.ts";
import { behaviour } from "./state.ts";
import type { ParseTimes } from "./times.ts";

/** Everything that must be as it was for a kept parse to be used. */
interface About {
  build: string;
  /** The configuration: projects, vars, profile. */
  config: string;
  reads: NotedReads;
  /** Set where a model has a deprecation date: its warnings depend on the day. */
  day: string | null;
  /** What parsing said, to be said again. */
  events: NewEvent[];
}

/** The code that parsed: put in by the build. Sources that run by themselves change too often for anything to be kept. */
const BUILD = process.env.TSDBT_BUILD ?? "";

const HAS_CHANGED = "something that the saved manifest rests on has changed. Starting full parse.";

export interface CacheOptions {
  /** What made the cache must be what reads it. */
  build?: string;
  /** Notes how long what takes. */
  times?: ParseTimes | undefined;
}

/**
 * Reads all files of a project and its packages into a manifest, or takes what an earlier command kept where nothing
 * that it read has changed since:
 *
 *     const manifest = parseProject(config, adapter, events);
 *
 * An error is only ever reported by a full parse; a cache that is damaged or of another version is not used.
 * https://docs.getdbt.com/reference/parsing#partial-parsing
 *
 * @throws TsdbtError of the first thing that is wrong, with its place
 */
export function parseProject(
  config: RuntimeConfig,
  adapter: Adapter,
  events: EventBus,
  { build = BUILD, times }: CacheOptions = {},
): Manifest {
  if (build === "") return parseFully(config, adapter, events, { times }).manifest;
  const found = findAll(config);
  const stamps = stampFiles(found.values());
  const here = { build, config: configDigest(config, adapter) };
  const reads = new Reads();
  const watched = { ...config, flags: reads.watch(config.flags) };
  if (config.flags.partial_parse === false) events.emit(partialParsingOff());
  else {
    const kept = readParseCache<About>(readPlace(config));
    const changed = kept && holds(kept.about, here, config) ? changedFiles(kept.files, stamps) : undefined;
    if (kept && changed) {
      const current =
        changed.length === 0 ? kept : amend(kept, { config: watched, adapter, found, stamps, changed, reads });
      if (current) {
        for (const event of partialParsing(changed.length)) events.emit(event);
        const manifest = replay(current, config, adapter, events);
        if (times) for (const list of found.values()) times.info.path_count += list.length;
        times?.finish();
        return manifest;
      }
    }
    events.emit(fullParse(kept ? HAS_CHANGED : "saved manifest not found. Starting full parse."));
  }
  const recorder = new Recorder(events);
  const digests: Buffer[] = [];
  const onFile = (file: SourceFile) => digests.push(digestOfFile(file));
  const { manifest } = parseFully(watched, adapter, recorder, { found, onFile, onEnvVar: reads.onEnvVar, times });
  if (!isSettled(stamps) || !recorder.isPlain) return manifest;
  const about: About = { ...here, reads: reads.noted(), day: dayOf(manifest), events: recorder.events };
  const files = { ...stamps, digests: Buffer.concat(digests) };
  const kept = writeParseCache(place(config), { about, files }, manifest);
  return kept ? kept.manifest(manifest.metadata, manifest.selectors) : manifest;
}

function holds(about: About, here: Pick<About, "build" | "config">, config: RuntimeConfig): boolean {
  return (
    about.build === here.build &&
    about.config === here.config &&
    (about.day === null || about.day === today()) &&
    readsHold(about.reads, config.flags, config.env)
  );
}

interface Change {
  config: RuntimeConfig;
  adapter: Adapter;
  found: ReadonlyMap<Project, FoundFile[]>;
  stamps: FileStamps;
  /** The places, among all that were found, of files whose stamps are not as they were. */
  changed: readonly number[];
  reads: Reads;
}

/** Reads the files alone that may have changed, and keeps what comes of it. `undefined` where that is not enough. */
function amend(kept: KeptParse<About>, change: Change): KeptParse<About> | undefined {
  const { config, adapter, found, stamps, reads } = change;
  const { about } = kept;
  if (!isSettled(stamps)) return undefined;
  const changed = reallyChanged(kept.files, change);
  if (!changed) return undefined;
  const digests = withDigests(kept.files, new Map([...changed].map(([at, file]) => [at, digestOfFile(file)])));
  const files = { ...stamps, digests };
  // A file that was given with --partial-parse-file-path is read alone; what is beside it stays its own.
  const path = place(config) === readPlace(config) ? place(config) : undefined;
  const sources = [...changed.values()];
  if (sources.length === 0) return kept.amend(path, { about, files, nodes: [] });
  if (about.day !== null || sources.some((file) => isSpokenOf(about.events, file))) return undefined;
  const manifest = kept.manifest(manifestMetadata(config, adapter), {});
  const nodes = reparseNodes({ config, adapter, manifest, changed: sources, found, onEnvVar: reads.onEnvVar });
  const noted = nodes && mergedReads(about.reads, reads.noted());
  return noted && kept.amend(path, { about: { ...about, reads: noted }, files, nodes });
}

/** The files that say something else than before, by their places; `undefined` where one cannot be read. */
function reallyChanged(before: FileDigests, { found, changed, config }: Change): Map<number, SourceFile> | undefined {
  const all = [...found.values()].flat();
  const options = seedOptions(config);
  const really = new Map<number, SourceFile>();
  try {
    for (const at of changed) {
      const file = readSourceFile(all[at]!, options);
      if (!saysTheSame(before, at, digestOfFile(file))) really.set(at, file);
    }
  } catch {
    return undefined;
  }
  return really;
}

/** Whether something that was said may have been about a file, or what is defined in it. */
function isSpokenOf(events: readonly NewEvent[], { path }: FoundFile): boolean {
  const name = nameOfFile(path);
  return events.some(({ message, data }) => `${message} ${JSON.stringify(data ?? null)}`.includes(name));
}

function replay(kept: KeptParse<About>, config: RuntimeConfig, adapter: Adapter, events: EventBus): Manifest {
  for (const event of kept.about.events) events.emit(event);
  return kept.manifest(manifestMetadata(config, adapter), config.project.selectors as JsonObject);
}

function findAll(config: RuntimeConfig): Map<Project, FoundFile[]> {
  const jinjaExtensions = behaviour(config, "allow_jinja_file_extensions");
  return new Map([...config.packages.values()].map((project) => [project, findFiles(project, { jinjaExtensions })]));
}

/** Threads are left out: a manifest does not depend on them, and people change them from command to command. */
function configDigest(config: RuntimeConfig, adapter: Adapter): string {
  const { project, packages, profile, cliVars, env } = config;
  const { credentials, profileName, targetName } = profile;
  return digestOf([
    project,
    [...packages],
    cliVars,
    [credentials.type, credentials.database, credentials.schema, credentials.visible(), profileName, targetName],
    adapter.defaultQuoting,
    customEnv(env),
  ]);
}

const FILE = "partial_parse.tsdbt";

function place(config: RuntimeConfig): string {
  return join(resolve(config.project.root, config.project.targetPath), FILE);
}

function readPlace(config: RuntimeConfig): string {
  const given = config.flags.partial_parse_file_path;
  return typeof given === "string" && given !== "" ? given : place(config);
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function dayOf(manifest: Manifest): string | null {
  for (const node of manifest.nodes.values()) if (node.deprecation_date) return today();
  return null;
}

/** Passes events on, and keeps them. */
class Recorder extends EventBus {
  readonly events: NewEvent[] = [];
  /** Whether all of them are data. */
  isPlain = true;
  private readonly target: EventBus;

  constructor(target: EventBus) {
    super();
    this.target = target;
  }
  override emit(event: NewEvent): void {
    this.events.push(event);
    if (event.error || event.time) this.isPlain = false;
    this.target.emit(event);
  }
}
