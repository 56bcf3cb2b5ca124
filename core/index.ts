/**
 * tsdbt as a library. `invoke` is the whole command line as a function; `loadProject` and `selectNodes` give the parts.
 *
 * ```ts
 * import { invoke, loadProject } from "tsdbt";
 *
 * const { exitCode, results } = await invoke(["build", "--select", "orders+"], { cwd: "/srv/shop" });
 *
 * const project = await loadProject({ cwd: "/srv/shop" });
 * for (const id of project.select({ select: ["tag:nightly"] })) console.log(id);
 * await project.close();
 * ```
 */
import type { Adapter } from "../adapters/adapter.ts";
import type { RuntimeConfig } from "../project/types.ts";
import type { NodeResult } from "./artifacts/results.ts";
import { Collected, type Io } from "./cli/io.ts";
import type { TsdbtEvent } from "./events/event.ts";
import type { Manifest } from "./manifest/resources.ts";
import type { SelectOptions } from "./select/index.ts";

export interface InvokeOptions {
  /** The folder to work in; the process's own by default. */
  cwd?: string;
  /** The environment; the process's own by default. */
  env?: { [name: string]: string | undefined };
  /** Told about everything that happens, debug events included. */
  onEvent?: (event: TsdbtEvent) => void;
  /** Cancels the command as Ctrl-C would. */
  signal?: AbortSignal;
}

export interface InvokeResult {
  /** 0 all well, 1 a node failed, 2 the command could not run. */
  exitCode: number;
  /** What the command line would have shown. */
  output: string;
  /** What became of each node, for commands that run nodes. */
  results: NodeResult[];
}

/**
 * Runs a command as the command line would: `await invoke(["run", "-s", "orders"])`. Prints nothing, does not throw for
 * anything a project can do wrong, and never ends the process.
 */
export async function invoke(args: readonly string[], options: InvokeOptions = {}): Promise<InvokeResult> {
  const screen = new Collected();
  const results: NodeResult[] = [];
  const io: Io = {
    stdout: screen,
    stderr: screen,
    env: options.env ?? process.env,
    cwd: options.cwd ?? process.cwd(),
    onResults: (found) => results.push(...found),
  };
  if (options.onEvent) io.onEvent = options.onEvent;
  if (options.signal) io.signal = options.signal;
  const { main } = await import("./cli/main.ts");
  const exitCode = await main(args, io);
  return { exitCode, output: screen.text, results };
}

/** A project that was read and parsed. */
export interface LoadedProject {
  config: RuntimeConfig;
  adapter: Adapter;
  manifest: Manifest;
  /** The unique ids a selection means, with the project's own selectors. */
  select(options?: SelectOptions): Set<string>;
  /** Closes the adapter. */
  close(): Promise<void>;
}

export interface LoadOptions extends InvokeOptions {
  /** Options of the command line by name: `{ target: "prod", vars: "{a: 1}" }`. */
  flags?: { readonly [name: string]: unknown };
}

/** Reads and parses the project of a folder. Throws a TsdbtError that says what is wrong and where. */
export async function loadProject(options: LoadOptions = {}): Promise<LoadedProject> {
  const [{ loadFlags }, { EventBus }, { openProject }, { parseProject }, { selectNodes }] = await Promise.all([
    import("../project/flags.ts"),
    import("./events/event.ts"),
    import("./cli/session.ts"),
    import("./parse/index.ts"),
    import("./select/index.ts"),
  ]);
  const env = options.env ?? process.env;
  const flags = loadFlags("parse", options.flags ?? {}, env, { cwd: options.cwd ?? process.cwd() });
  const events = new EventBus();
  if (options.onEvent) events.subscribe(options.onEvent);
  const { config, adapter } = await openProject({ flags, events, env });
  try {
    const manifest = await parseProject(config, adapter, events);
    return {
      config,
      adapter,
      manifest,
      select: (own = {}) =>
        selectNodes(manifest, { projectRoot: config.project.root, selectors: config.project.selectors, ...own }),
      close: () => adapter.close(),
    };
  } catch (error) {
    await adapter.close();
    throw error;
  }
}

export type { Adapter } from "../adapters/adapter.ts";
export type { Flags, Profile, Project, RuntimeConfig } from "../project/types.ts";
export type { NodeResult, NodeStatus } from "./artifacts/results.ts";
export { type ErrorDetails, type ErrorKind, type Span, TsdbtError } from "./errors.ts";
export type { EventNode, Level, TsdbtEvent } from "./events/event.ts";
export { renderError } from "./events/render-error.ts";
export type * from "./manifest/resources.ts";
export { buildGraph, type Graph, type SelectOptions, selectNodes } from "./select/index.ts";
