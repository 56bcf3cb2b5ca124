import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { copyOf, discard, tsdbt } from "../support/tsdbt.ts";
import { seriousViolations } from "./axe.ts";
import { goTo, openBrowser, openPage, serve } from "./browser.ts";

const GOLD = "model.crypto.crypto_curated";

describe("the site of the crypto example", () => {
  let root: string;
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    root = copyOf("examples/crypto");
    for (const args of [["build"], ["docs", "generate", "--static", "--column-lineage"]]) {
      const { code, text } = tsdbt(root, args);
      expect(code, text).toBe(0);
    }
    [browser, server] = await Promise.all([openBrowser(), serve(root)]);
  });
  afterAll(async () => {
    await browser?.close();
    expect(await server?.stop()).toBe(0);
    discard(root);
  });
  beforeEach(async () => {
    ({ page, problems } = await openPage(browser));
  });
  afterEach(async () => {
    await page.context().close();
    expect(problems).toEqual([]);
  });

  it("counts what there is and tells of the last run, not of the compiling that docs generate does", async () => {
    await goTo(page, server.address);
    const cards = page.locator(".cards");
    expect(await cards.innerText()).toMatch(/4\s+models[\s\S]*49\s+data tests/);
    expect(await page.locator("main").innerText()).toContain("Last run: build");
    expect(await page.title()).toBe("crypto");
  });

  it("finds names, columns, descriptions, tags and code, by the keyboard alone", async () => {
    await goTo(page, server.address);
    await page.keyboard.press("/");
    await page.locator("dialog[data-ready=true]").waitFor();
    const first = async (query: string) => {
      await page.locator(".search input").fill(query);
      const hit = page.locator("#hits [role=option]").first();
      await expect.poll(() => hit.innerText().catch(() => "")).toMatch(/\S/);
      await expect.poll(() => page.locator("dialog").getAttribute("data-query")).toBe(query);
      return hit.innerText();
    };
    expect(await first("crypto_cur")).toContain("crypto_curated");
    expect(await first("drawdown")).toMatch(/crypto_curated\s+column: .*drawdown/);
    expect(await first("volatility by volume")).toContain("crypto_curated");
    expect(await first("partition by coin_id order")).toMatch(/code: .*partition by/);
    await page.locator(".search input").fill("crypto_curated");
    await expect.poll(() => page.locator("dialog").getAttribute("data-query")).toBe("crypto_curated");
    await page.keyboard.press("ArrowDown");
    expect(await page.locator("[aria-selected=true]").getAttribute("id")).toBe("hit-1");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: "crypto_curated" }).waitFor();
    expect(page.url()).toContain(`#/node/${GOLD}`);
    expect(await page.locator("dialog").count()).toBe(0);
  });

  it("shows a model: columns with the warehouse's types and how their tests ended, code, config, runs", async () => {
    await goTo(page, `${server.address}/#/node/${GOLD}`);
    const row = page.locator(".columns tbody tr", { has: page.locator("code", { hasText: /^coin_id$/ }) });
    expect(await row.innerText()).toContain("BIGINT");
    expect(await row.locator(".chip.test").allInnerTexts()).toContain("not_null pass");
    const main = page.locator("main");
    for (const heading of ["Lineage", "Columns", "Depends on", "Used by", "Code", "Runs", "Config"]) {
      expect(await main.locator("h2", { hasText: heading }).count(), heading).toBeGreaterThan(0);
    }
    expect(await page.locator("#code pre").innerText()).toContain("{{ ref('crypto_stage') }}");
    await page.getByRole("button", { name: "Compiled" }).click();
    expect(await page.locator("#code pre").innerText()).toContain('"crypto"."main_silver"."crypto_stage"');
    expect(page.url()).toContain("tab=compiled");
    expect(await page.locator("#runs tbody tr").count()).toBe(1);
    await page.locator("#used-by a", { hasText: "data_quality" }).click();
    await page.locator("h1", { hasText: "data_quality" }).waitFor();
  });

  it("has pages for sources, exposures, tests and the project's own macros", async () => {
    const about: [string, RegExp][] = [
      ["source.crypto.feed.crypto_prices", /feed\.crypto_prices[\s\S]*market_cap/],
      ["exposure.crypto.crypto_dashboard", /medium[\s\S]*Market data team[\s\S]*crypto_curated/],
      ["test.crypto.no_coin_priced_twice_a_minute", /pass[\s\S]*test_no_duplicate_ids/],
      ["macro.crypto.data_quality_check", /relation[\s\S]*rules[\s\S]*union all/],
      ["snapshot.crypto.latest_prices", /snapshot/],
    ];
    for (const [id, text] of about) {
      await goTo(page, `${server.address}/#/node/${id}`);
      await page.locator("article section").first().waitFor();
      expect(await page.locator("main").innerText(), id).toMatch(text);
    }
  });

  it("keeps links: its own, and those that dbt's page had", async () => {
    await goTo(page, `${server.address}/#!/model/${GOLD}`);
    await page.locator("h1", { hasText: "crypto_curated" }).waitFor();
    await goTo(page, `${server.address}/#!/model/${GOLD}?g_v=1&g_i=%2Bcrypto_stage`);
    await page.locator("canvas[data-boxes='3']").waitFor();
    await goTo(page, `${server.address}/#/node/model.crypto.nothing`);
    await page.locator("h1", { hasText: "Not found" }).waitFor();
  });

  it("tells where a column comes from and what it reaches", async () => {
    await goTo(page, `${server.address}/#/node/${GOLD}`);
    await page.locator(".columns a", { hasText: /^drawdown$/ }).click();
    await page.locator("h1", { hasText: "drawdown" }).waitFor();
    await page.locator("canvas[data-boxes='12']").waitFor();
    const list = async (title: string) =>
      (
        await page
          .locator("section", { has: page.locator("h2", { hasText: title }) })
          .locator("li code")
          .allTextContents()
      ).sort();
    expect(await list("Made of")).toEqual(["crypto_stage.coin_id", "crypto_stage.price", "crypto_stage.price_date"]);
    expect(await list("In the end of")).toEqual([
      "feed.crypto_prices.id",
      "feed.crypto_prices.last_updated",
      "feed.crypto_prices.price",
    ]);
    expect(await list("Goes into")).toEqual(["data_quality.passed_rows", "data_quality.score"]);
    await page.locator("a", { hasText: "crypto_stage.price_date" }).click();
    await page.locator("h1", { hasText: "price_date" }).waitFor();
    expect(await list("Made of")).toEqual(["crypto_raw.last_updated"]);
  });

  it("tells what held up what", async () => {
    await goTo(page, `${server.address}/#/timeline`);
    await page.locator("table").first().waitFor();
    const rows = await page.locator("table").first().locator("tbody tr").allInnerTexts();
    expect(rows.map((row) => /crypto_raw|crypto_stage|crypto_curated/.exec(row)?.[0]).filter(Boolean)).toEqual([
      "crypto_raw",
      "crypto_stage",
      "crypto_curated",
    ]);
  });

  it("is light or dark as the system is, and as one chooses", async () => {
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    await goTo(page, server.address);
    expect(await ground()).toBe("rgb(247, 248, 250)");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await ground()).toBe("rgb(17, 21, 28)");
    await page.emulateMedia({ colorScheme: "light" });
    await page.getByRole("button", { name: "Colours: auto" }).click();
    await expect.poll(ground).toBe("rgb(17, 21, 28)");
    await page.reload();
    await page.getByRole("button", { name: "Colours: dark" }).waitFor();
    expect(await ground()).toBe("rgb(17, 21, 28)");
  });

  it("lists what belongs to a group", async () => {
    const other = copyOf("tests/fixtures/projects/semantic");
    const { code, text } = tsdbt(other, ["docs", "generate", "--static", "--empty-catalog"]);
    expect(code, text).toBe(0);
    await goTo(page, `${pathToFileURL(join(other, "target", "static_index.html")).href}#/node/group.semantic.sales`);
    const names = await page.locator("#members a").allTextContents();
    discard(other);
    expect(names).toHaveLength(18);
    expect(names).toEqual(expect.arrayContaining(["saved queryreport", "metrictotal_weight"]));
  });

  it("fits on a phone, with the list behind a button", async () => {
    await page.setViewportSize({ width: 390, height: 780 });
    await goTo(page, `${server.address}/#/node/${GOLD}`);
    await page.locator("#columns").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(await page.locator("aside").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Menu" }).click();
    const [bar, aside] = await Promise.all(["header.bar", "aside"].map((one) => page.locator(one).boundingBox()));
    expect(aside!.y).toBeGreaterThanOrEqual(bar!.y + bar!.height - 1);
    await page.locator("aside").getByRole("button", { name: "bronze" }).click();
    await page.locator("aside").getByRole("link", { name: "crypto_raw" }).click();
    await page.locator("h1", { hasText: "crypto_raw" }).waitFor();
    expect(await page.locator("aside").isVisible()).toBe(false);
  });

  it("prints the page alone, all of its code", async () => {
    await goTo(page, `${server.address}/#/node/${GOLD}`);
    await page.locator("#code").waitFor();
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("header.bar").isVisible()).toBe(false);
    expect(await page.locator("aside").isVisible()).toBe(false);
    const [shown, all] = await page.locator("#code .text").evaluate((code) => [code.clientHeight, code.scrollHeight]);
    expect(shown).toBe(all);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has no serious fault for screen readers, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      for (const address of ["", `node/${GOLD}`, `lineage/${GOLD}`, "lineage", "timeline", "list/test"]) {
        await goTo(page, `${server.address}/#/${address}`);
        await page.locator("main :is(h1, table, canvas)").first().waitFor({ state: "attached" });
        if (address.startsWith("node")) await page.locator("#runs").waitFor();
        expect(await seriousViolations(page), address).toEqual([]);
      }
      await page.keyboard.press("/");
      await page.locator(".search input").fill("crypto");
      await page.locator("#hits [role=option]").first().waitFor();
      expect(await seriousViolations(page), "search").toEqual([]);
    });
  }

  it("works from one file on disk", async () => {
    await goTo(page, `${pathToFileURL(join(root, "target", "static_index.html"))}#/node/${GOLD}`);
    await page.locator("#columns").waitFor();
    await page.locator("canvas[data-boxes]").waitFor();
    await page.keyboard.press("/");
    await page.locator("dialog[data-ready=true]").waitFor();
    await page.locator(".search input").fill("latest_pri");
    await page.locator("#hits", { hasText: "latest_prices" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: "latest_prices" }).waitFor();
  });
});
