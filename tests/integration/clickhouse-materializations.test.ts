import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Standing, standing } from "../support/clickhouse.ts";
import { artifact, copyOf, discard, tsdbt } from "../support/tsdbt.ts";

interface Results {
  results: { unique_id: string; status: string; message: string | null }[];
}

/** What the models are made of changes with `step`; two builds are alike. */
const COMMANDS = {
  first: ["build"],
  second: ["build"],
  changed: ["build", "--vars", "{step: 2}"],
  run: ["run", "--vars", "{step: 3}"],
  anew: ["build", "--full-refresh", "--vars", "{step: 3}"],
};
type Step = keyof typeof COMMANDS;

let project: string;
const stood = {} as { [step in Step]: { [name: string]: Standing } };
const messages = {} as { [step in Step]: { [name: string]: string } };

beforeAll(() => {
  project = copyOf("tests/fixtures/projects/clickhouse");
  for (const [step, command] of Object.entries(COMMANDS) as [Step, string[]][]) {
    const run = tsdbt(project, [...command, "--event-time-start", "2023-01-01", "--event-time-end", "2025-01-01"]);
    expect(run.code, run.text).toBe(1);
    const { results } = artifact<Results>(project, "run_results.json");
    const failed = results.filter(({ status }) => status === "error" || status === "fail");
    messages[step] = Object.fromEntries(failed.map((r) => [r.unique_id.split(".")[2]!, r.message ?? ""]));
    stood[step] = standing(`${project}/target/clickhouse`, "shop");
  }
}, 600_000);
afterAll(() => discard(project));

const created = (name: string, step: Step = "first") => stood[step][name]?.created;
const rows = (name: string, step: Step) => stood[step][name]?.rows;
/** Ids, and of each the step that brought it. */
const ids = (name: string, step: Step) => rows(name, step)?.map(([id, by]) => `${id}:${by}`);

describe("tables of ClickHouse", () => {
  it("have every clause that their config asks for", () => {
    expect(created("t_options")).toBe(
      "CREATE TABLE shop.t_options (`id` UInt64 COMMENT 'The \\'key\\'', `day` Date, `name` String COMMENT 'of `something`', " +
        "`amount` Float64, `matched` Nullable(UInt64), `version` UInt8, INDEX by_amount amount TYPE minmax GRANULARITY 4, " +
        "INDEX by_name name TYPE bloom_filter GRANULARITY 1, PROJECTION by_day (SELECT day, sum(amount) GROUP BY day), " +
        "PROJECTION name_index INDEX (name, day) TYPE basic) ENGINE = ReplacingMergeTree(version) PARTITION BY (toYYYYMM(day)) " +
        "PRIMARY KEY id ORDER BY (id, day) TTL day + toIntervalYear(50) SETTINGS index_granularity = 1024, " +
        "min_bytes_for_wide_part = '0', deduplicate_merge_projection_mode = 'rebuild', replicated_deduplication_window = '0' " +
        "COMMENT 'It\\'s a table with $everything$\\nin two lines'",
    );
    expect(created("t_options", "second")).toBe(created("t_options"));
    expect(created("t_lists")).toContain("PARTITION BY (a, b % 2) PRIMARY KEY (a, b) ORDER BY (a, b)");
    expect(created("t_lists")).toContain("PROJECTION one INDEX c TYPE basic");
    expect(created("t_log")).toContain("ENGINE = TinyLog");
    expect(created("t_memory")).toContain("ENGINE = Memory SETTINGS max_rows_to_keep = 100");
  });

  it("use a query's settings for its types", () => {
    expect(rows("t_options", "first")?.filter((row) => row[4] !== null)).toHaveLength(3);
  });

  it("take codecs, lifetimes and checks from a contract, and the columns in its order", () => {
    expect(created("t_contract")).toContain(
      "(`id` UInt32 CODEC(Delta(4), ZSTD(1)), `day` Date TTL day + toIntervalYear(90), `label` String CODEC(ZSTD(3)) " +
        "TTL day + toIntervalYear(80), `price` Decimal(18, 2), CONSTRAINT positive CHECK (price >= 0))",
    );
    expect(rows("t_contract", "first")?.[1]).toEqual([1, "2024-01-01", "text", 1]);
    expect(messages.first.t_broken_contract).toMatch(/\| id +\| UInt8 +\| String +\| data type mismatch +\|/);
  });

  it("run their hooks, and change their kind", () => {
    expect(rows("t_hooked", "second")).toEqual([[1], [99]]);
    const kinds = (["first", "changed", "run"] as const).map((step) => stood[step].changes_kind);
    expect(kinds.map((one) => [one?.engine, one?.rows])).toEqual([
      ["MergeTree", [[1]]],
      ["View", [[2]]],
      ["MergeTree", [[3]]],
    ]);
  });

  it("say what is wrong with a projection", () => {
    expect(messages.first.t_broken_projection).toContain("cannot specify both 'query' and 'index'");
  });
});

