import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

afterAll(discardProjects);

const project = () => makeProject({ "models/a.sql": "select 1 as id" });
const log = (root: string, name = "dbt.log") => readFileSync(join(root, "logs", name), "utf8");

describe("logs/dbt.log", () => {
  it("is put aside when it is full, and a new one is begun", () => {
    const root = project();
    for (let i = 0; i < 3; i++) tsdbt(root, ["run", "--log-file-max-bytes", "2000"]);
    expect(log(root)).toContain("Command `tsdbt run` succeeded");
    expect(log(root, "dbt.log.1")).toContain("Running with tsdbt");
    expect(existsSync(join(root, "logs", "dbt.log.6"))).toBe(false);
  });

  it("has a level and a form of its own, which follow the screen's where they are not given", () => {
    const root = project();
    const { stdout } = tsdbt(root, ["run", "--log-level-file", "warn", "--log-format-file", "json"]);
    expect(stdout).toContain("OK created sql view model main.a");
    expect(existsSync(join(root, "logs", "dbt.log")) ? log(root) : "").not.toContain("OK created");

    tsdbt(root, ["run", "-s", "nothing_there", "--log-level-file", "warn", "--log-format-file", "json"]);
    const [first] = log(root).trim().split("\n");
    expect(JSON.parse(first!).info).toMatchObject({ level: "warn", name: "NoNodesForSelectionCriteria" });
  });

  it("is set by variables too, those that begin with DBT_ENGINE_ before the others", () => {
    const root = project();
    const env = { DBT_ENGINE_LOG_LEVEL_FILE: "none", DBT_LOG_LEVEL_FILE: "debug", DBT_ENGINE_LOG_FORMAT: "json" };
    const { stdout } = tsdbt(root, ["run"], env);
    expect(JSON.parse(stdout.split("\n")[0]!).info.name).toBe("MainReportVersion");
    expect(existsSync(join(root, "logs", "dbt.log"))).toBe(false);
  });
});
