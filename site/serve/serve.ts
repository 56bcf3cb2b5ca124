import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { basename, join, relative, sep } from "node:path";
import { TsdbtError } from "../../core/errors.ts";
import { keepRun } from "../data/index.ts";
import { siteOf, versionOf } from "../publish/write.ts";
import { openBrowser } from "./browser.ts";
import { docsServer, isLoopback, type Served } from "./server.ts";

export interface ServeOptions {
  /** The project's folder, and where its artifacts are. */
  root: string;
  target: string;
  /** Files and folders that decide what the project is. */
  watched: readonly string[];
  /** `asset-paths`, as they stand below both folders. */
  assetPaths: readonly string[];
  host: string;
  port: number;
  opensBrowser: boolean;
  signal: AbortSignal;
  /** Writes the artifacts anew after files changed; answers what went wrong. */
  refresh(): Promise<string | null>;
  say(line: string): void;
  warn(line: string): void;
}

const ARTIFACTS = new Set(["manifest.json", "catalog.json", "run_results.json", "sources.json", "column_lineage.json"]);

/** Serves the site until the signal comes, and keeps it up with the project. */
export async function serveDocs(options: ServeOptions): Promise<void> {
  const { target, root, host, say, warn } = options;
  if (!existsSync(join(target, "manifest.json"))) {
    const problem = await options.refresh();
    if (problem !== null)
      throw new TsdbtError("TD6003", "Runtime Error", "There is no manifest.json to serve", { hint: problem });
  }
  keepRun(target);
  const docs = docsServer(
    load(target),
    host,
    options.assetPaths.map((path) => ({ path, folder: join(target, path) })),
  );
  const { port } = await listen(docs.server, options.port, host);
  const address = `http://${isLoopback(host) ? "localhost" : host.includes(":") ? `[${host}]` : host}:${port}`;
  say(`Serving docs at ${port}`);
  say(`To access from your browser, navigate to: ${address}`);
  if (!isLoopback(host)) {
    warn(`--host ${host}: everybody who reaches this machine can read the documentation, the code in it included`);
  }
  const unwatch = await follow(options, docs.show, docs.tell);
  say("Press Ctrl+C to exit.");
  if (options.opensBrowser) openBrowser(address);
  await new Promise<void>((resolve) => {
    if (options.signal.aborted) resolve();
    else options.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await unwatch();
  docs.close();

  function load(folder: string): Served {
    const { files, project } = siteOf(folder);
    return { files, project, version: versionOf(files) };
  }

  /** Artifacts are read again when they change; other files have the project parsed and compiled, one time after the other. */
  async function follow(
    { watched, refresh }: ServeOptions,
    show: (served: Served) => void,
    tell: (problem: string) => void,
  ): Promise<() => Promise<void>> {
    const { watchFiles } = await import("./project-watcher.ts");
    let last: Promise<void> = Promise.resolve();
    const isArtifact = (path: string) => path.startsWith(target + sep);
    const work = async (paths: ReadonlySet<string>) => {
      try {
        const stale = ![...paths].every(isArtifact);
        const problem = stale ? await refresh() : null;
        keepRun(target);
        if (problem === null) show(load(target));
        else tell(problem);
        if (stale) say(problem === null ? "Up to date with the project again" : `Not up to date:\n${problem}`);
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
      }
    };
    return watchFiles(
      [...watched, target],
      (path) => isIgnored(path, root, target),
      (paths) => {
        last = last.then(() => work(paths));
      },
    );
  }
}

/** Of the target folder only the artifacts count; what starts with a dot, and other people's packages, never do. */
function isIgnored(path: string, root: string, target: string): boolean {
  if (path === target) return false;
  if (path.startsWith(target + sep)) return !ARTIFACTS.has(relative(target, path));
  const inside = relative(root, path);
  return basename(path) === "node_modules" || inside.split(sep).some((part) => part.startsWith(".") && part !== "..");
}

async function listen(server: import("node:http").Server, port: number, host: string): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE"
          ? `port ${port} is taken`
          : error.code === "EACCES"
            ? `port ${port} is not allowed`
            : error.message;
      reject(
        new TsdbtError("TD6004", "Runtime Error", `The documentation cannot be served on ${host}: ${why}`, {
          hint: "choose another with --port; 0 takes a free one",
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  return server.address() as AddressInfo;
}
