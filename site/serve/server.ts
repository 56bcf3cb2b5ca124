import { createReadStream, realpathSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { extname, join, sep } from "node:path";
import type { SiteFiles } from "../data/index.ts";
import { FOLDER, POLICY, PROGRAM, page, programFile } from "../publish/page.ts";

export interface Served {
  project: string;
  files: SiteFiles;
  version: string;
}

const TYPES: { [extension: string]: string } = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
};
const HEADERS = {
  "content-security-policy": `${POLICY}; frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-cache",
};

/** The documentation server: answers the page, its parts, the site's data and pictures of `assets`; nothing else. */
export interface DocsServer {
  server: Server;
  /** Shows other data from now on, and has open pages load it. */
  show(served: Served): void;
  /** Tells open pages what went wrong; what they show stays. */
  tell(problem: string): void;
  close(): void;
}

/**
 * `host` is what it will listen on: requests that name another host are refused, so that no other site's name can be made to
 * lead here (DNS rebinding). `assets` are folders of pictures: the path under the page's and where it lies.
 */
export function docsServer(
  first: Served,
  host: string,
  assets: readonly { path: string; folder: string }[] = [],
): DocsServer {
  let served = first;
  let problem: string | null = null;
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (!isKnownHost(request.headers.host, host)) return refuse(response, 403, "this host is not served here");
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "only GET");
    const path = pathOf(request);
    if (path === null) return refuse(response, 400, "not a path");
    if (path === "live") {
      listen(request, response, open);
      // What happened since the page was asked for.
      const seen = versionIn(request);
      if (seen !== null && seen !== served.version) response.write(eventOf("changed", served.version));
      else if (problem !== null) response.write(eventOf("problem", problem));
      return;
    }
    const text = textOf(path, served);
    if (text !== null) {
      response.setHeader("content-type", TYPES[extname(path)] ?? "text/html; charset=utf-8");
      response.end(request.method === "HEAD" ? undefined : text);
      return;
    }
    const file = assetAt(path, assets);
    if (!file) return refuse(response, 404, "not found");
    response.setHeader("content-type", TYPES[extname(file).toLowerCase()]!);
    createReadStream(file)
      .on("error", () => response.destroy())
      .pipe(response);
  });
  const send = (event: string, data: string) => {
    for (const response of open) response.write(eventOf(event, data));
  };
  return {
    server,
    show(next) {
      const isNew = next.version !== served.version;
      served = next;
      problem = null;
      send(isNew ? "changed" : "well", next.version);
    },
    tell(said) {
      problem = said;
      send("problem", said);
    },
    close() {
      for (const response of open) response.end();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The path without its first slash; null for what is none. `new URL` has resolved dots, percent signs are decoded once. */
function pathOf(request: IncomingMessage): string | null {
  try {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname).slice(1);
    return path.includes("\0") || path.includes("\\") ? null : path;
  } catch {
    return null;
  }
}

function textOf(path: string, { project, files, version }: Served): string | null {
  if (path === "" || path === "index.html") return page(project, version, true);
  if (!path.startsWith(`${FOLDER}/`)) return null;
  const name = path.slice(FOLDER.length + 1);
  const part = PROGRAM.find((known) => known === name);
  return part ? programFile(part) : (files.get(name) ?? null);
}

/** A picture in one of the folders, links followed; nothing that lies outside them. */
function assetAt(path: string, assets: readonly { path: string; folder: string }[]): string | null {
  if (!TYPES[extname(path).toLowerCase()] || path.split("/").some((part) => part === "..")) return null;
  for (const { path: prefix, folder } of assets) {
    if (!path.startsWith(`${prefix}/`)) continue;
    try {
      const root = realpathSync(folder);
      const file = realpathSync(join(root, path.slice(prefix.length + 1)));
      if (file.startsWith(root + sep) && statSync(file).isFile()) return file;
    } catch {
      // It is not there: another folder may have it.
    }
  }
  return null;
}

/** Names of this machine and plain addresses; a name that somebody else's DNS answers is none of them. */
export function isKnownHost(header: string | undefined, host: string): boolean {
  if (!header) return false;
  const match = /^(\[[^\]]+\]|[^:]+)(?::\d+)?$/.exec(header);
  if (!match) return false;
  const name = match[1]!.replace(/^\[|\]$/g, "").toLowerCase();
  if (name === "localhost" || name === "127.0.0.1" || name === "::1") return true;
  if (isLoopback(host)) return false;
  return isIP(name) !== 0 || name === host.toLowerCase() || name === hostname().toLowerCase();
}

/** Whether nobody but this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function refuse(response: ServerResponse, code: number, why: string): void {
  response.writeHead(code, { "content-type": "text/plain; charset=utf-8" }).end(`${why}\n`);
}

function versionIn(request: IncomingMessage): string | null {
  return new URL(request.url ?? "/", "http://localhost").searchParams.get("v");
}

function eventOf(event: string, data: string): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
function listen(request: IncomingMessage, response: ServerResponse, open: Set<ServerResponse>): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write("retry: 1000\n\n");
  open.add(response);
  request.on("close", () => open.delete(response));
}
