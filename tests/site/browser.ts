import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { ROOT } from "../support/tsdbt.ts";

/** Starts the machine's own Chromium, without a window. */
export async function openBrowser(): Promise<Browser> {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const executablePath = names.map(pathOf).find((path) => path !== "");
  if (!executablePath) throw new Error(`none of ${names.join(", ")} is installed: the site cannot be tested`);
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--allow-file-access-from-files=false"] });
}

function pathOf(name: string): string {
  try {
    return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

/** A page on which every error, and every breach of its policy, is collected. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 850 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("dialog", (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return { page, problems };
}

/** Opens an address and waits until the page is there. */
export async function goTo(page: Page, address: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(address);
  await page.locator("#app[data-whole]").waitFor();
}

/** Starts `docs serve` on a free port; answers its address once it says it. */
export async function serve(
  project: string,
  args: string[] = [],
): Promise<{ address: string; output(): string; stop(): Promise<number | null> }> {
  const child = spawn(
    process.execPath,
    [join(ROOT, "bin", "tsdbt"), "docs", "serve", "--port", "0", "--no-browser", ...args],
    { cwd: project, env: { PATH: process.env.PATH, HOME: project, NO_COLOR: "1" } },
  );
  let output = "";
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /navigate to: (http:\S+)[\s\S]*Ctrl\+C/.exec(output);
      if (found) resolve(found[1]!);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    ended.then((code) => reject(new Error(`docs serve ended with ${code}: ${output}`)));
  });
  return {
    address,
    output: () => output,
    stop: () => {
      child.kill("SIGINT");
      return ended;
    },
  };
}
