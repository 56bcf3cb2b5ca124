import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeBigProject } from "../../bench/big-project.ts";
import { tsdbt } from "../support/tsdbt.ts";
import { goTo, openBrowser, openPage } from "./browser.ts";

const root = mkdtempSync(join(tmpdir(), "tsdbt-big-site-"));
let browser: Browser;

beforeAll(async () => {
  writeBigProject(root, 10_000);
  for (const args of [["parse"], ["docs", "generate", "--no-compile", "--empty-catalog", "--static"]]) {
    const { code, text } = tsdbt(root, args);
    expect(code, text).toBe(0);
  }
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(root, { recursive: true, force: true });
});

it("opens, searches and draws a project of 10,000 models and 30,000 tests", async () => {
  const { page, problems } = await openPage(browser);
  const site = pathToFileURL(join(root, "target", "static_index.html")).href;
  const began = performance.now();
  await goTo(page, site);
  const figures: string[] = [`first view ${Math.round(performance.now() - began)} ms`];
  expect(await page.locator(".cards").innerText()).toContain("10,000");
  await page.keyboard.press("/");
  await page.locator("dialog[data-ready=true]").waitFor();
  for (const query of ["m", "m9", "m9999", "cents p0.amount"]) {
    await page.locator(".search input").fill(query);
    await expect.poll(() => page.locator("dialog").getAttribute("data-query")).toBe(query);
    figures.push(`"${query}" ${await page.locator("dialog").getAttribute("data-took")} ms`);
    if (query === "m9999") expect(await page.locator("#hits [role=option]").first().innerText()).toContain("m9999");
  }
  await page.keyboard.press("Escape");
  await goTo(page, `${site}#/lineage?collapse=0`);
  await page.locator("canvas[data-boxes='10000']").waitFor({ timeout: 90_000 });
  const { x, y, width, height } = (await page.locator("canvas").boundingBox())!;
  await page.evaluate(
    "window.frames = 0; (function count() { window.frames++; requestAnimationFrame(count); })(); window.begun = performance.now()",
  );
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  for (let i = 0; i < 40; i++) await page.mouse.move(x + width / 2 + i * 4, y + height / 2 + i);
  await page.mouse.up();
  figures.push(
    `pan ${await page.evaluate("Math.round(window.frames / (performance.now() - window.begun) * 1000)")} fps`,
  );
  console.log(figures.join(", "));
  expect(problems).toEqual([]);
  await page.context().close();
});
