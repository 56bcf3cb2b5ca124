import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { artifact, copyOf, discard, query, tsdbt } from "../support/tsdbt.ts";

interface Results {
  results: { unique_id: string; status: string; failures: number | null }[];
}
interface ManifestLike {
  nodes: {
    [id: string]: { resource_type: string; name: string; attached_node?: string | null; refs: { name: string }[] };
  };
}

const BRONZE = "main_bronze.crypto_raw";
const SILVER = "main_silver.crypto_stage";
const GOLD = "main_gold.crypto_curated";
const COINS = "main_reference.coins";

/** For each data test, one statement after which its rule no longer holds. */
const BREAK: { [test: string]: string } = {
  accepted_values_crypto_raw_id__False__1__52__1027: `update ${BRONZE} set id = 7 where last_updated like '2026-02-20%' and symbol = 'BTC'`,
  no_duplicate_ids_crypto_raw_id___to_timestamp_utc_last_updated___10: `insert into ${BRONZE} select * from ${BRONZE} limit 1`,
  not_null_crypto_raw_id: `update ${BRONZE} set id = null where last_updated like '2026-02-20%'`,
  relationships_crypto_raw_id__coin_id__ref_coins_: `delete from ${COINS} where coin_id = 52`,
  not_null_crypto_raw_symbol: `update ${BRONZE} set symbol = null where id = 1`,
  not_empty_string_crypto_raw_symbol: `update ${BRONZE} set symbol = '  ' where id = 1`,
  not_null_crypto_raw_name: `update ${BRONZE} set name = null where id = 1`,
  not_empty_string_crypto_raw_name: `update ${BRONZE} set name = '' where id = 1`,
  not_null_crypto_raw_price: `update ${BRONZE} set price = null where id = 1`,
  price_in_range_crypto_raw_price__1000000__0: `update ${BRONZE} set price = -1 where id = 1`,
  price_in_range_crypto_raw_market_cap: `update ${BRONZE} set market_cap = -1 where id = 1`,
  not_null_crypto_raw_last_updated: `update ${BRONZE} set last_updated = null where id = 1`,
  not_empty_string_crypto_raw_last_updated: `update ${BRONZE} set last_updated = '' where id = 1`,

  unique_crypto_stage_coin_id_price_date: `insert into ${SILVER} select * from ${SILVER} limit 1`,
  unique_crypto_stage_price_key: `insert into ${SILVER} select * from ${SILVER} limit 1`,
  not_null_crypto_stage_price_key: `update ${SILVER} set price_key = null where coin_id = 1`,
  not_null_crypto_stage_coin_id: `update ${SILVER} set coin_id = null where coin_id = 1`,
  relationships_crypto_stage_coin_id__coin_id__ref_coins_: `update ${SILVER} set coin_id = 7 where coin_id = 1`,
  no_duplicate_ids_crypto_stage_coin_id__updated_at__10: `insert into ${SILVER} select * replace (updated_at + interval 9 minute as updated_at) from ${SILVER} limit 1`,
  not_null_crypto_stage_symbol: `update ${SILVER} set symbol = null where coin_id = 1`,
  accepted_values_crypto_stage_symbol__BTC__ETH__XRP: `update ${SILVER} set symbol = 'DOGE' where coin_id = 1`,
  not_null_crypto_stage_name: `update ${SILVER} set name = null where coin_id = 1`,
  not_empty_string_crypto_stage_name: `update ${SILVER} set name = ' ' where coin_id = 1`,
  not_null_crypto_stage_price: `update ${SILVER} set price = null where coin_id = 1`,
  price_in_range_crypto_stage_price__1000000__1e_06: `update ${SILVER} set price = 0 where coin_id = 1`,
  price_in_range_crypto_stage_volume_24h__1e_06: `update ${SILVER} set volume_24h = 0 where coin_id = 1`,
  not_null_crypto_stage_updated_at: `update ${SILVER} set updated_at = null where coin_id = 1`,
  recency_check_crypto_stage_updated_at__72: `delete from ${SILVER} where updated_at > timestamp '2026-02-17'`,
  not_null_crypto_stage_price_date: `update ${SILVER} set price_date = null where coin_id = 1`,

  unique_crypto_curated_price_key: `insert into ${GOLD} select * from ${GOLD} limit 1`,
  not_null_crypto_curated_price_key: `update ${GOLD} set price_key = null where coin_id = 1`,
  relationships_crypto_curated_price_key__price_key__ref_crypto_stage_: `delete from ${SILVER} where coin_id = 1`,
  not_null_crypto_curated_coin_id: `update ${GOLD} set coin_id = null where coin_id = 1`,
  relationships_crypto_curated_coin_id__coin_id__ref_coins_: `update ${GOLD} set coin_id = 7 where coin_id = 1`,
  no_duplicate_ids_crypto_curated_coin_id__updated_at__10: `insert into ${GOLD} select * from ${GOLD} limit 1`,
  not_empty_string_crypto_curated_symbol: `update ${GOLD} set symbol = '' where coin_id = 1`,
  accepted_values_crypto_curated_symbol__BTC__ETH__XRP: `update ${GOLD} set symbol = 'btc' where coin_id = 1`,
  not_null_crypto_curated_price: `update ${GOLD} set price = null where coin_id = 1`,
  price_in_range_crypto_curated_price__1000000__1e_06: `update ${GOLD} set price = 1000001 where coin_id = 1`,
  price_in_range_crypto_curated_moving_average_30d__1000000__1e_06: `update ${GOLD} set moving_average_30d = -5 where coin_id = 1`,
  price_in_range_crypto_curated_volatility_30d: `update ${GOLD} set volatility_30d = -0.1 where coin_id = 1`,
  price_in_range_crypto_curated_drawdown__0___1: `update ${GOLD} set drawdown = 0.1 where coin_id = 1`,
  accepted_values_crypto_curated_volume_rank__False__1__2__3: `update ${GOLD} set volume_rank = 4 where coin_id = 1`,
  recency_check_crypto_curated_updated_at__48: `delete from ${GOLD} where updated_at > timestamp '2026-02-18'`,
  no_coin_priced_twice_a_minute: `insert into ${GOLD} select * from ${GOLD} limit 1`,

  unique_coins_coin_id: `insert into ${COINS} select * from ${COINS} limit 1`,
  not_null_coins_coin_id: `update ${COINS} set coin_id = null where symbol = 'BTC'`,
  unique_coins_symbol: `update ${COINS} set symbol = 'ETH' where symbol = 'BTC'`,
  not_null_coins_symbol: `update ${COINS} set symbol = null where coin_id = 1`,
};

