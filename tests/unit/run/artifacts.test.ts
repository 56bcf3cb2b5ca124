import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NodeResult } from "../../../core/artifacts/results.ts";
import { lastDurations, RunResultsFile } from "../../../core/artifacts/run-results.ts";
import { writeSources } from "../../../core/artifacts/sources.ts";
import { isoMoment, momentOf } from "../../../core/artifacts/time.ts";

const invocation = { id: "abc", startedAt: 0, dbtVersion: "1.12.6", env: {} };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsdbt-artifacts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function result(name: string, more: Partial<NodeResult> = {}, node: object = {}): NodeResult {
  return {
    node: { unique_id: `model.p.${name}`, resource_type: "model", name, compiled: true, ...node } as never,
    status: "success",
    timing: [{ name: "compile", started: 1_000_001, completed: 2_000_000 }],
    thread_id: "Thread-1 (worker)",
    execution_time: 1.5,
    adapter_response: { _message: "OK", rows_affected: 3n },
    message: "OK",
    failures: null,
    ...more,
  };
}

const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const ids = (path: string) => read(path).results.map((r: { unique_id: string }) => r.unique_id);

describe("RunResultsFile", () => {
  it("is whole on disk after each result, without having been finished", () => {
    const path = join(folder, "target", "run_results.json");
    const file = new RunResultsFile(path, invocation, { which: "run" });
    for (const name of ["a", "b", "ü"]) {
      file.add(result(name));
      expect(ids(path).at(-1)).toBe(`model.p.${name}`);
    }
    expect(read(path)).toMatchObject({ metadata: { invocation_id: "abc" }, args: { which: "run" }, elapsed_time: 0 });
    file.close();
  });
  it("leaves the last run's file until the first result", () => {
    const path = join(folder, "run_results.json");
    writeFileSync(path, '{"results": []}');
    const file = new RunResultsFile(path, invocation, {});
    expect(ids(path)).toEqual([]);
    file.add(result("a"));
    expect(ids(path)).toEqual(["model.p.a"]);
    file.close();
  });
  it("is not torn by another process that writes the same file", () => {
    const path = join(folder, "run_results.json");
    const one = new RunResultsFile(path, invocation, {});
    const two = new RunResultsFile(path, invocation, {});
    one.add(result("a"));
    two.add(result("x"));
    one.add(result("b"));
    expect(ids(path)).toEqual(["model.p.x"]);
    two.finish([result("x")], 1);
    one.finish([result("a"), result("b")], 2);
    expect(ids(path)).toEqual(["model.p.a", "model.p.b"]);
    expect(readdirSync(folder)).toEqual(["run_results.json"]);
  });
  it("has dbt's keys in dbt's order", () => {
    const path = join(folder, "run_results.json");
    new RunResultsFile(path, invocation, {}).finish([result("a", {}, { compiled_code: "select 1" })], 2.5);
    const written = read(path);
    expect(Object.keys(written)).toEqual(["metadata", "results", "elapsed_time", "args"]);
    expect(written.metadata.dbt_schema_version).toBe("https://schemas.getdbt.com/dbt/run-results/v6.json");
    expect(written.results[0]).toEqual({
      status: "success",
      timing: [
        { name: "compile", started_at: "1970-01-01T00:00:01.000001Z", completed_at: "1970-01-01T00:00:02.000000Z" },
      ],
      thread_id: "Thread-1 (worker)",
      execution_time: 1.5,
      adapter_response: { _message: "OK", rows_affected: 3 },
      message: "OK",
      failures: null,
      unique_id: "model.p.a",
      compiled: true,
      compiled_code: "select 1",
      relation_name: null,
      batch_results: null,
      overload_results: null,
    });
  });
  it("says nothing about compilation of seeds", () => {
    const path = join(folder, "run_results.json");
    new RunResultsFile(path, invocation, {}).finish(
      [result("s", {}, { resource_type: "seed", relation_name: "x" })],
      1,
    );
    expect(read(path).results[0]).toMatchObject({ compiled: null, compiled_code: null, relation_name: null });
  });
});

describe("lastDurations", () => {
  it("reads the seconds of nodes that ran", () => {
    const path = join(folder, "run_results.json");
    new RunResultsFile(path, invocation, {}).finish([result("a"), result("b", { status: "skipped" })], 1);
    expect(lastDurations(path)).toEqual(new Map([["model.p.a", 1.5]]));
  });
  it.each(["", "{", "[]", '{"results": 3}', '{"results": [null]}'])("finds nothing in %j", (text) => {
    const path = join(folder, "run_results.json");
    writeFileSync(path, text);
    expect(lastDurations(path).size).toBe(0);
  });
  it("finds nothing where there is no file", () => expect(lastDurations(join(folder, "none")).size).toBe(0));
});

describe("writeSources", () => {
  it("writes what was measured and leaves out what could not be", () => {
    const path = join(folder, "sources.json");
    const node = {
      unique_id: "source.p.raw.x",
      resource_type: "source",
      freshness: { warn_after: { count: 1, period: "day" } },
    };
    const freshness = { maxLoadedAt: 0, snapshottedAt: 5_000_007, age: 5 };
    writeSources(
      path,
      invocation,
      [result("x", { status: "warn", freshness }, node), result("y", { status: "runtime error" })],
      1,
    );
    expect(read(path).results).toEqual([
      expect.objectContaining({
        unique_id: "source.p.raw.x",
        max_loaded_at: "1970-01-01T00:00:00+00:00",
        snapshotted_at: "1970-01-01T00:00:05.000007+00:00",
        max_loaded_at_time_ago_in_s: 5,
        status: "warn",
        criteria: { warn_after: { count: 1, period: "day" } },
      }),
    ]);
  });
});

describe("isoMoment", () => {
  it.each([
    [0, "1970-01-01T00:00:00.000000Z"],
    [momentOf(new Date("2026-02-21T10:00:00.123Z")) + 456, "2026-02-21T10:00:00.123456Z"],
    [-1, "1969-12-31T23:59:59.999999Z"],
  ])("writes %d", (moment, text) => expect(isoMoment(moment)).toBe(text));
});
