import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { goTo, openBrowser, openPage, serve } from "./browser.ts";

const root = mkdtempSync(join(tmpdir(), "tsdbt-live-"));
const write = (path: string, text: string) => writeFileSync(join(root, path), text);
let browser: Browser;
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  mkdirSync(join(root, "models"));
  write("dbt_project.yml", "name: tiny\nversion: '1.0'\nprofile: tiny\n");
  write("profiles.yml", "tiny: {target: dev, outputs: {dev: {type: duckdb, path: tiny.duckdb}}}\n");
  write("models/orders.sql", "select 1 as order_id\n");
  write("models/models.yml", "models:\n  - name: orders\n    description: What was ordered.\n");
  [browser, server] = await Promise.all([openBrowser(), serve(root)]);
});
afterAll(async () => {
  await browser?.close();
  expect(await server?.stop()).toBe(0);
  rmSync(root, { recursive: true, force: true });
});

it("shows in the open page what is edited, added and wrong", async () => {
  const { page, problems } = await openPage(browser);
  await goTo(page, `${server.address}/#/node/model.tiny.orders?tab=compiled`);
  const main = page.locator("main");
  const banner = page.locator("[role=alert]");
  expect(await main.innerText()).toContain("What was ordered.");
  await main.locator(".code", { hasText: "select 1 as order_id" }).waitFor();

  write("models/orders.sql", "select {{ 20 + 3 }} as order_id\n");
  await main.locator(".code", { hasText: "select 23 as order_id" }).waitFor();
  expect(page.url()).toContain("#/node/model.tiny.orders");

  write("models/models.yml", "models:\n  - name: orders\n    description: What is still to be paid.\n");
  await main.getByText("What is still to be paid.").waitFor();

  write("models/customers.sql", "select order_id from {{ ref('orders') }}\n");
  await page.locator("#side a", { hasText: "customers" }).waitFor();

  write("models/orders.sql", "select {{ nothing( }} as order_id\n");
  await banner.waitFor();
  expect(await banner.innerText()).toContain("orders.sql");
  await main.locator(".code", { hasText: "select 23 as order_id" }).waitFor();

  write("models/orders.sql", "select 24 as order_id\n");
  await main.locator(".code", { hasText: "select 24 as order_id" }).waitFor();
  await banner.waitFor({ state: "detached" });
  expect(problems).toEqual([]);
  expect(server.output()).toMatch(
    /Up to date with the project again[\s\S]*Not up to date:[\s\S]*orders\.sql[\s\S]*Up to date/,
  );
  await page.context().close();
});
