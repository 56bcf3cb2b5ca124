/** Makes the pictures of docs/site/ from the crypto example. Needs chromium. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { goTo, openBrowser, openPage } from "../tests/site/browser.ts";
import { copyOf, discard, ROOT, tsdbt } from "../tests/support/tsdbt.ts";

const GOLD = "model.crypto.crypto_curated";
const PICTURES: [name: string, address: string][] = [
  ["home", ""],
  ["model", `/node/${GOLD}`],
  ["lineage", "/lineage?lanes=folder"],
  ["last-run", "/timeline"],
  ["column-lineage", `/column/${GOLD}?column=drawdown`],
];

const root = copyOf("examples/crypto");
const into = join(ROOT, "docs", "site");
mkdirSync(into, { recursive: true });
const browser = await openBrowser();
try {
  for (const args of [["build"], ["docs", "generate", "--static", "--column-lineage"]]) {
    const { code, text } = tsdbt(root, args);
    if (code !== 0) throw new Error(text);
  }
  const { page } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  const site = pathToFileURL(join(root, "target", "static_index.html")).href;
  for (const [name, address] of PICTURES) {
    await goTo(page, `${site}#${address}`);
    await page.locator("main canvas").first().waitFor();
    await page.waitForLoadState("networkidle");
    await page.waitForTimeout(700);
    await page.screenshot({ path: join(into, `${name}.png`) });
    console.log(`docs/site/${name}.png`);
  }
} finally {
  await browser.close();
  discard(root);
}
