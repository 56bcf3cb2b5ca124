import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { invoke, loadProject } from "../../core/index.ts";
import { ROOT, tsdbt } from "../support/tsdbt.ts";

let folder: string;
let shop: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tsdbt-cli-"));
  shop = join(folder, "shop");
  tsdbt(folder, ["init", "shop", "--skip-profile-setup"]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("bin/tsdbt", () => {
  test("answers --version without reading a project", () => {
    const { code, stdout } = tsdbt(tmpdir(), ["--version"]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^tsdbt \d+\.\d+\.\d+\n$/) });
  });

  test("builds a new project in dbt's words", () => {
    const { code, stdout } = tsdbt(shop, ["build"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}Running with tsdbt=\d/m);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}Found \d+ models?, /m);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}Concurrency: \d+ threads \(target='\w+'\)$/m);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}1 of \d+ START .* \.+ \[RUN\]$/m);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}Completed successfully$/m);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}Done\. PASS=\d+ WARN=0 ERROR=0 SKIP=0 NO-OP=0 REUSED=0 TOTAL=\d+$/m);
    expect(stdout).not.toContain("\u001b[");
    expect(readFileSync(join(shop, "logs", "dbt.log"), "utf8")).toContain("Command `tsdbt build` succeeded");
  });

  test("colours when asked", () => {
    const { stdout } = tsdbt(shop, ["run", "--use-colors"], { NO_COLOR: "" });
    expect(stdout).toContain("\u001b[32mCompleted successfully\u001b[0m");
  });

  test("writes JSON lines", () => {
    const { stdout } = tsdbt(shop, ["--log-format", "json", "run"]);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { data: { [key: string]: unknown }; info: { name: string; level: string } });
    expect(events[0]!.info.name).toBe("MainReportVersion");
    const result = events.find((event) => event.info.name === "LogModelResult");
    expect(result!.data).toMatchObject({ index: expect.any(Number), node_info: { node_status: "success" } });
  });

  test("lists quietly, and a reader may leave early", () => {
    const { code, stdout } = tsdbt(shop, ["ls", "-q", "--resource-type", "model"]);
    expect(code).toBe(0);
    for (const line of stdout.trim().split("\n")) expect(line).toMatch(/^shop\.[\w.]+$/);
    const command = `"${process.execPath}" "${join(ROOT, "bin", "tsdbt")}" ls -q | head -1`;
    const piped = spawnSync("sh", ["-c", command], { cwd: shop, encoding: "utf8" });
    expect({ stderr: piped.stderr, lines: piped.stdout.split("\n").length }).toEqual({ stderr: "", lines: 2 });
  });

  test("says what a selection that finds nothing probably meant, and does nothing", () => {
    const { code, stdout } = tsdbt(shop, ["run", "-s", "no_such_thing_at_all"]);
    expect(code).toBe(0);
    expect(stdout).toContain("The selection criterion 'no_such_thing_at_all' does not match any enabled nodes");
    expect(stdout).toContain("Nothing to do. Try checking your model configs and model specification args");
    expect(tsdbt(shop, ["run", "-s", "no_such_thing_at_all", "--warn-error"]).code).toBe(2);
  });

  test("--quiet shows errors only", () => {
    writeFileSync(join(shop, "models", "broken.sql"), "select * from {{ ref('nowhere') }}\n");
    try {
      const { code, stdout } = tsdbt(shop, ["run", "--quiet"]);
      expect(code).toBe(2);
      expect(stdout).toContain("which was not found");
      expect(stdout).not.toContain("Running with");
      expect(stdout).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)$/m);
    } finally {
      rmSync(join(shop, "models", "broken.sql"));
    }
  });

  test("outside a project it says so and leaves nothing behind", () => {
    const empty = mkdtempSync(join(tmpdir(), "tsdbt-empty-"));
    const { code, stdout } = tsdbt(empty, ["run"]);
    expect(code).toBe(2);
    expect(stdout).toContain("No dbt_project.yml found");
    expect(existsSync(join(empty, "logs"))).toBe(false);
    rmSync(empty, { recursive: true });
  });

  test("Ctrl-C cancels what runs and writes what is done", async () => {
    const slow = join(folder, "slow");
    cpSync(shop, slow, { recursive: true, filter: (path) => !/\/(models|target|logs|seeds|\w+\.duckdb)$/.test(path) });
    tsdbt(slow, ["clean"]);
    const models = join(slow, "models");
    spawnSync("mkdir", ["-p", models]);
    writeFileSync(join(models, "quick.sql"), "select 1 as id");
    writeFileSync(
      join(models, "slow.sql"),
      "{{ config(materialized='table') }} select count(*) as n from range(3000000) a, range(3000000) b where (a.range * b.range) % 7 = 3",
    );
    const child = spawn(process.execPath, [join(ROOT, "bin", "tsdbt"), "run"], { cwd: slow });
    let text = "";
    const code = await new Promise<number | null>((done) => {
      let sent = false;
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (!sent && text.includes("START sql table model") && /OK created sql view model \S+quick/.test(text)) {
          sent = true;
          child.kill("SIGINT");
        }
      });
      child.on("exit", done);
    });
    expect(code, text).toBe(2);
    expect(text).toContain("CANCEL query model.shop.slow");
    expect(text).toContain("Exited because of keyboard interrupt");
    const { results } = JSON.parse(readFileSync(join(slow, "target", "run_results.json"), "utf8")) as {
      results: { unique_id: string; status: string }[];
    };
    expect(results.find((r) => r.unique_id === "model.shop.quick")).toMatchObject({ status: "success" });
  }, 60_000);
});

describe("the library", () => {
  test("invokes commands without printing", async () => {
    const seen: string[] = [];
    const { exitCode, output, results } = await invoke(["run"], { cwd: shop, onEvent: (e) => seen.push(e.name) });
    expect(exitCode).toBe(0);
    expect(output).toContain("Completed successfully");
    expect(results.every((r) => r.status === "success")).toBe(true);
    expect(results.length).toBeGreaterThan(0);
    expect(seen).toContain("LogModelResult");
  });

  test("answers errors as exit codes", async () => {
    const { exitCode, output } = await invoke(["run", "--nope"], { cwd: shop });
    expect(exitCode).toBe(2);
    expect(output).toContain("No such option '--nope'");
  });

  test("loads a project and selects", async () => {
    const project = await loadProject({ cwd: shop });
    try {
      expect(project.config.project.name).toBe("shop");
      const ids = project.select({ select: ["resource_type:model"], indirectSelection: "empty" });
      expect(ids.size).toBeGreaterThan(0);
      for (const id of ids) expect(id).toMatch(/^model\.shop\./);
    } finally {
      await project.close();
    }
  });
});