describe("the crypto pipeline on DuckDB", () => {
  let project: string;
  let database: string;
  beforeAll(() => {
    project = copyOf("examples/crypto");
    database = `${project}/crypto.duckdb`;
  });
  afterAll(() => discard(project));

  it("builds with every test passing", () => {
    const run = tsdbt(project, ["build"]);
    expect(run.text).toContain("Completed successfully");
    expect(run.text).toMatch(/Done\. PASS=55 WARN=0 ERROR=0 SKIP=0 NO-OP=1 REUSED=0 TOTAL=56/);
    expect(run.code).toBe(0);
  });

  it("computes what an independent query computes", async () => {
    const rows = await query(
      database,
      `with days as (
         select id, last_updated[:10]::date as day, price,
                (select avg(p.price) from ${BRONZE} p where p.id = r.id and p.last_updated <= r.last_updated
                   and p.last_updated > (select coalesce(max(o.last_updated), '') from
                     (select last_updated from ${BRONZE} x where x.id = r.id and x.last_updated <= r.last_updated order by 1 desc limit 1 offset 7) o)) as ma7,
                (select max(p.price) from ${BRONZE} p where p.id = r.id and p.last_updated <= r.last_updated) as peak
         from ${BRONZE} r where last_updated > '2026-01-20')
       select count(*), count(*) filter (where abs(c.moving_average_7d - d.ma7) < 1e-9 * d.ma7),
              count(*) filter (where abs(c.drawdown - (d.price / d.peak - 1)) < 1e-12)
       from days d join ${GOLD} c on c.coin_id = d.id and c.price_date = d.day`,
    );
    expect(rows).toEqual([["99", "99", "99"]]);
  });

  it("writes no row twice when it runs again", async () => {
    expect(tsdbt(project, ["run", "-s", "crypto_curated"]).code).toBe(0);
    expect(await query(database, `select count(*), count(distinct price_key) from ${GOLD}`)).toEqual([
      ["13112", "13112"],
    ]);
  });

  it("has at least eleven tests a layer", () => {
    const manifest = artifact<ManifestLike>(project, "manifest.json");
    for (const layer of ["crypto_raw", "crypto_stage", "crypto_curated"]) {
      const tests = Object.values(manifest.nodes).filter((n) => n.attached_node === `model.crypto.${layer}`);
      expect(tests.length, layer).toBeGreaterThanOrEqual(11);
    }
  });

  it("runs the tests of one table", () => {
    const run = tsdbt(project, ["test", "-s", "crypto_curated"]);
    expect(run.code).toBe(0);
    expect(artifact<Results>(project, "run_results.json").results).toHaveLength(16);
  });

  it("says what a comma probably meant", () => {
    const run = tsdbt(project, ["test", "-s", "crypto_raw,crypto_stage,crypto_curated"]);
    expect(run.code).toBe(0);
    expect(run.text).toMatch(/does not match any enabled nodes/);
    expect(run.text).toContain("crypto_raw crypto_stage crypto_curated");
  });

  it("finds every layer fresh at the data's end, and stale later", () => {
    expect(tsdbt(project, ["source", "freshness"]).code).toBe(0);
    const statuses = () =>
      Object.fromEntries(
        artifact<Results>(project, "sources.json").results.map((r) => [r.unique_id.split(".").at(-1), r.status]),
      );
    expect(statuses()).toEqual({ crypto_raw: "pass", crypto_stage: "pass", crypto_curated: "pass" });
    const later = tsdbt(project, ["source", "freshness", "--vars", '{clock: "2026-03-01 00:00:00"}']);
    expect(later.code).toBe(1);
    expect(statuses()).toEqual({ crypto_raw: "warn", crypto_stage: "warn", crypto_curated: "error" });
    const warned = tsdbt(project, [
      "source",
      "freshness",
      "-s",
      "source:layers.crypto_raw",
      "--vars",
      '{clock: "2026-03-01 00:00:00"}',
    ]);
    expect(warned.code).toBe(0);
  });
});

describe("each data test of the crypto pipeline", () => {
  let project: string;
  beforeAll(() => {
    project = copyOf("examples/crypto");
    expect(tsdbt(project, ["build", "--quiet"]).code).toBe(0);
  });
  afterAll(() => discard(project));

  it("has a way to fail in the list above", () => {
    const manifest = artifact<ManifestLike>(project, "manifest.json");
    const names = Object.values(manifest.nodes)
      .filter((n) => n.resource_type === "test")
      .map((n) => n.name);
    expect(names.sort()).toEqual(Object.keys(BREAK).sort());
  });

  it.each(Object.entries(BREAK))("%s fails when its rule is broken", async (name, statement) => {
    const { copyFileSync } = await import("node:fs");
    const database = `${project}/crypto.duckdb`;
    copyFileSync(database, `${database}.good`);
    try {
      await query(database, statement, "checkpoint");
      const run = tsdbt(project, ["test", "-s", name]);
      expect(run.code).toBe(1);
      const [result] = artifact<Results>(project, "run_results.json").results;
      expect(result).toMatchObject({ status: "fail" });
      expect(result?.failures).toBeGreaterThan(0);
    } finally {
      copyFileSync(`${database}.good`, database);
    }
  });
});
