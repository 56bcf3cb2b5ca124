import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tsdbt } from "../support/tsdbt.ts";
import { goTo, openBrowser, openPage, serve } from "./browser.ts";

const RUN = "window.hacked = true";
/** Ways to have a script run, or something loaded, from text that is shown. */
const ATTACKS = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}"><a xlink:href="javascript:${RUN}">x</a></svg>`,
  `<iframe srcdoc="<script>parent.hacked = true</script>"></iframe>`,
  `[a](javascript:${RUN})`,
  `[b](JaVa&#x09;script:${RUN})`,
  `[c](data:text/html,<script>${RUN}</script>)`,
  `[d](vbscript:x "title" onmouseover=${RUN})`,
  `![e](x"onerror="${RUN})`,
  `<a href="java\tscript:${RUN}">f</a>`,
  `<details open ontoggle="${RUN}">`,
  `</script><script>${RUN}</script>`,
  `<!--<script>${RUN}//-->`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv="refresh" content="0;url=https://evil.example">`,
  `<style>@import "https://evil.example/x.css"; * { background: url(https://evil.example/x) }</style>`,
  "![pixel](https://evil.example/pixel.png)",
  `<form action="https://evil.example"><button autofocus onfocus="${RUN}">x</button></form>`,
  "`</code><script>window.hacked = true</script>`",
  "\u2028</title><script>window.hacked = true</script>",
];

describe("hostile texts", () => {
  const root = mkdtempSync(join(tmpdir(), "tsdbt-hostile-"));
  const column = `x"><img src=x onerror='${RUN}'>`;
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    mkdirSync(join(root, "models"));
    const text = ATTACKS.join("\n\n");
    writeFileSync(
      join(root, "dbt_project.yml"),
      "name: hostile\nversion: '1.0'\nprofile: p\nflags: {require_resource_names_without_spaces: false}\n",
    );
    writeFileSync(join(root, "profiles.yml"), "p: {target: d, outputs: {d: {type: duckdb, path: ':memory:'}}}\n");
    writeFileSync(join(root, "models", "a.sql"), `select 1 as id -- ${ATTACKS.slice(0, 3).join(" ")}\n`);
    const attack = ATTACKS[0];
    const model = {
      name: "a",
      description: text,
      columns: [
        { name: "id", description: text },
        { name: column, description: attack },
      ],
      config: { tags: [attack, `"><img src=x onerror=${RUN}>`], meta: { [attack!]: attack, owner: attack } },
    };
    const exposure = {
      name: "e",
      label: attack,
      type: "dashboard",
      url: `javascript:${RUN}`,
      owner: { name: attack, email: `"><script>${RUN}</script>` },
      depends_on: ["ref('a')"],
      description: text,
    };
    writeFileSync(join(root, "models", "a.yml"), JSON.stringify({ models: [model], exposures: [exposure] }));
    writeFileSync(join(root, "models", "o.md"), `{% docs __overview__ %}{% raw %}${text}{% endraw %}{% enddocs %}`);
    const { code, text: said } = tsdbt(root, ["docs", "generate", "--static", "--empty-catalog"]);
    expect(code, said).toBe(0);
    // What no project can be parsed with, other tools' artifacts may hold: names and ids are as hostile as one likes.
    const data = join(root, "target", "manifest.json");
    const manifest = JSON.parse(readFileSync(data, "utf8"));
    const id = `model.hostile.${attack}`;
    manifest.nodes[id] = { ...manifest.nodes["model.hostile.a"], unique_id: id, name: attack };
    manifest.parent_map[id] = ["model.hostile.a"];
    writeFileSync(data, JSON.stringify(manifest));
    [browser, server] = await Promise.all([openBrowser(), serve(root)]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(root, { recursive: true });
  });

  for (const form of ["served", "one file"]) {
    it(`are shown as text, and run nothing and load nothing: ${form}`, async () => {
      const { page, problems } = await openPage(browser);
      const foreign: string[] = [];
      page.on("request", (request) => {
        if (!/^(http:\/\/localhost|file:|data:|blob:)/.test(request.url())) foreign.push(request.url());
      });
      const start = form === "served" ? server.address : pathToFileURL(join(root, "target", "static_index.html")).href;
      const ids = [
        "model.hostile.a",
        "exposure.hostile.e",
        ...(form === "served" ? [`model.hostile.${ATTACKS[0]}`] : []),
      ];
      const hashes = [
        "",
        ...ids.map((id) => `/node/${encodeURIComponent(id)}`),
        "/lineage",
        "/timeline",
        `/node/${encodeURIComponent(ATTACKS[0]!)}`,
        `/list/${encodeURIComponent(ATTACKS[1]!)}`,
        `/lineage?select=${encodeURIComponent(ATTACKS[0]!)}`,
        `/${encodeURIComponent(ATTACKS[1]!)}`,
      ];
      for (const hash of hashes) {
        await goTo(page, `${start}#${hash}`);
        await page.locator("main > *").first().waitFor();
        if (hash.includes("model.hostile.a")) {
          await page.locator("#columns").waitFor();
          expect(await page.locator("main").innerText()).toContain(ATTACKS[0]);
        }
        for (const link of await page.locator("main a, main img").all()) {
          const address = (await link.getAttribute("href")) ?? (await link.getAttribute("src")) ?? "";
          expect(address).not.toMatch(/^\s*(javascript|data|vbscript):/i);
        }
        expect(await page.locator("main :is(script, iframe, style, base, form[action], meta)").count()).toBe(0);
        expect(await page.evaluate("window.hacked"), hash).toBeUndefined();
      }
      await page.keyboard.press("/");
      await page.locator(".search input").fill("<script>");
      await page.locator("#hits [role=option]").first().waitFor();
      expect(await page.evaluate("window.hacked")).toBeUndefined();
      expect(foreign).toEqual([]);
      expect(problems.filter((problem) => !problem.includes("404") && !problem.includes("ERR_FILE_NOT_FOUND"))).toEqual(
        [],
      );
      await page.context().close();
    });

    it(`could not run even if they became markup: ${form}`, async () => {
      const { page } = await openPage(browser);
      await goTo(
        page,
        form === "served" ? server.address : pathToFileURL(join(root, "target", "static_index.html")).href,
      );
      const attempts = [
        `document.body.innerHTML = "<img src=x onerror='${RUN}'>"`,
        `document.body.append(Object.assign(document.createElement("script"), { text: "${RUN}" }))`,
        `document.body.append(Object.assign(document.createElement("img"), { src: "https://evil.example/x.png" }))`,
      ];
      // `eval` is not among them: the debugger, which these come from, is let do it.
      for (const attempt of attempts) {
        await page.evaluate(`(() => { try { ${attempt} } catch {} })()`);
      }
      await page.evaluate("new Promise((resolve) => setTimeout(resolve, 50))");
      const ran = await page.evaluate("window.hacked");
      expect(ran).toBeUndefined();
      await page.context().close();
    });
  }
});
