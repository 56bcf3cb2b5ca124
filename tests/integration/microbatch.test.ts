import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { artifact, copyOf, discard, query, type Run, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

interface Result {
  unique_id: string;
  status: string;
  message: string | null;
  batch_results: { successful: [string, string][]; failed: [string, string][] } | null;
}

const resultOf = (root: string, name: string) =>
  artifact<{ results: Result[] }>(root, "run_results.json").results.find(({ unique_id: id }) =>
    id.endsWith(`.${name}`),
  );

describe("microbatch models", () => {
  let root: string;
  let run: Run;
  const rows = (sql: string) => query(join(root, "microbatch.duckdb"), sql);
  beforeAll(() => {
    root = copyOf("tests/fixtures/projects/microbatch");
    tsdbt(root, ["seed"]);
    run = tsdbt(root, ["run", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-04"]);
  });
  afterAll(() => discard(root));

  it("are built batch by batch, each with the rows of its span", async () => {
    expect(await rows("select id, batch_id, incremental from by_day order by id")).toEqual([
      [1, "20240101", false],
      [2, "20240101", false],
      [3, "20240102", true],
      [4, "20240103", true],
    ]);
    expect(run.text).toMatch(/Batch 2 of 3 START batch 2024-01-02 of main\.by_day \.+ \[RUN\]/);
    expect(run.text).toMatch(/OK created sql microbatch model main\.by_day \.+ \[SUCCESS in/);
  });

  it("run pre-hooks before the first batch and post-hooks after the last", () => {
    // Parsing renders the hooks as well.
    const [, ran = ""] = run.text.split("Concurrency:");
    const lines = ran.split("\n").filter((line) => /(before|after) "microbatch"|of main\.by_day/.test(line));
    const order = lines.map((line) => /before|after|START batch \S+/.exec(line)?.[0]).filter(Boolean);
    expect(order).toEqual([
      "START batch 2024-01-01",
      "before",
      "START batch 2024-01-02",
      "START batch 2024-01-03",
      "after",
    ]);
  });

  it("are a partial success where some batches fail, and what is built on them is skipped", () => {
    expect(run.code).toBe(1);
    expect(resultOf(root, "fails_once")).toMatchObject({
      status: "partial success",
      message: "PARTIAL SUCCESS (2/3)",
      batch_results: {
        successful: [
          ["2024-01-01T00:00:00+00:00", "2024-01-02T00:00:00+00:00"],
          ["2024-01-03T00:00:00+00:00", "2024-01-04T00:00:00+00:00"],
        ],
        failed: [["2024-01-02T00:00:00+00:00", "2024-01-03T00:00:00+00:00"]],
      },
    });
    expect(resultOf(root, "after_failure")?.status).toBe("skipped");
    expect(run.text).toContain("PARTIALLY created sql microbatch model main.fails_once");
  });

  it("skip the other batches where the first one fails, and tell of its error", () => {
    expect(resultOf(root, "fails_first")).toMatchObject({ status: "error", message: "ERROR" });
    expect(resultOf(root, "fails_first")?.batch_results?.failed).toHaveLength(72);
    expect(run.text).toMatch(/Batch 72 of 72 SKIP batch 2024-01-03T23 of main\.fails_first/);
    expect(run.text).toContain('Referenced column "nothing" not found');
  });

  it("are taken up again by retry where they failed", async () => {
    expect(tsdbt(root, ["retry"]).code).toBe(1);
    expect(resultOf(root, "fails_once")?.batch_results?.failed).toHaveLength(1);
    const broken = readFileSync(join(root, "models/fails_once.sql"), "utf8");
    writeFileSync(join(root, "models/fails_once.sql"), broken.replace(/\{% if[\s\S]*?\{% endif %\}/, "amount"));
    const again = tsdbt(root, ["retry"]);
    expect(again.text.match(/START batch \S+ of main\.fails_once/g)).toEqual([
      "START batch 2024-01-02 of main.fails_once",
    ]);
    expect(resultOf(root, "fails_once")).toMatchObject({ status: "success", message: "SUCCESS" });
    expect(resultOf(root, "fails_once")?.batch_results?.successful).toHaveLength(3);
    expect(await rows("select count(*) from fails_once")).toEqual([["4"]]);
  });

  it("build again only what is asked for, and from `begin` on a full refresh", async () => {
    const again = ["--event-time-start", "2024-01-02", "--event-time-end", "2024-01-03"];
    tsdbt(root, ["run", "-s", "by_day", "--vars", "{factor: 2}", ...again]);
    expect(await rows("select id, amount from by_day order by id")).toEqual([
      [1, 10],
      [2, 20],
      [3, 60],
      [4, 40],
    ]);
    tsdbt(root, ["run", "-s", "by_year", "--full-refresh"]);
    expect(resultOf(root, "by_year")?.batch_results?.successful[0]?.[0]).toBe("2022-01-01T00:00:00+00:00");
  });

  it("read only a sample's rows, as other models do", async () => {
    tsdbt(root, ["run", "-s", "sampled", "--sample", "{start: 2024-01-01, end: 2024-01-03}"]);
    expect(await rows("select n from sampled")).toEqual([["3"]]);
    const wrong = tsdbt(root, ["run", "-s", "sampled", "--sample", "3 decades"]);
    expect(wrong.code).toBe(2);
    expect(wrong.text).toContain("Invalid grain size 'decades'. Must be one of ['hour', 'day'");
  });

  it("refuse an end that is no time", () => {
    const wrong = tsdbt(root, ["run", "--event-time-start", "2024-01-01", "--event-time-end", "soon"]);
    expect(wrong.code).toBe(2);
    expect(wrong.text).toContain("Invalid value for '--event-time-end': 'soon' does not match the formats");
  });
});

describe("on embedded ClickHouse", () => {
  afterAll(discardProjects);
  it("builds batches and replaces their rows", () => {
    const project = makeProject(
      {
        "models/events.sql": `{{ config(event_time='at') }}
select number as id, toDateTime('2024-01-01 12:00:00') + interval number day as at from numbers(4)`,
        "models/daily.sql": `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day',
  begin='2024-01-01', order_by='id', unique_key='id') }}
select id, at, {{ var('v', 1) }} as v from {{ ref('events') }}`,
      },
      "clickhouse",
    );
    const span = ["--event-time-start", "2024-01-01", "--event-time-end", "2024-01-05"];
    const first = tsdbt(project, ["run", ...span]);
    expect(first.code, first.text).toBe(0);
    const later = ["--event-time-start", "2024-01-02", "--event-time-end", "2024-01-04"];
    expect(tsdbt(project, ["run", "-s", "daily", "--vars", "{v: 2}", ...later]).code).toBe(0);
    const { stdout } = tsdbt(project, [
      "--quiet",
      "show",
      "--output",
      "json",
      "--inline",
      "select id, v from {{ ref('daily') }} order by id",
    ]);
    expect(JSON.parse(stdout).show.map((row: object) => Object.values(row).join())).toEqual([
      "0,1",
      "1,2",
      "2,2",
      "3,1",
    ]);
  });
});
