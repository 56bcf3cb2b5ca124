import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { artifact, copyOf, discard, query, tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Column {
  kind: string;
  sources: { node?: string; relation?: string; column: string }[];
  reason?: string;
}
interface Artifact {
  metadata: { schema_version: number; adapter_type: string; invocation_id: string };
  nodes: { [id: string]: { complete: boolean; columns: { [name: string]: Column }; open?: { node?: string }[] } };
}

let root: string;
beforeAll(() => {
  root = copyOf("tests/fixtures/projects/lineage");
});
afterAll(() => discard(root));

describe("tsdbt lineage", () => {
  it("follows a column up to the sources and down to what is made of it", () => {
    const { code, stdout } = tsdbt(root, ["--quiet", "lineage", "--column", "stg_orders.amount"]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "stg_orders.amount  direct from raw_orders.amount",
      "comes from",
      "  raw_orders.amount",
      "goes into",
      "  cheap.doubled  derived from stg_orders.amount",
      "  customer_totals.total  aggregate from stg_orders.amount",
      "  kept.amount  direct from stg_orders.amount",
      "  customer_totals.most_doubled  aggregate from cheap.doubled",
    ]);
  });

  it("answers as JSON, and takes a source's column", () => {
    const { stdout } = tsdbt(root, ["--quiet", "lineage", "--column", "crm.customers.full_name", "--format", "json"]);
    expect(JSON.parse(stdout)).toEqual({
      node: "source.lineage.crm.customers",
      column: "full_name",
      kind: "direct",
      sources: [],
      upstream: [],
      downstream: [
        {
          node: "model.lineage.customer_totals",
          column: "name",
          kind: "direct",
          sources: [{ node: "source.lineage.crm.customers", column: "full_name" }],
        },
      ],
    });
  });

  it("says unknown where a star is not known, and follows what is", () => {
    const { stdout } = tsdbt(root, ["--quiet", "lineage", "-s", "event_log"]);
    expect(stdout).toContain("loud  derived from crm.events.kind");
    expect(stdout).toContain("*  unknown: the columns of source.lineage.crm.events are not all known");
  });

  it.each([
    [["--column", "stg_orders.amont"], "stg_orders has no column 'amont' that is known", "did you mean 'amount'?"],
    [
      ["--column", "stg_order.amount"],
      "There is no model, snapshot, seed or source 'stg_order'",
      "did you mean 'stg_orders'?",
    ],
    [["--column", "amount"], "--column takes model.column, not 'amount'", ""],
    [["--column", "stg_orders.amount", "--format", "xml"], "'xml' is not one of 'text', 'json'", ""],
    [[], "Either --column or --select is needed", ""],
  ])("tells what is wrong with %j", (args, message, hint) => {
    const { code, text } = tsdbt(root, ["lineage", ...args]);
    expect(code).toBe(2);
    expect(text).toContain(message);
    expect(text).toContain(hint);
  });
});

describe("column_lineage.json", () => {
  const nodes = () => artifact<Artifact>(root, "column_lineage.json").nodes;

  it("is written by docs generate where it is asked for", () => {
    const { code, text } = tsdbt(root, ["docs", "generate", "--empty-catalog", "--column-lineage"]);
    expect(code, text).toBe(0);
    expect(artifact<Artifact>(root, "column_lineage.json").metadata).toMatchObject({
      schema_version: 1,
      adapter_type: "duckdb",
    });
    expect(nodes()["model.lineage.customer_totals"]).toEqual({
      complete: true,
      columns: {
        customer_id: { kind: "direct", sources: [{ node: "source.lineage.crm.customers", column: "id" }] },
        name: { kind: "direct", sources: [{ node: "source.lineage.crm.customers", column: "full_name" }] },
        total: { kind: "aggregate", sources: [{ node: "model.lineage.stg_orders", column: "amount" }] },
        most_doubled: { kind: "aggregate", sources: [{ node: "model.lineage.cheap", column: "doubled" }] },
        orders: { kind: "aggregate", sources: [], type: "number" },
        currency: { kind: "constant", sources: [] },
      },
    });
    expect(nodes()["model.lineage.event_log"]).toMatchObject({
      complete: false,
      open: [{ node: "source.lineage.crm.events" }],
    });
    expect(Object.keys(nodes()["snapshot.lineage.kept"]!.columns)).toEqual([
      "order_id",
      "customer_id",
      "amount",
      "ordered_at",
      "dbt_scd_id",
      "dbt_updated_at",
      "dbt_valid_from",
      "dbt_valid_to",
    ]);
  });

  it("resolves stars by what the warehouse said of a source, and follows changes", async () => {
    await query(join(root, "lineage.duckdb"), "create table events as select 1 as id, 'a' as kind");
    expect(tsdbt(root, ["docs", "generate", "--column-lineage"]).code).toBe(0);
    expect(nodes()["model.lineage.event_log"]).toMatchObject({ complete: true });
    expect(Object.keys(nodes()["model.lineage.event_log"]!.columns)).toEqual(["id", "kind", "loud"]);
  });
});

it("reads a project of more models than one thread is given", () => {
  const many = copyOf("tests/fixtures/projects/lineage");
  const last = 60;
  for (let i = 0; i <= last; i++) {
    const from = i === 0 ? "stg_orders" : `link_${i - 1}`;
    const sql = `select a_${i}.amount as amount, ${i} as n from {{ ref('${from}') }} as a_${i}\n`;
    writeFileSync(join(many, "models", `link_${i}.sql`), sql);
    writeFileSync(join(many, "models", `leaf_${i}.sql`), `select amount + n as more from {{ ref('link_${i}') }}\n`);
  }
  const { code, stdout, text } = tsdbt(many, [
    "--quiet",
    "lineage",
    "--column",
    `leaf_${last}.more`,
    "--format",
    "json",
  ]);
  discard(many);
  expect(code, text).toBe(0);
  const { kind, upstream } = JSON.parse(stdout) as { kind: string; upstream: { node: string }[] };
  expect(kind).toBe("derived");
  expect(upstream.map(({ node }) => node)).toContain("seed.lineage.raw_orders");
});

