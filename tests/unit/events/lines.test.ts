import { describe, expect, test } from "vitest";
import type { NewEvent } from "../../../core/events/event.ts";
import * as say from "../../../core/events/messages/index.ts";
import { plainText } from "../../../core/events/text.ts";

const at = (event: NewEvent) => ({ ...event, time: new Date("2026-11-24T03:23:40Z") });
const text = (event: NewEvent, width = 80) => plainText(at(event), { colors: false, width }).slice(10);
const colored = (event: NewEvent) => plainText(at(event), { colors: true });

const place = { index: 1, total: 56 };
const model = "sql table model main_bronze.crypto_raw";

describe("numbered lines are dbt's", () => {
  // The lines that dbt 1.12 wrote for examples/crypto.
  const lines: [event: NewEvent, line: string, level: string, code: string][] = [
    [
      say.startLine({ ...place, description: model }),
      "1 of 56 START sql table model main_bronze.crypto_raw ........................... [RUN]",
      "info",
      "Q011",
    ],
    [
      say.resultLine({ ...place, description: model, status: "success", message: "OK", executionTime: 0.3345 }),
      "1 of 56 OK created sql table model main_bronze.crypto_raw ...................... [OK in 0.33s]",
      "info",
      "Q012",
    ],
    [
      say.resultLine({ ...place, description: model, status: "error", message: "boom", executionTime: 0 }),
      "1 of 56 ERROR creating sql table model main_bronze.crypto_raw .................. [ERROR in 0.00s]",
      "error",
      "Q012",
    ],
    [
      say.seedResult({
        index: 2,
        total: 56,
        schema: "main_reference",
        alias: "coins",
        status: "success",
        message: "INSERT 3",
        executionTime: 0.16,
      }),
      "2 of 56 OK loaded seed file main_reference.coins ............................... [INSERT 3 in 0.16s]",
      "info",
      "Q016",
    ],
    [
      say.testResult({ index: 6, total: 56, name: "unique_coins_symbol", status: "pass", executionTime: 0.07 }),
      "6 of 56 PASS unique_coins_symbol ............................................... [PASS in 0.07s]",
      "info",
      "Q007",
    ],
    [
      say.testResult({ ...place, name: "a_test", status: "warn", failures: 12, executionTime: 0.01 }),
      "1 of 56 WARN 12 a_test ......................................................... [WARN 12 in 0.01s]",
      "warn",
      "Q007",
    ],
    [
      say.testResult({ ...place, name: "a_test", status: "fail", failures: 3, executionTime: 0.01 }),
      "1 of 56 FAIL 3 a_test .......................................................... [FAIL 3 in 0.01s]",
      "error",
      "Q007",
    ],
    [
      say.startLine({
        index: 8,
        total: 56,
        description: "test no_duplicate_ids_crypto_raw_id___to_timestamp_utc_last_updated___10",
      }),
      "8 of 56 START test no_duplicate_ids_crypto_raw_id___to_timestamp_utc_last_updated___10  [RUN]",
      "info",
      "Q011",
    ],
    [
      say.snapshotResult({
        index: 55,
        total: 56,
        description: "main_history.latest_prices",
        status: "success",
        message: "OK",
        executionTime: 0.09,
      }),
      "55 of 56 OK snapshotted main_history.latest_prices ............................. [OK in 0.09s]",
      "info",
      "Q015",
    ],
    [
      say.noOpResult({ index: 56, total: 56, description: "exposure crypto_dashboard", executionTime: 0 }),
      "56 of 56 NO-OP exposure crypto_dashboard ....................................... [NO-OP in 0.00s]",
      "info",
      "Q019",
    ],
    [
      say.skipLine({ ...place, resourceType: "model", schema: "main", nodeName: "orders" }),
      "1 of 56 SKIP relation main.orders .............................................. [SKIP]",
      "info",
      "Q034",
    ],
    [
      say.skipLine({ ...place, resourceType: "test", nodeName: "unique_x" }),
      "1 of 56 SKIP test unique_x ..................................................... [SKIP]",
      "info",
      "Q034",
    ],
    [
      say.freshnessResult({ ...place, sourceName: "raw", tableName: "a", status: "error", executionTime: 1 }),
      "1 of 56 ERROR STALE freshness of raw.a ......................................... [ERROR STALE in 1.00s]",
      "error",
      "Q018",
    ],
    [
      say.hookLine({ ...place, statement: `${"x".repeat(90)}.on-run-start.0`, status: "success", executionTime: 0 }),
      `1 of 56 OK hook: ${"x".repeat(60)}... [OK in 0.00s]`,
      "info",
      "Q033",
    ],
    [
      say.cancelLine("model.a.b"),
      "CANCEL query model.a.b ......................................................... [CANCEL]",
      "error",
      "Q022",
    ],
  ];
  for (const [event, line, level, code] of lines) {
    test(line.slice(0, 50), () => {
      expect(text(event)).toBe(line);
      expect({ level: event.level, code: event.code }).toEqual({ level, code });
    });
  }

  test("as wide as asked", () => {
    expect(text(say.startLine({ ...place, description: "x" }), 30)).toBe("1 of 56 START x .............. [RUN]");
  });

  test("coloured at the status alone", () => {
    const line = colored(say.testResult({ index: 6, total: 56, name: "PASS_me", status: "pass", executionTime: 0.07 }));
    expect(line).toMatch(/^\u001b\[0m03:23:40 {2}6 of 56 PASS PASS_me \.+ \[\u001b\[32mPASS\u001b\[0m in 0\.07s\]$/);
  });
});

describe("nodes are called as dbt calls them", () => {
  const node = { name: "orders", schema: "main", alias: "orders_v2", database: "db" };
  test("by type", () => {
    expect(say.describeNode({ ...node, resource_type: "model", config: { materialized: "view" } })).toBe(
      "sql view model main.orders_v2",
    );
    expect(say.describeNode({ ...node, resource_type: "seed" })).toBe("seed file main.orders_v2");
    expect(say.describeNode({ ...node, resource_type: "snapshot" }, "other")).toBe("snapshot db.main.orders_v2");
    expect(say.describeNode({ ...node, resource_type: "test" })).toBe("test orders");
    expect(say.describeNode({ ...node, resource_type: "source", source_name: "raw" })).toBe("freshness of raw.orders");
    expect(say.describeNode({ ...node, resource_type: "unit_test", model: "m" })).toBe("unit_test m::orders");
  });
});

describe("the end of a run", () => {
  const node = (resource_type: string, name: string, more = {}) => ({
    unique_id: `${resource_type}.p.${name}`,
    name,
    resource_type,
    original_file_path: `models/${name}.sql`,
    config: { materialized: resource_type === "model" ? "table" : resource_type },
    ...more,
  });
  const results: say.SummaryResult[] = [
    { status: "success", message: "OK", node: node("model", "a") },
    { status: "success", message: "OK", node: node("model", "a2") },
    { status: "pass", node: node("test", "t1") },
    { status: "warn", message: "Got 2 results, configured to warn if != 0", node: node("test", "t2") },
    {
      status: "fail",
      message: "Got 1 result, configured to fail if != 0",
      node: node("test", "t3", {
        compiled_path: "target/compiled/p/t3.sql",
        config: { store_failures: true },
        relation_name: '"db"."audit"."t3"',
      }),
    },
    { status: "skipped", node: node("model", "b") },
    { status: "no-op", node: node("exposure", "e") },
    { status: "success", node: node("operation", "h") },
  ];

  test("counts", () => {
    expect(text(say.statsLine(results))).toBe("Done. PASS=4 WARN=1 ERROR=1 SKIP=1 NO-OP=1 REUSED=0 TOTAL=8");
    expect(text(say.finishedLine({ results, elapsed: 3725.5 }))).toBe(
      "Finished running 1 exposure, 1 project hook, 3 table models, 3 data tests in 1 hours 2 minutes and 5.50 seconds (3725.50s).",
    );
  });

  test("errors and warnings", () => {
    const lines = say.endOfRunSummary(results).map((event) => text(event));
    expect(lines).toEqual([
      "",
      "Completed with 1 error, 0 partial successes, and 1 warning:",
      "",
      "[ERROR]: in test t3 (models/t3.sql)",
      "  Got 1 result, configured to fail if != 0",
      "",
      "  compiled code at target/compiled/p/t3.sql",
      "",
      '  See test failures:\n  ------------------------------\n  select * from "db"."audit"."t3"\n  ------------------------------'.replaceAll(
        "-".repeat(30),
        "-".repeat('select * from "db"."audit"."t3"'.length),
      ),
      "",
      "[WARNING]: in test t2 (models/t2.sql)",
      "[WARNING]: Got 2 results, configured to warn if != 0",
      "",
      "Done. PASS=4 WARN=1 ERROR=1 SKIP=1 NO-OP=1 REUSED=0 TOTAL=8",
    ]);
  });

  test("success, warnings, interruption", () => {
    const summary = (found: say.SummaryResult[], interrupted = false) =>
      text(say.endOfRunSummary(found, { interrupted })[1]!);
    expect(summary(results.slice(0, 3))).toBe("Completed successfully");
    expect(summary(results.slice(0, 4))).toBe("Completed with 1 warning:");
    expect(summary(results, true)).toBe("Exited because of keyboard interrupt");
  });
});
