import { spawnSync } from "node:child_process";
import { copyFileSync, createReadStream, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, errors, type Page } from "playwright-core";
import { referenceDbt } from "../scripts/parity/reference.ts";
import { openBrowser, openPage } from "../tests/site/browser.ts";
import { writeBigProject } from "./big-project.ts";
import { median } from "./measure.ts";
import type { Bench } from "./rows.ts";
import type { Line } from "./table.ts";
import { ROOT } from "./tools.ts";

/** A documentation page, and how its parts are found in it, as JavaScript that runs in the page. */
interface Pages {
  address: string;
  /** The first page is there, with what it shows. */
  isShown: string;
  /** The search shows what belongs to the text in its field. */
  isAnswered: string;
  /** Brings the search's field up. */
  search(page: Page): Promise<void>;
  field: string;
  /** The address of the lineage of everything, and whether it is drawn. */
  lineage: string;
  isDrawn: string;
}

/** What is typed, letter by letter: letters and names that many have, a name, a macro that many call. */
const TYPED = ["m9999", "cents", "amount"];
/** Longer than this, in milliseconds, nobody waits. */
const PATIENCE = 60_000;

/** The documentation of the big project in a browser, beside dbt's own page with the same artifacts. */
export async function* docs(bench: Bench): AsyncGenerator<Line> {
  const dir = join(bench.scratch, "docs");
  writeBigProject(dir, bench.models);
  for (const args of [["parse"], ["docs", "generate", "--no-compile", "--empty-catalog", "--static"]]) {
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, "bin", "tsdbt"), ...args], {
      cwd: dir,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stdout);
  }
  const target = join(dir, "target");
  const stock = bench.referenceRuns > 0 ? layStock(join(dir, "stock"), target) : null;
  const servers = [await serve(target), ...(stock ? [await serve(stock)] : [])];
  const [ours, theirs] = servers.map((server, i) => (i === 0 ? site : stockPage)(`${addressOf(server)}/index.html`));
  const browser = await openBrowser();
  const count = bench.models.toLocaleString("en");
  try {
    const both = async (measure: (browser: Browser, pages: Pages) => Promise<number | null>) => [
      await repeated(bench.runs, () => measure(browser, ours!)),
      theirs ? await repeated(bench.referenceRuns, () => measure(browser, theirs)) : undefined,
    ];
    const first = `docs: first view of ${count} models`;
    if (bench.wants(first)) yield line(first, await both(firstView), "ms", { below: 1500 });
    const one = "docs: first view, all in one file";
    if (bench.wants(one)) {
      const file = site(pathToFileURL(join(target, "static_index.html")).href);
      yield line(one, [await repeated(bench.runs, () => firstView(browser, file))], "ms", { below: 1500 });
    }
    const key = `docs: a keystroke of the search, the slowest of ${TYPED.join("").length}`;
    if (bench.wants(key)) yield line(key, await both(slowestKey), "ms", { below: 50 });
    const pan = `docs: moving the lineage of ${count} models`;
    if (bench.wants(pan)) yield line(pan, await both(framesOfPan), "fps", { atLeast: 30 });
  } finally {
    await browser.close();
    for (const server of servers) server.close();
  }
}

const site = (address: string): Pages => ({
  address,
  isShown: "document.querySelector('#app[data-ready] .cards')",
  isAnswered: "document.querySelector('dialog.search').dataset.query === document.querySelector('.search input').value",
  search: async (page) => {
    await page.keyboard.press("/");
    await page.locator("dialog[data-ready=true]").waitFor({ timeout: PATIENCE });
  },
  field: ".search input",
  lineage: `${address}#/lineage?collapse=0`,
  isDrawn: "document.querySelector('.lineage-page canvas[data-boxes]')",
});

/** dbt's page searches while it takes the letter in: the next frame shows what was found. */
const stockPage = (address: string): Pages => ({
  address,
  isShown: "document.querySelector('.app-body') && !document.body.innerText.includes('(loading)')",
  isAnswered: "true",
  search: (page) => page.locator("#search").click({ timeout: PATIENCE }),
  field: "#search",
  lineage: `${address}#!/overview?g_v=1`,
  isDrawn: "[...document.querySelectorAll('canvas')].some((one) => one.getBoundingClientRect().width > 0)",
});

/** dbt's page beside the artifacts. */
function layStock(dir: string, target: string): string {
  mkdirSync(dir);
  const { python } = referenceDbt();
  const code = "from dbt.task.docs import DOCS_INDEX_FILE_PATH; print(DOCS_INDEX_FILE_PATH)";
  copyFileSync(spawnSync(python, ["-c", code], { encoding: "utf8" }).stdout.trim(), join(dir, "index.html"));
  for (const name of ["manifest.json", "catalog.json"]) symlinkSync(join(target, name), join(dir, name));
  return dir;
}

const TYPES: { [extension: string]: string } = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};