describe("docs lineage", () => {
  const draw = (format: string, ...select: string[]) =>
    tsdbt(root, ["--quiet", "docs", "lineage", "-s", ...select, "--format", format]).stdout.trimEnd();

  it("draws what is selected, in each format", () => {
    expect(draw("mermaid", "+stg_orders").split("\n").slice(0, 4)).toEqual([
      "flowchart LR",
      '  n0["stg_orders"]:::model',
      '  n1["raw_orders"]:::seed',
      "  n1 --> n0",
    ]);
    expect(draw("dot", "+stg_orders")).toContain('"seed.lineage.raw_orders" -> "model.lineage.stg_orders";');
    expect(JSON.parse(draw("json", "+stg_orders"))).toEqual({
      nodes: [
        { id: "model.lineage.stg_orders", label: "stg_orders", resource_type: "model" },
        { id: "seed.lineage.raw_orders", label: "raw_orders", resource_type: "seed" },
      ],
      edges: [{ from: "seed.lineage.raw_orders", to: "model.lineage.stg_orders" }],
    });
    const svg = draw("svg", "+customer_totals");
    expect(svg).toMatch(/^<svg xmlns[\s\S]*<\/svg>$/);
    expect(svg.match(/<rect/g)).toHaveLength(5);
    expect(svg.match(/marker-end/g)).toHaveLength(5);
  });
});

describe("tsdbt check", () => {
  const write = (name: string, sql: string) => writeFileSync(join(root, "models", `${name}.sql`), sql);
  const check = (name: string, sql: string) => {
    write(name, sql);
    try {
      return tsdbt(root, ["check", "-s", name]);
    } finally {
      rmSync(join(root, "models", `${name}.sql`));
    }
  };

  it("has nothing to say of a project that is right", () => {
    const { code, text } = tsdbt(root, ["check"]);
    expect(text).toContain("Checked 5 models: 0 errors, 0 warnings");
    expect(code).toBe(0);
  });

  it("points at a column that no upstream has", () => {
    const { code, text } = check(
      "bad",
      "select\n    order_id,\n    {{ 'upper' }}(o.amont) as x\nfrom {{ ref('stg_orders') }} as o\n",
    );
    expect(code).toBe(1);
    expect(text).toContain("Compilation Error in model bad (models/bad.sql)");
    expect(text).toContain("o has no column 'amont'");
    expect(text).toContain("--> models/bad.sql:3:21 [TD5110]");
    expect(text).toContain("  |                     ^^^^^");
    expect(text).toContain("hint: did you mean 'amount'?");
    expect(text).toContain("Checked 1 model: 1 error, 0 warnings");
  });

  it("warns of the same in parse where it is asked to, and in no other parse", () => {
    write("bad", "select o.amont, {{ nothing() }}\nfrom {{ ref('stg_orders') }} as o\n");
    write("worse", "select o.amont\nfrom {{ ref('stg_orders') }} as o\n");
    const [plain, checked, strict] = [[], ["--check"], ["--check", "--warn-error"]].map((more) =>
      tsdbt(root, ["parse", ...more]),
    );
    for (const name of ["bad", "worse"]) rmSync(join(root, "models", `${name}.sql`));
    expect(plain).toMatchObject({ code: 0 });
    expect(plain!.text).not.toContain("amont");
    expect(checked!.text).toContain("[WARNING]: In model worse (models/worse.sql)");
    expect(checked!.text).toContain("o has no column 'amont'");
    expect(checked!.text).toContain("--> models/worse.sql:1:10 [TD5110]");
    expect(checked!.text).toContain("  |          ^^^^^");
    expect(checked!.text).toContain("'nothing' is undefined");
    expect(checked!.code).toBe(0);
    expect(strict!.code).toBe(2);
  });

  it("points at an alias that is none", () => {
    const { code, text } = check("bad", "select p.order_id from {{ ref('stg_orders') }} as o\n");
    expect(code).toBe(1);
    expect(text).toContain("There is no table or alias 'p' here");
    expect(text).toContain("--> models/bad.sql:1:8 [TD5111]");
  });

  it("finds what a changed upstream no longer has", () => {
    const file = join(root, "models", "stg_orders.sql");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replace("    amount,\n", ""));
    const { code, text } = tsdbt(root, ["check", "-s", "customer_totals", "cheap"]);
    writeFileSync(file, before);
    expect(code).toBe(1);
    expect(text).toContain("--> models/cheap.sql:2:18 [TD5110]");
    expect(text).toContain("--> models/customer_totals.sql:4:20 [TD5110]");
  });

  it("warns of joins of unlike types and of a ref that goes unused", () => {
    const { code, text } = check(
      "odd",
      "with unused as (select * from {{ ref('cheap') }})\n" +
        "select o.id from {{ ref('raw_orders') }} as o join {{ ref('stg_orders') }} as s on o.note = s.order_id\n",
    );
    expect(code).toBe(0);
    expect(text).toContain("The join compares text with number ('note')");
    expect(text).toContain("--> models/odd.sql:2:86 [TD5112]");
    expect(text).toContain("cheap is read in 'unused' alone, which nothing uses");
    expect(text).toContain("--> models/odd.sql:1:39 [TD5113]");
    expect(text).toContain("Checked 1 model: 0 errors, 2 warnings");
  });
});