describe("views of ClickHouse", () => {
  it("have their security, settings and comments", () => {
    expect(created("v_invoker")).toBe(
      "CREATE VIEW shop.v_invoker (`id` UInt64, `name` String, `step` UInt8) SQL SECURITY INVOKER AS SELECT * FROM shop.v_plain " +
        "SETTINGS join_use_nulls = 1",
    );
    expect(created("v_definer")).toContain("DEFINER = default SQL SECURITY DEFINER");
    expect(created("v_plain", "changed")).toBe(
      "CREATE VIEW shop.v_plain (`id` UInt64, `name` String, `step` UInt8) COMMENT 'A view' AS SELECT id, name, 2 AS step FROM shop.t_plain",
    );
  });

  it("say which security there is", () => {
    expect(messages.first.v_no_definer).toContain("required config parameter 'definer'");
    expect(messages.first.v_broken_security).toContain("Got: `nobody`, but only definer | invoker allowed");
  });
});

describe("incremental models of ClickHouse", () => {
  const replaced = ["0:1", "1:1", "2:2", "3:2", "4:2", "5:2"];
  it.each(["inc_default", "inc_predicates", "inc_legacy", "inc_overwrite", "inc_indexed"])(
    "%s replaces rows",
    (name) => {
      expect(ids(name, "first")).toEqual(["0:1", "1:1", "2:1", "3:1"]);
      expect(ids(name, "changed")).toEqual(replaced);
      expect(ids(name, "anew")).toEqual(["0:3", "1:3", "2:3", "3:3"]);
    },
  );

  it.each(["inc_append", "inc_no_key", "inc_empty_key", "inc_inserts_only"])("%s only adds rows", (name) => {
    expect(ids(name, "second")).toEqual(["0:1", "1:1", "2:1", "2:1", "3:1", "3:1", "4:1", "5:1"]);
  });

  it("delete by a key of several columns, and only what the predicates let", () => {
    expect(ids("inc_delete_insert", "second")).toEqual(["0:1", "1:1", "2:1", "2:1", "3:1", "4:1", "5:1"]);
  });

  it("load batch by batch", () => {
    const batches = (["first", "changed"] as const).map((step) => rows("inc_microbatch", step)?.map((row) => row[2]));
    expect(batches).toEqual([Array(6).fill(1), Array(6).fill(2)]);
  });

  it("keep indexes and projections, and a contract's order of columns", () => {
    expect(created("inc_indexed", "changed")).toContain("INDEX i step TYPE minmax GRANULARITY 1, PROJECTION p (");
    expect(rows("inc_contract", "changed")?.at(-1)).toEqual(["2024-02-04", 5, 2]);
  });

  it("refuse what does not go together", () => {
    expect(messages.second).toMatchObject({
      inc_unknown: expect.stringContaining("The incremental strategy 'merge' is not valid for ClickHouse"),
      inc_overwrite_no_partition: expect.stringContaining(
        "'insert_overwrite' strategy requires non-empty 'partition_by'",
      ),
      inc_predicates_append: expect.stringContaining("Cannot apply incremental predicates with 'append' strategy"),
    });
    expect(Object.keys(messages.first)).not.toContain("inc_unknown");
  });

  it("follow changes of columns as on_schema_change says", () => {
    const columns = (name: string) => stood.changed[name]?.columns;
    expect(columns("osc_ignore")).toEqual(["id Int32", "stays String"]);
    for (const name of [
      "osc_append_new_columns",
      "osc_overwrite",
      "osc_legacy_append_new_columns",
      "osc_legacy_sync_all_columns",
    ])
      expect(columns(name), name).toEqual(["id Int32", "stays String", "comes Date"]);
    expect(rows("osc_sync_all_columns", "changed")).toEqual([
      [0, 1, "1970-01-01"],
      [1, 1, "1970-01-01"],
      [2, 5_000_000_000, "2024-01-01"],
      [3, 5_000_000_000, "2024-01-01"],
      [4, 5_000_000_000, "2024-01-01"],
    ]);
    expect(created("osc_codec", "changed")).toContain("`packed` String CODEC(ZSTD(5))");
    expect(messages.changed.osc_fail).toMatch(
      /Source columns not in target: .*goes String[\s\S]*comes Date[\s\S]*narrow Int64/,
    );
    expect(rows("osc_fail", "changed")).toEqual(rows("osc_fail", "first"));
  });
});

