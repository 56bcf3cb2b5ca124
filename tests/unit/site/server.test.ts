import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docsServer, isKnownHost } from "../../../site/serve/server.ts";

interface Answer {
  code: number;
  text: string;
  policy: string;
}

describe("the documentation server", () => {
  const folder = mkdtempSync(join(tmpdir(), "tsdbt-serve-"));
  const files = new Map([["index.json", '{"format":1}']]);
  const docs = docsServer({ project: "<shop>", files, version: "1" }, "127.0.0.1", [
    { path: "assets", folder: join(folder, "assets") },
  ]);
  let port = 0;

  beforeAll(async () => {
    mkdirSync(join(folder, "assets", "inner"), { recursive: true });
    writeFileSync(join(folder, "assets", "inner", "a.png"), "picture");
    writeFileSync(join(folder, "assets", "secret.env"), "SECRET");
    writeFileSync(join(folder, "secret.png"), "SECRET");
    symlinkSync(join(folder, "secret.png"), join(folder, "assets", "link.png"));
    await new Promise<void>((resolve) => docs.server.listen(0, "127.0.0.1", resolve));
    port = (docs.server.address() as AddressInfo).port;
  });
  afterAll(() => {
    docs.close();
    rmSync(folder, { recursive: true });
  });

  function get(path: string, host = `localhost:${port}`, method = "GET"): Promise<Answer> {
    return new Promise((resolve, reject) => {
      request({ port, path, method, headers: { host } }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({ code: response.statusCode!, text, policy: String(response.headers["content-security-policy"]) }),
        );
      })
        .on("error", reject)
        .end();
    });
  }

  test("answers the page, its parts and its data", async () => {
    const page = await get("/");
    expect(page.code).toBe(200);
    expect(page.text).toContain("&#60;shop&#62;");
    expect(page.text).not.toContain("<shop>");
    expect((await get("/tsdbt-docs/index.json?v=1")).text).toBe('{"format":1}');
    expect((await get("/tsdbt-docs/app.js")).code).toBe(200);
    expect((await get("/assets/inner/a.png")).text).toBe("picture");
    expect((await get("/", undefined, "HEAD")).text).toBe("");
  });

  test("lets the page run nothing but the site's own script", async () => {
    const { policy } = await get("/");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  const OUTSIDE = [
    "/manifest.json",
    "/../secret.png",
    "/assets/../secret.png",
    "/assets/%2e%2e/secret.png",
    "/assets/..%2fsecret.png",
    "/assets/%252e%252e/secret.png",
    "/assets/..%5csecret.png",
    "/assets/inner/../../secret.png",
    "/assets/link.png",
    "/assets/secret.env",
    "/assets//etc/passwd",
    "/assets/inner",
    "/assets/a%00.png",
    "/tsdbt-docs/../assets/secret.env",
    "/tsdbt-docs/..%2f..%2fpackage.json",
    "/etc/passwd",
    "//etc/passwd",
    "/%",
  ];
  for (const path of OUTSIDE) {
    test(`answers nothing for ${path}`, async () => {
      const { code, text } = await get(path);
      expect([400, 404]).toContain(code);
      expect(text).not.toMatch(/SECRET|root:/);
    });
  }

  test("answers nothing to a raw request that climbs out", async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1", () =>
        socket.write(
          `GET /assets/../../../../etc/passwd HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
        ),
      );
      let read = "";
      socket.on("data", (chunk) => {
        read += chunk;
      });
      socket.on("close", () => resolve(read));
    });
    expect(text).toMatch(/^HTTP\/1.1 404/);
  });

  for (const host of [
    "evil.example",
    `evil.example:8080`,
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    "192.168.1.4",
  ]) {
    test(`refuses a request that names ${host}, as a rebound name would`, async () => {
      for (const path of ["/", "/tsdbt-docs/index.json", "/live"]) expect((await get(path, host)).code).toBe(403);
    });
  }

  test("takes only GET and HEAD", async () => {
    for (const method of ["POST", "PUT", "DELETE"]) expect((await get("/", undefined, method)).code).toBe(405);
  });

  /** The events of a page that listens from now on. */
  async function listen(path: string): Promise<{ heard: string[]; stop(): void }> {
    const heard: string[] = [];
    const stream = request({ port, path, headers: { host: "localhost" } }).end();
    await new Promise<void>((resolve) =>
      stream.on("response", (response) => {
        response.on("data", (chunk) => heard.push(...(String(chunk).match(/event: \w+/g) ?? [])));
        resolve();
      }),
    );
    return { heard, stop: () => stream.destroy() };
  }

  test("tells open pages when the data changed, and only then", async () => {
    const page = await listen("/live?v=1");
    docs.show({ project: "shop", files, version: "1" });
    docs.tell("broken");
    docs.show({ project: "shop", files, version: "2" });
    await expect.poll(() => page.heard).toEqual(["event: well", "event: problem", "event: changed"]);
    page.stop();
  });

  test("tells a page that listens late what it missed", async () => {
    docs.show({ project: "shop", files, version: "3" });
    const stale = await listen("/live?v=2");
    await expect.poll(() => stale.heard).toEqual(["event: changed"]);
    docs.tell("broken");
    const fresh = await listen("/live?v=3");
    await expect.poll(() => fresh.heard).toEqual(["event: problem"]);
    docs.show({ project: "shop", files, version: "3" });
    await expect.poll(() => fresh.heard).toEqual(["event: problem", "event: well"]);
    stale.stop();
    fresh.stop();
  });
});

test("an address for everybody is reached by addresses and this machine's name, not by any name", () => {
  expect(isKnownHost("192.168.1.4:8080", "0.0.0.0")).toBe(true);
  expect(isKnownHost("[fe80::1]:8080", "::")).toBe(true);
  expect(isKnownHost("docs.example:80", "docs.example")).toBe(true);
  expect(isKnownHost("evil.example", "0.0.0.0")).toBe(false);
  expect(isKnownHost(undefined, "0.0.0.0")).toBe(false);
});
