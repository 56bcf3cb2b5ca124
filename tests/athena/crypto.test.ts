import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AthenaStandIn, startAthena } from "../services/athena/start.ts";
import { artifact, copyOf, discard, tsdbt } from "../support/tsdbt.ts";
import { uploadCryptoFeed } from "./crypto-feed.ts";
import { Look } from "./look.ts";

let at: AthenaStandIn;
let root: string;
let look: Look;
let env: { [name: string]: string };

beforeAll(async () => {
  at = await startAthena();
  look = new Look(at);
  root = copyOf("examples/crypto");
  env = { ...at.env, ...(await uploadCryptoFeed(look, at.bucket)), DBT_PROFILES_DIR: root };
});
afterAll(() => discard(root));

const run = (...args: string[]) => tsdbt(root, [...args, "--target", "athena"], env);

describe("examples/crypto, from files in S3", () => {
  it("makes the external table of the feed", async () => {
    const staged = run("run-operation", "stage_external_sources");
    expect(staged.code, staged.text).toBe(0);
    expect(await look.rows("select count(*) from crypto_prices", "crypto")).toEqual([["13112"]]);
  });
  it("builds every layer, and again", async () => {
    for (const _ of [1, 2]) {
      const built = run("build");
      expect(built.code, built.text).toBe(0);
      expect(built.text).toContain("PASS=55 WARN=0 ERROR=0 SKIP=0 NO-OP=1");
    }
    const counts = "select count(*), count(distinct price_key) from crypto_curated";
    const [[rows, keys] = []] = await look.rows(counts, "crypto_gold");
    expect([rows, keys]).toEqual([keys, rows]);
    expect(await look.rows("select count(*) from crypto_raw", "crypto_bronze")).toEqual([["13112"]]);
  });
  it("knows how fresh its layers are", () => {
    const fresh = run("source", "freshness");
    expect(fresh.code, fresh.text).toBe(0);
    const { results } = artifact<{ results: { status: string }[] }>(root, "sources.json");
    expect(results.map(({ status }) => status)).toEqual(["pass", "pass", "pass"]);
  });
  it("shows what is asked for", () => {
    const shown = run("show", "-s", "data_quality", "--limit", "20", "--output", "json");
    expect(shown.code, shown.text).toBe(0);
    expect(shown.text).toContain("all rules");
  });
});