describe("materialized views of ClickHouse", () => {
  it("catch up with what is there, and get what comes", () => {
    const sums = (step: Step) => rows("mv_plain", step);
    expect(sums("first")).toEqual([
      [0, 2, 3],
      [1, 2, 5],
      [2, 1, 2],
    ]);
    expect(sums("changed")?.[0]).toEqual([0, 6, 9]);
    expect(sums("anew")?.[0]).toEqual([0, 2, 3, 3]);
    expect(created("mv_plain")).toMatch(/COMMENT 'which one'.*COMMENT 'Sums by kind'$/);
    expect(rows("mv_no_catchup", "first")).toEqual([]);
    expect(rows("mv_no_catchup", "second")?.map(([id]) => id)).toEqual([100, 101, 102, 103, 104]);
  });

  it("write from several queries into one table", () => {
    const parts = (step: Step) => rows("mv_several", step)?.map(([id, , part]) => `${id} ${part}`);
    expect(parts("first")).toEqual(["0 first", "1 second", "3 first", "4 second"]);
    expect(parts("second")).toHaveLength(8);
    expect(created("mv_several_second", "changed")).toContain("WHERE kind = 2");
  });

  it("write into a table that another model makes", () => {
    expect(created("mv_explicit_a", "changed")).toBe(
      "CREATE MATERIALIZED VIEW shop.mv_explicit_a TO shop.t_target (`id` UInt64, `source` String, `day` Date) AS SELECT id, " +
        "'a' AS source, day FROM shop.events",
    );
    const sources = (step: Step) =>
      rows("t_target", step)
        ?.map((row) => row[1])
        .join("");
    expect(sources("first")).toBe("aaaaa");
    expect(sources("second")?.match(/b/g)).toHaveLength(5);
    expect(stood.changed.t_target?.columns).toEqual(["id UInt64", "source String", "day Date"]);
    expect(messages.first.mv_target_missing).toContain("Target table shop.nowhere not found in cache");
  });

  it("fill a table anew from their queries on a full refresh", () => {
    expect(rows("t_repopulated", "run")).toHaveLength(20);
    expect(rows("t_repopulated", "anew")?.every((row) => row[1] === "again")).toBe(true);
  });

  it("are refreshed when they should be", () => {
    expect(created("mv_refreshable_mv")).toContain(
      "REFRESH EVERY 1 YEAR RANDOMIZE FOR 1 SECOND TO shop.mv_refreshable",
    );
    expect(created("mv_refreshable_mv", "changed")).toContain("REFRESH EVERY 2 YEAR");
    expect(created("mv_refreshable_append_mv")).toContain(
      "REFRESH EVERY 1 YEAR DEPENDS ON shop.mv_refreshable_mv APPEND TO shop.mv_refreshable_append",
    );
    expect(messages.first.mv_refreshable_broken).toContain("'interval' is missing");
    expect(messages.first.mv_depends_on_nothing).toContain("No existing MV found matching MV: nowhere");
    expect(messages.changed.mv_becomes_refreshable).toContain("cannot be converted to a refreshable MV in place");
    expect(created("mv_becomes_refreshable_mv", "anew")).toContain("REFRESH EVERY 1 YEAR");
  });

  it("follow changes of columns as on_schema_change says", () => {
    const columns = (name: string) => stood.changed[name]?.columns;
    expect(columns("mv_osc_append_new_columns")).toEqual(["id UInt64", "kind UInt8", "day Date"]);
    expect(columns("mv_osc_sync_all_columns")).toEqual(["id UInt64", "kind Int64", "day Date"]);
    expect(columns("mv_osc_ignore")).toEqual(["id UInt64", "kind UInt8"]);
    expect(messages.changed.mv_osc_fail).toContain(
      "source and target schemas on this materialized view model are out of sync",
    );
    expect(rows("mv_osc_sync_all_columns", "changed")).toHaveLength(15);
  });

  it("go when their model becomes a view", () => {
    expect(stood.second.mv_becomes_view_mv?.engine).toBe("MaterializedView");
    expect(stood.changed.mv_becomes_view?.engine).toBe("View");
    expect(stood.changed.mv_becomes_view_mv).toBeUndefined();
  });
});

