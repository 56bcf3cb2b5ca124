import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

afterAll(discardProjects);

interface Logged {
  data: { [key: string]: unknown; node_info?: { [key: string]: unknown }; run_result?: { [key: string]: unknown } };
  info: { name: string; code: string; level: string; msg: string; thread: string };
}

const read = (text: string): Logged[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Logged);

const files = {
  "models/good.sql": "{{ config(materialized='table') }} select 1 as id",
  "models/bad.sql": "select nothing",
  "models/after.sql": "select * from {{ ref('bad') }}",
};

describe("--log-format json", () => {
  it("tells of a command and its nodes step by step, as dbt does", () => {
    const root = makeProject(files);
    const events = read(
      tsdbt(root, ["run", "--threads", "1", "--log-format", "json", "--log-level", "debug", "--no-use-colors"]).stdout,
    );
    const names = events.map(({ info }) => info.name);
    expect(names.slice(0, 3)).toEqual(["MainReportVersion", "MainReportArgs", "AdapterRegistered"]);
    expect(names.slice(-3)).toEqual(["ResourceReport", "CommandCompleted", "FlushEvents"]);

    const own = (id: string) => events.filter(({ data }) => data.node_info?.unique_id === id);
    const steps = (id: string) => own(id).map(({ info }) => info.name);
    const statements = new Set([
      "ConnectionUsed",
      "SQLQuery",
      "SQLQueryStatus",
      "SQLCommit",
      "Rollback",
      "JinjaLogDebug",
    ]);
    expect(steps("model.shop.good").filter((name) => !statements.has(name))).toEqual([
      ...["NodeStart", "LogStartLine", "ConnectionReused", "NodeCompiling", "WritingInjectedSQLForNode"],
      ...["NodeExecuting", "NewConnectionOpening", "ConnectionClosed"],
      ...["LogModelResult", "NodeFinished"],
    ]);
    expect(own("model.shop.good").every(({ info }) => info.thread === "Thread-1 (worker)")).toBe(true);
    const sql = own("model.shop.good").flatMap(({ info, data }) =>
      info.name === "SQLQuery" ? [String(data.sql)] : [],
    );
    expect(sql[0]).toBe("BEGIN");
    expect(sql.some((text) => /create\s+table/.test(text))).toBe(true);
    expect(sql).toContain("COMMIT");

    const finished = own("model.shop.good").at(-1)!;
    expect(finished.info).toMatchObject({ code: "Q025", level: "debug", msg: "Finished running node model.shop.good" });
    expect(finished.data.run_result).toMatchObject({
      ...{ adapter_response: { _message: "OK" }, message: "OK", num_failures: 0, status: "success" },
      ...{ thread: "Thread-1 (worker)", timing_info: [{ name: "compile" }, { name: "execute" }] },
    });
    expect(finished.data.node_info).toMatchObject({ node_status: "success", materialized: "table" });
    for (const { data, info } of own("model.shop.good")) {
      if (info.name.startsWith("Log")) expect(data.node_info?.node_started_at).toMatch(/^\d{4}-\d\d-\d\dT/);
    }

    expect(steps("model.shop.bad")).toContain("CatchableExceptionOnRun");
    const marked = events.find(({ info }) => info.name === "MarkSkippedChildren");
    expect(marked?.data).toMatchObject({ unique_id: "model.shop.bad", status: "error" });
    expect(steps("model.shop.after")).toEqual(["NodeStart", "SkippingDetails", "NodeFinished"]);
    const end = events.find(({ info }) => info.name === "EndRunResult");
    expect(end?.data.success).toBe(false);
    expect(end?.data.results).toHaveLength(3);
    expect(events.find(({ info }) => info.name === "MainReportArgs")?.data.args).toMatchObject({
      ...{ log_format: "json", use_colors: "False", fail_fast: "False", target_path: "None", printer_width: "80" },
      warn_error_options: "WarnErrorOptionsV2(error=[], warn=[], silence=[])",
    });
  });

  it("keeps vars that are named as secrets out of screen and log", () => {
    const root = makeProject(files);
    const vars = '{"DBT_ENV_SECRET_TOKEN": "hunter2hunter2"}';
    const run = tsdbt(root, ["run", "--vars", vars, "--debug", "--log-format", "json"]);
    expect(run.text).not.toContain("hunter2");
    for (const file of ["logs/dbt.log", "target/run_results.json"]) {
      expect(readFileSync(join(root, file), "utf8")).not.toContain("hunter2");
    }
  });
});
