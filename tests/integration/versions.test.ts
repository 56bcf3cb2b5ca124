import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { query, type Run, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

describe("versions of a model", () => {
  let root: string;
  let run: Run;
  const rows = (sql: string) => query(`${root}/shop.duckdb`, sql);
  beforeAll(() => {
    root = makeProject({
      "models/a_v1.sql": "select 1 as id",
      "models/a_v2.sql": "{{ config(materialized='table') }} select 2 as id",
      "models/a_v3.sql": "select 3 as id",
      "models/b.sql": "select * from {{ ref('a') }}",
      "models/c.sql": "select * from {{ ref('a', v=1) }} union all select * from {{ ref('a', version=2) }}",
      "models/taken_v1.sql": "{{ config(alias='taken') }} select 1 as id",
      "models/m.yml": `models:
  - name: a
    latest_version: 2
    config: {latest_version_pointer: {enabled: true}}
    versions: [{v: 1, deprecation_date: 2021-05-06}, {v: 2, deprecation_date: 2098-02-03}, {v: 3}]
  - name: taken
    config: {latest_version_pointer: {enabled: true}}
    versions: [{v: 1}]
`,
    });
    run = tsdbt(root, ["run"]);
  });
  afterAll(discardProjects);

  it("have a view under the bare name that shows the latest one, where that is asked for", async () => {
    expect(await rows("select id from main.a")).toEqual([[2]]);
    expect(await rows("select table_type from information_schema.tables where table_name = 'a'")).toEqual([["VIEW"]]);
    expect(tsdbt(root, ["run", "-s", "a"]).code).toBe(0);
  });

  it("refuse a view that has the latest version's own name", () => {
    expect(run.code).toBe(1);
    expect(run.text).toContain(
      "Cannot create latest version pointer: the latest version of 'taken' is already aliased to 'taken'.",
    );
  });

  it("tell whoever refers to one without naming it that a newer one waits", () => {
    expect(run.text).toContain(
      "While compiling 'b':\nFound an unpinned reference to versioned model 'a' in project 'shop'.\n" +
        "Resolving to latest version: a.v2\nA prerelease version 3 is available.",
    );
    expect(run.text).toContain("  Pin to  v2: {{ ref('shop', 'a', v='2') }}");
  });

  it("tell of each reference to one that is to go, or should have gone", () => {
    expect(run.text).toContain("Model a.v1 has passed its deprecation date of 2021-05-06T00:00:00+00:00.");
    const slated = run.text.match(/Found a reference to a\.v2, which is slated for deprecation on/g);
    expect(slated).toHaveLength(2);
    expect(run.text).not.toContain("Summary of encountered deprecations");
  });
});