describe("dictionaries of ClickHouse", () => {
  it.each([
    ["d_query", "PRIMARY KEY id SOURCE(CLICKHOUSE(USER 'default' QUERY `", "LIFETIME(MIN 0 MAX 0) LAYOUT(HASHED())"],
    ["d_table", "TABLE 't_plain' UPDATE_FIELD 'id' UPDATE_LAG 60", "LIFETIME(MIN 0 MAX 600) LAYOUT(FLAT())"],
    ["d_range", "`last_day` Date", "LIFETIME(MIN 0 MAX 1000) LAYOUT(RANGE_HASHED()) RANGE(MIN first_day MAX last_day)"],
    ["d_complex", "PRIMARY KEY a, b SOURCE(CLICKHOUSE(USER 'default' DB 'shop'", "LAYOUT(COMPLEX_KEY_HASHED())"],
    ["d_http", "SOURCE(HTTP(URL 'http://127.0.0.1:1/names.csv' FORMAT 'CSVWithNames'))", "LAYOUT(DIRECT())"],
  ])("%s", (name, source, layout) => {
    expect(created(name)).toContain(source);
    expect(created(name)?.endsWith(layout)).toBe(true);
  });

  it("answer, and are replaced", () => {
    expect(rows("uses_dictionary", "first")).toEqual([[1, "n1"]]);
    expect(rows("d_query", "first")).toHaveLength(4);
    expect(rows("d_query", "changed")).toHaveLength(5);
  });
});

describe("seeds and snapshots of ClickHouse", () => {
  it("load what a CSV file says, into columns of the given types", () => {
    expect(stood.second.cities).toEqual({
      engine: "MergeTree",
      created:
        "CREATE TABLE shop.cities (`id` UInt32, `name` LowCardinality(String), `founded` Int32, `population` UInt64, " +
        "`note` Nullable(String)) ENGINE = MergeTree ORDER BY (id) SETTINGS index_granularity = 8192",
      columns: expect.any(Array),
      rows: [
        [1, "Lyon", -43, 522250, 'with "quotes" and, comma'],
        [2, "Oslo", 1040, 717710, null],
        [3, "São Paulo", 1554, 11451245, "line"],
      ],
    });
    expect(created("rates")).toContain("PARTITION BY (toYYYYMM(valid_on)) ORDER BY (currency)");
  });

  it("keep each state of a row", () => {
    const ends = rows("by_time", "changed")?.map((row) => [row[0], row[1], row[6]]);
    expect(ends).toEqual([
      [0, 0, null],
      [1, 1, "2024-01-02 00:00:00"],
      [1, 2, null],
      [2, 2, "2024-01-02 00:00:00"],
      [2, 4, null],
      [3, 3, "2024-01-02 00:00:00"],
      [3, 6, null],
      [4, 8, null],
    ]);
    expect(rows("by_time", "second")).toEqual(rows("by_time", "first"));
    const open = rows("by_value", "changed")?.filter((row) => row[6] === null);
    expect(open?.map((row) => row[2])).toEqual([0, 2, 4, 6, 8]);
    expect(stood.first.of_view?.columns.slice(-2)).toEqual(["valid_from DateTime", "valid_to DateTime"]);
  });
});
