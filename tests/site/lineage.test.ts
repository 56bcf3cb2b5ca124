import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { copyOf, discard, tsdbt } from "../support/tsdbt.ts";
import { goTo, openBrowser, openPage, serve } from "./browser.ts";

const STAGE = "model.crypto.crypto_stage";

const SELECTORS = ["+crypto_stage", "tag:gold+", "config.materialized:table,path:models", "1+crypto_curated+1"];

/** The names that the command line answers; of sources the table's. */
function listed(root: string, select: string): string[] {
  const types = ["--resource-type", "all", "--exclude-resource-type", "test"];
  const { stdout } = tsdbt(root, ["--quiet", "ls", "-s", select, "--output", "name", ...types]);
  return stdout
    .trim()
    .split("\n")
    .map((name) => name.split(".").at(-1)!)
    .sort();
}

describe("the lineage view", () => {
  let root: string;
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  let page: Page;
  let problems: string[];
  const selected = new Map<string, string[]>();

  beforeAll(async () => {
    root = copyOf("examples/crypto");
    expect(tsdbt(root, ["docs", "generate", "--empty-catalog"]).code).toBe(0);
    for (const select of SELECTORS) selected.set(select, listed(root, select));
    [browser, server] = await Promise.all([openBrowser(), serve(root)]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    discard(root);
  });
  beforeEach(async () => {
    ({ page, problems } = await openPage(browser));
  });
  afterEach(async () => {
    await page.context().close();
    expect(problems).toEqual([]);
  });

  const boxes = (count: number) => page.locator(`canvas[data-boxes='${count}']`).waitFor();
  /** What the picture shows, by the list beside it. */
  const names = async () => {
    const list = page.locator("details li .node-link span:last-child");
    return (await list.allTextContents()).sort();
  };

  it("opens on one step around a resource, and goes as far as one says", async () => {
    await goTo(page, `${server.address}/#/lineage/${STAGE}`);
    await boxes(4);
    expect(await names()).toEqual(["crypto_curated", "crypto_raw", "crypto_stage", "data_quality"]);
    await page.getByRole("spinbutton", { name: "Up" }).fill("2");
    await page.getByRole("spinbutton", { name: "Up" }).press("Tab");
    await boxes(5);
    await page.getByRole("spinbutton", { name: "Down" }).fill("0");
    await page.getByRole("spinbutton", { name: "Down" }).press("Tab");
    await boxes(3);
    expect(page.url()).toMatch(/up=2&down=0/);
    await page.reload();
    await boxes(3);
    expect(await names()).toEqual(["crypto_raw", "crypto_stage", "feed.crypto_prices"]);
  });

  it("selects as --select and --exclude do, and says what is wrong in the same words", async () => {
    await goTo(page, `${server.address}/#/lineage`);
    const show = async (select: string, exclude = "") => {
      await page.getByLabel("Select").fill(select);
      await page.getByLabel("Exclude").fill(exclude);
      await page.getByRole("button", { name: "Show" }).click();
    };
    for (const [select, wanted] of selected) {
      await show(select);
      await expect
        .poll(async () => (await names()).map((name) => name.split(".").at(-1)).sort(), { timeout: 15_000 })
        .toEqual(wanted);
    }
    await show("+crypto_curated", "source:*");
    await boxes(3);
    await show("nothing:here");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").innerText()).toContain("'nothing' is not a valid method name");
  });

  it("collapses folders, and opens one by a double click", async () => {
    await goTo(page, `${server.address}/#/lineage?collapse=1`);
    await page.locator("canvas[data-boxes]").waitFor();
    const all = Number(await page.locator("canvas").getAttribute("data-boxes"));
    await page.getByRole("button", { name: "Folders" }).click();
    await expect.poll(async () => Number(await page.locator("canvas").getAttribute("data-boxes"))).toBeGreaterThan(all);
    await page.getByRole("button", { name: "Tests" }).click();
    await expect.poll(async () => Number(await page.locator("canvas").getAttribute("data-boxes"))).toBeGreaterThan(50);
  });

  it("follows the arrow keys, and opens what is chosen", async () => {
    await goTo(page, `${server.address}/#/lineage/${STAGE}`);
    await boxes(4);
    await page.locator("canvas").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator(".chosen", { hasText: "crypto_stage" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.locator(".chosen", { hasText: "crypto_raw" }).waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.url()).toContain("#/lineage/model.crypto.crypto_raw");
  });

  it("chooses what is clicked and moves with the mouse", async () => {
    await goTo(page, `${server.address}/#/lineage/${STAGE}`);
    await boxes(4);
    const picture = async () => page.locator("canvas").screenshot();
    const { width, height, x, y } = (await page.locator("canvas").boundingBox())!;
    const before = await picture();
    await page.mouse.move(x + width / 2, y + height - 20);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + 80, y + height - 60, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => (await picture()).equals(before)).toBe(false);
    await page.getByRole("button", { name: "Fit" }).click();
    await expect.poll(async () => (await picture()).equals(before)).toBe(true);
  });

  it("is saved as SVG and PNG", async () => {
    await goTo(page, `${server.address}/#/lineage/${STAGE}?lanes=folder`);
    await boxes(4);
    const saved = async (form: string) => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: form }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`crypto_stage-lineage.${form.toLowerCase()}`);
      return readFileSync((await download.path())!);
    };
    const svg = (await saved("SVG")).toString();
    expect(svg.match(/<title>/g)).toHaveLength(4);
    expect(svg).toContain(">bronze</text>");
    const isWellFormed = await (await browser.newPage()).evaluate(
      `new DOMParser().parseFromString(${JSON.stringify(svg)}, "image/svg+xml").querySelector("parsererror") === null`,
    );
    expect(isWellFormed).toBe(true);
    const png = await saved("PNG");
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(png.length).toBeGreaterThan(5000);
  });
});
