import { reasonHere } from "./clickhouse-reasons.ts";
import { recordCoverage as writePage } from "./coverage.ts";
import type { Outcomes } from "./run-tests.ts";

/** Writes the page on the last whole run. */
export function recordCoverage(path: string, commit: string, dbt: Outcomes, tsdbt: Outcomes): void {
  writePage(path, {
    title: "dbt-clickhouse's own functional tests",
    about: [
      "tests/integration of ClickHouse/dbt-clickhouse, driven once with Python dbt 1.12.6 and dbt-clickhouse 1.10.3 and once with tsdbt as the",
      "command that they run. Both speak HTTP to the embedded ClickHouse (tests/services/clickhouse-front.ts says what that imitates); tests",
      "that ask for a cluster have one of a single server. Written by `npm run suite:clickhouse -- --record`:",
      "",
      "```sh",
      "npm run suite:clickhouse -- path/to/a/clone      # all of it; without a path it is cloned",
      "npm run suite:clickhouse -- --quick              # classes of dbt-tests-adapter: no clone needed",
      "npm run suite:clickhouse -- --only test_view.py  # some tests, by parts of their names; --help tells the rest",
      "```",
      "",
      `The tests are those of commit ${commit}, the nearest to version 1.10.3.`,
    ],
    folder: "tests/integration/adapter/",
    reason: reasonHere,
    dbt,
    tsdbt,
  });
}
