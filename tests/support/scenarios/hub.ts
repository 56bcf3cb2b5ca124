import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { writeFiles } from "../project.ts";

export interface HubVersion {
  files: { [path: string]: string };
  /** What the package names in turn, as the hub's index tells it. */
  packages?: object[];
  require_dbt_version?: string[];
}

export interface HubPackage {
  versions: { [version: string]: HubVersion };
  /** `redirectname`, `redirectnamespace`. */
  more?: object;
}

export interface Hub {
  /** With a slash at its end, as DBT_PACKAGE_HUB_URL wants it. */
  url: string;
  /** The paths that were asked for. */
  requests: string[];
  /** Answers the next requests of a path with something else, each once. */
  next(path: string, answer: (response: ServerResponse, request: IncomingMessage) => void): void;
  close(): void;
}

/** A package hub on 127.0.0.1 that speaks the protocol of dbt's: api/v1/index.json, api/v1/NAME.json and tarballs. */
export async function startHub(packages: { [name: string]: HubPackage }): Promise<Hub> {
  const files = new Map<string, Buffer>();
  const answers = new Map<string, ((response: ServerResponse, request: IncomingMessage) => void)[]>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url!;
    requests.push(path);
    const special = answers.get(path)?.shift();
    if (special) return special(response, request);
    const body = files.get(path);
    response.writeHead(body ? 200 : 404);
    response.end(body ?? "not found");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  files.set("/api/v1/index.json", Buffer.from(JSON.stringify(Object.keys(packages))));
  for (const [fullName, { versions, more }] of Object.entries(packages)) {
    const [namespace, name] = fullName.split("/") as [string, string];
    const listed: { [version: string]: object } = {};
    for (const [version, { files: content, packages: inner, require_dbt_version }] of Object.entries(versions)) {
      const path = `/tarballs/${fullName}/${version}.tar.gz`;
      files.set(path, await tarball(`${name}-${version}`, content));
      listed[version] = {
        id: `${fullName}/${version}`,
        name,
        version,
        packages: inner ?? [],
        ...(require_dbt_version ? { require_dbt_version } : {}),
        downloads: { tarball: `${url}${path.slice(1)}`, format: "tgz" },
      };
    }
    files.set(`/api/v1/${fullName}.json`, Buffer.from(JSON.stringify({ name, namespace, versions: listed, ...more })));
  }
  return {
    url,
    requests,
    next: (path, answer) => answers.set(path, [...(answers.get(path) ?? []), answer]),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A package as a .tar.gz with one folder in it. */
export async function tarball(folder: string, files: { [path: string]: string }): Promise<Buffer> {
  const scratch = mkdtempSync(join(tmpdir(), "tsdbt-tarball-"));
  try {
    writeFiles(join(scratch, folder), files);
    const chunks: Buffer[] = [];
    for await (const chunk of create({ gzip: true, cwd: scratch, portable: true }, [folder]))
      chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