/** A server of plain files, the same for both. */
async function serve(dir: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = join(dir, new URL(request.url ?? "/", "http://localhost").pathname);
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** The median; null where one took longer than anybody waits. */
async function repeated(runs: number, measure: () => Promise<number | null>): Promise<number | null> {
  const values: number[] = [];
  for (let run = 0; run < runs; run++) {
    const value = await measure();
    if (value === null) return null;
    values.push(value);
  }
  return median(values);
}

/** Notes the time of the first frame after a condition holds. */
const watchFor = (condition: string): string => `{
  const look = () => {
    if (document.body && (${condition})) requestAnimationFrame((time) => { globalThis.heldAt = time; });
    else requestAnimationFrame(look);
  };
  globalThis.heldAt = null;
  requestAnimationFrame(look);
}`;

/** When the condition held, in milliseconds of the page's clock; null where it did not for too long. */
async function heldAt(page: Page): Promise<number | null> {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    const asked = page.evaluate("globalThis.heldAt ?? null").catch(() => null);
    const time = await Promise.race([asked, wait(end - performance.now())]);
    if (typeof time === "number") return time;
    await wait(20);
  }
  return null;
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));

/** Opens a page of its own for a measurement. */
async function inPage<T>(browser: Browser, work: (page: Page) => Promise<T | null>): Promise<T | null> {
  const { page } = await openPage(browser);
  try {
    return await work(page);
  } catch (error) {
    if (error instanceof errors.TimeoutError) return null;
    throw error;
  } finally {
    await page.context().close();
  }
}

async function open(page: Page, address: string, condition: string): Promise<number | null> {
  await page.addInitScript({ content: watchFor(condition) });
  await page.goto(address, { timeout: PATIENCE });
  return heldAt(page);
}

/** Milliseconds from the request for the page until it was painted. */
const firstView = (browser: Browser, { address, isShown }: Pages): Promise<number | null> =>
  inPage(browser, (page) => open(page, address, isShown));

/** Milliseconds from a letter until what it leads to was painted, the longest of all. */
const slowestKey = (browser: Browser, { address, isShown, isAnswered, search, field }: Pages): Promise<number | null> =>
  inPage(browser, async (page) => {
    if ((await open(page, address, isShown)) === null) return null;
    await search(page);
    let slowest = 0;
    for (const word of TYPED) {
      await page.locator(field).fill("");
      for (const letter of word) {
        await page.evaluate(
          `document.querySelector(${JSON.stringify(field)}).addEventListener("input", ({ timeStamp }) => { globalThis.typedAt = timeStamp; ${watchFor(isAnswered)} }, { once: true, capture: true })`,
        );
        await page.keyboard.type(letter);
        const shown = await heldAt(page);
        if (shown === null) return null;
        slowest = Math.max(slowest, shown - ((await page.evaluate("globalThis.typedAt")) as number));
      }
    }
    return slowest;
  });

/** Frames a second while the picture of everything follows the mouse. */
const framesOfPan = (browser: Browser, { lineage, isDrawn }: Pages): Promise<number | null> =>
  inPage(browser, async (page) => {
    if ((await open(page, lineage, isDrawn)) === null) return null;
    const { x, y, width, height } = (await page.locator("canvas:visible").first().boundingBox({ timeout: PATIENCE }))!;
    const [left, top] = [x + width / 2, y + height / 2];
    await page.mouse.move(left, top);
    await page.mouse.down();
    await page.evaluate(
      "globalThis.frames = 0; globalThis.begun = performance.now(); (function count() { globalThis.frames++; requestAnimationFrame(count); })()",
    );
    for (let i = 0; i < 100; i++) await page.mouse.move(left + Math.sin(i / 8) * 300, top + Math.cos(i / 8) * 150);
    const rate = (await page.evaluate("globalThis.frames / (performance.now() - globalThis.begun) * 1000")) as number;
    await page.mouse.up();
    return rate;
  });

type Limit = { below: number } | { atLeast: number };

function line(what: string, [ours, theirs]: (number | null | undefined)[], unit: "ms" | "fps", limit: Limit): Line {
  const text = (value: number | null | undefined) =>
    value === undefined ? "" : value === null ? `> ${PATIENCE / 1000} s` : `${Math.round(value)} ${unit}`;
  const isRatio = typeof ours === "number" && typeof theirs === "number";
  const ratio = isRatio ? (unit === "fps" ? ours / theirs : theirs / ours) : null;
  const isMet = typeof ours === "number" && ("below" in limit ? ours < limit.below : ours >= limit.atLeast);
  return {
    what,
    ours: text(ours),
    theirs: text(theirs),
    ratio: ratio === null ? "" : `${ratio.toFixed(1)}x`,
    target: "below" in limit ? `< ${limit.below} ${unit}` : `>= ${limit.atLeast} ${unit}`,
    met: isMet,
  };
}
