import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

interface Named {
  [id: string]: { name: string; columns: { [name: string]: { type: string } }; resource_type: string };
}

/**
 * Opens dbt-core's own documentation page in a headless Chromium over a project's artifacts and looks for what they say: the
 * models in the tree, columns and the types that only the catalog knows. Answers a line for each model.
 */
export async function checkSite(project: string, python: string): Promise<string[]> {
  const browser = NAMES.find((name) => {
    try {
      return execFileSync("which", [name], { stdio: "pipe" }).length > 0;
    } catch {
      return false;
    }
  });
  if (!browser) return ["FAILED documentation page: there is no chromium to open it with"];
  const where = "import dbt.task.docs; print(dbt.task.docs.DOCS_INDEX_FILE_PATH)";
  const index = execFileSync(python, ["-c", where], { encoding: "utf8" }).trim();
  const target = join(project, "target");
  const read = (name: string) => JSON.parse(readFileSync(join(target, name), "utf8")) as { nodes: Named };
  const models = Object.entries(read("manifest.json").nodes).filter(([id]) => id.startsWith("model."));
  const catalog = read("catalog.json").nodes;

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    const file = path === "/" ? index : join(target, path);
    if (existsSync(file)) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const lines: string[] = [];
  try {
    for (const [id, model] of models) {
      const text = await pageText(browser, `http://127.0.0.1:${port}/#!/model/${id}`);
      const wanted = [
        ...models.map(([, { name }]) => name),
        ...Object.entries(catalog[id]?.columns ?? {}).flatMap(([name, { type }]) => [name, type]),
      ];
      const missing = wanted.filter((word) => !text.includes(word));
      const place = `${basename(project)}: page of ${model.name} shown by dbt-core's documentation site`;
      lines.push(missing.length > 0 ? `FAILED ${place}: it lacks ${missing.join(", ")}` : `ok ${place}`);
    }
  } finally {
    server.close();
  }
  return lines;
}

/** What a page shows once its scripts are done, without tags. */
async function pageText(browser: string, url: string): Promise<string> {
  const options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=15000", "--dump-dom", url];
  const { stdout } = await promisify(execFile)(browser, options, { maxBuffer: 1 << 28, timeout: 120_000 });
  const bare = stdout.replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, "").replace(/<[^>]*>/g, " ");
  return bare.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}
