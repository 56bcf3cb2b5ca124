import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { writeFiles } from "../support/project.ts";
import { type Surroundings, surroundings, tsdbtTool } from "../support/scenarios/run.ts";

vi.setConfig({ testTimeout: 120_000 });

let around: Surroundings;
beforeAll(async () => {
  around = await surroundings();
});
afterAll(() => around.close());

describe("deps", () => {
  let project: string;
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "tsdbt-deps-test-"));
    return () => rmSync(project, { recursive: true, force: true });
  });
  const packages = (text: string, more: { [path: string]: string } = {}) =>
    writeFiles(project, {
      "dbt_project.yml": "name: shop\nprofile: shop\n",
      "packages.yml": `packages:\n${text}`,
      ...more,
    });
  const deps = (args: string[] = [], env: { [name: string]: string } = {}) =>
    tsdbtTool(["deps", ...args], project, { DBT_PACKAGE_HUB_URL: around.hub.url, ...env });
  const installed = (name: string) => readFileSync(join(project, "dbt_packages", name, "dbt_project.yml"), "utf8");
  const TOOLS = "/tarballs/acme/tools/1.0.0.tar.gz";

  it("asks again where the hub or an archive fails once", async () => {
    packages("  - package: acme/tools\n    version: 1.0.0\n");
    around.hub.next("/api/v1/index.json", (response) => response.writeHead(503).end());
    around.hub.next(TOOLS, (response) => response.writeHead(200).end(gzipSync("no archive").subarray(0, 20)));
    const { code, text } = await deps(["--debug"]);
    expect(code, text).toBe(0);
    expect(text).toContain("External call exception: 503 Server Error: Service Unavailable for url:");
    expect(text).toContain("Retrying external call. Attempt: 0 Max attempts: 5");
    expect(text).toMatch(/External call exception: .*1\.0\.0\.tar\.gz is no \.tar\.gz, or arrived incomplete/);
    expect(installed("tools")).toContain("name: tools");
  });

  it("says at once what will not get better", async () => {
    packages("  - tarball: '{hub}nothing.tar.gz'\n    name: tools\n".replace("{hub}", around.hub.url));
    const { code, text } = await deps();
    expect(code).toBe(2);
    expect(text).toContain(
      `External connection exception occurred: 404 Client Error: Not Found for url: ${around.hub.url}nothing.tar.gz`,
    );
  });

  it("leaves what is installed as it is where something fails, and nothing beside it", async () => {
    packages("  - package: acme/tools\n    version: 1.0.0\n");
    await deps();
    packages("  - package: acme/tools\n    version: 1.2.0\n  - git: file:///nowhere\n    revision: v1\n");
    const temporary = join(project, "downloads");
    const { code, text } = await deps([], { DBT_DOWNLOADS_DIR: temporary });
    expect(code, text).toBe(2);
    expect(installed("tools")).toContain("1.0.0");
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(project).sort()).toEqual(
      ["dbt_packages", "dbt_project.yml", "downloads", "logs", "package-lock.yml", "packages.yml"].sort(),
    );
  });

  it("may run twice at the same time", async () => {
    packages(
      "  - package: acme/dates\n    version: 0.1.0\n  - git: '{git}'\n    revision: v1\n".replace(
        "{git}",
        `file://${around.root}/acme/repository`,
      ),
    );
    const both = await Promise.all([deps(), deps(["--upgrade"]), deps(["--upgrade"])]);
    for (const { code, text } of both) expect(code, text).toBe(0);
    expect(readdirSync(join(project, "dbt_packages")).sort()).toEqual(["dates", "gitpkg", "tools"]);
    expect(installed("tools")).toContain("1.0.0");
    expect(readdirSync(project).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("fills a packages-install-path that is a link", async () => {
    packages("  - package: acme/tools\n    version: 1.0.0\n");
    mkdirSync(join(project, "elsewhere"));
    symlinkSync(join(project, "elsewhere"), join(project, "dbt_packages"));
    await deps();
    expect(readdirSync(join(project, "elsewhere"))).toEqual(["tools"]);
    expect(installed("tools")).toContain("1.0.0");
  });

  it("says what to do where there is no git", async () => {
    packages("  - git: file:///nowhere\n    revision: v1\n");
    const { code, text } = await deps([], { PATH: project });
    expect(code).toBe(2);
    expect(text).toContain("Make sure git is installed on your machine.");
    expect(text).toContain(`Could not find command, ensure it is in the user's PATH: "git"`);
  });

  it.each([
    ["--upload-pack=touch stolen", "git"],
    ["https://user:hunter2@127.0.0.1:1/x.git", "git"],
    ["https://hunter2@127.0.0.1:1/x.git", "git"],
    ["http://user:hunter2@127.0.0.1:1/x.tar.gz", "tarball"],
  ])("shows no password and runs nothing of an address: %s", async (address, kind) => {
    packages(`  - ${kind}: '${address}'\n    ${kind === "git" ? "revision: v1" : "name: tools"}\n`);
    const { code, text } = await deps(["--debug"]);
    expect(code).toBe(2);
    const log = readFileSync(join(project, "logs", "dbt.log"), "utf8");
    expect(text + log).not.toContain("hunter2");
    expect(existsSync(join(project, "stolen"))).toBe(false);
  });

  it("passes the user of an address on, to that host alone", async () => {
    const seen: (string | undefined)[] = [];
    const answer = (
      response: { writeHead(code: number, headers?: object): { end(): void } },
      header: string | undefined,
    ) => {
      seen.push(header);
      response
        .writeHead(302, {
          location: `${around.hub.url.replace("127.0.0.1", "localhost")}tarballs/acme/tools/1.0.0.tar.gz`,
        })
        .end();
    };
    around.hub.next("/private.tar.gz", (response, { headers }) => answer(response, headers.authorization));
    around.hub.next(TOOLS, (response, { headers }) => {
      seen.push(headers.authorization);
      request(new URL(TOOLS, around.hub.url), (found) => found.pipe(response)).end();
    });
    packages(`  - tarball: '${around.hub.url.replace("//", "//me:hunter2@")}private.tar.gz'\n    name: tools\n`);
    const { code, text } = await deps();
    expect(code, text).toBe(0);
    expect(seen).toEqual([`Basic ${Buffer.from("me:hunter2").toString("base64")}`, undefined]);
    expect(text).not.toContain("hunter2");
  });

  it("goes through the proxy of the environment, but not for NO_PROXY", async () => {
    const asked: string[] = [];
    const proxy = createServer((incoming, response) => {
      asked.push(incoming.url!);
      request(incoming.url!, (found) => found.pipe(response)).end();
    });
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    const http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      packages("  - package: acme/tools\n    version: 1.0.0\n");
      expect((await deps([], { http_proxy })).code).toBe(0);
      expect(asked[0]).toBe(`${around.hub.url}api/v1/index.json`);
      asked.length = 0;
      expect((await deps([], { http_proxy, no_proxy: "localhost,127.0.0.1" })).code).toBe(0);
      expect(asked).toEqual([]);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  it("keeps the comments of a packages.yml that a package is added to", async () => {
    packages(
      "  # what we build on\n  - package: acme/tools # ours\n    version: 0.9.0\n\n  - local: lib   # theirs\n# the end\n",
      { "lib/dbt_project.yml": "name: lib\n" },
    );
    expect((await deps(["--add-package", "acme/dates@0.1.0", "--lock"])).code).toBe(0);
    expect(readFileSync(join(project, "packages.yml"), "utf8")).toBe(
      "packages:\n  # what we build on\n  - package: acme/tools # ours\n    version: 0.9.0\n\n  - local: lib   # theirs\n" +
        "  - package: acme/dates\n    version: 0.1.0\n# the end\n",
    );
    const again = await deps(["--add-package", "acme/tools@1.0.0", "--lock"]);
    expect(again.code, again.text).toBe(0);
    expect(readFileSync(join(project, "packages.yml"), "utf8")).toBe(
      "packages:\n  # what we build on\n\n  - local: lib   # theirs\n" +
        "  - package: acme/dates\n    version: 0.1.0\n  - package: acme/tools\n    version: 1.0.0\n# the end\n",
    );
  });

  it("ends where packages name each other in a circle", async () => {
    packages("  - local: a\n", {
      "a/dbt_project.yml": "name: a\n",
      "a/packages.yml": "packages:\n  - local: b\n",
      "b/dbt_project.yml": "name: b\n",
      "b/packages.yml": "packages:\n  - local: a\n",
    });
    const { code, text } = await deps();
    expect(code, text).toBe(0);
    expect(readdirSync(join(project, "dbt_packages"))).toEqual(["a", "b"]);
  });

  it("takes a tarball of a file", async () => {
    const file = join(project, "tools.tar.gz");
    const response = await fetch(new URL(TOOLS, around.hub.url));
    writeFileSync(file, Buffer.from(await response.arrayBuffer()));
    packages(`  - tarball: 'file://${file}'\n    name: tools\n`);
    const { code, text } = await deps();
    expect(code, text).toBe(0);
    expect(installed("tools")).toContain("name: tools");
  });

  it.each([
    ["a path above its folder", { path: "tools/../../evil", type: "File" }],
    ["an absolute path", { path: "/tmp/tsdbt-evil", type: "File" }],
    ["a link to a file outside", { path: "tools/link", type: "SymbolicLink", linkpath: "../../../../etc/passwd" }],
    ["an absolute link", { path: "tools/link", type: "SymbolicLink", linkpath: "/etc/passwd" }],
    ["a hard link to a file outside", { path: "tools/link", type: "Link", linkpath: "../../evil" }],
    ["a device", { path: "tools/device", type: "CharacterDevice" }],
  ] as const)("refuses an archive with %s", async (_, entry) => {
    around.hub.next("/bad.tar.gz", (response) =>
      response.writeHead(200).end(archive({ path: "tools/dbt_project.yml", type: "File" }, entry)),
    );
    packages(`  - tarball: '${around.hub.url}bad.tar.gz'\n    name: tools\n`);
    const { code, text } = await deps();
    expect(code, text).toBe(2);
    expect(text).toContain("bad.tar.gz is not safe to unpack:");
    expect(existsSync(join(project, "dbt_packages"))).toBe(false);
    expect(existsSync("/tmp/tsdbt-evil")).toBe(false);
  });
});

/** A .tar.gz of empty files and links, as no honest tool makes it. */
function archive(...entries: { path: string; type: string; linkpath?: string }[]): Buffer {
  const blocks = entries.map((entry) => {
    const block = Buffer.alloc(512);
    new Header({ mode: 0o644, size: 0, mtime: new Date(0), ...entry } as ConstructorParameters<
      typeof Header
    >[0]).encode(block);
    return block;
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
