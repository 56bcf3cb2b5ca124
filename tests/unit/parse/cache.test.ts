import { copyFileSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LazyMap } from "../../../core/manifest/lazy-map.ts";
import { selectNodes } from "../../../core/select/index.ts";
import { SHOP, Shop, textOf } from "../../support/shop.ts";
import { ROOT } from "../../support/tsdbt.ts";

let shop: Shop;

beforeEach(() => {
  shop = new Shop();
});
afterEach(() => shop.remove());

describe("a shop.dir that has not changed", () => {
  it("is not read again, and comes to the same", async () => {
    expect((await shop.parse()).isWarm).toBe(false);
    const { manifest, isWarm } = await shop.parse();
    expect(isWarm).toBe(true);
    expect(manifest.nodes).toBeInstanceOf(LazyMap);
    await shop.expectEqualToFull(manifest);
  });

  it("keeps values that JSON does not know, and the order of keys", async () => {
    await shop.parse();
    const { manifest } = await shop.parse();
    const { manifest: full } = await shop.parse("fully");
    const node = manifest.nodes.get("model.shop.a")!;
    expect(node.config.meta).toEqual(full.nodes.get("model.shop.a")!.config.meta);
    expect(Object.keys(node)).toEqual(Object.keys(full.nodes.get("model.shop.a")!));
    expect(Object.keys(manifest.nodes.get("model.shop.b")!)).toEqual(Object.keys(full.nodes.get("model.shop.b")!));
  });

  it("answers selections without loading what it need not", async () => {
    await shop.parse();
    const { manifest } = await shop.parse();
    const loaded = [...selectNodes(manifest, { select: ["+b", "tag:x"], includeEmpty: true })].sort();
    expect(loaded).toEqual(
      [
        "model.shop.a",
        "model.shop.b",
        "test.shop.not_null_a_id.66f2f2e7e8",
        "test.shop.t",
        "test.shop.unique_a_id.4f4da34a4a",
      ].map((id) => expect.stringContaining(id.split(".").slice(0, 3).join("."))),
    );
    expect(manifest.nodes).toBeInstanceOf(LazyMap);
    expect((manifest.nodes as LazyMap<object>).text("model.shop.c")).toBeDefined();
  });

  it("can write its artifact without looking at an entry, and after changes", async () => {
    await shop.parse();
    const { manifest } = await shop.parse();
    const { manifest: full } = await shop.parse("fully");
    expect(manifest.untouchedText?.()).toBeDefined();
    expect(textOf(manifest)).toEqual(textOf(full));
    for (const { nodes } of [manifest, full]) nodes.get("model.shop.a")!.compiled_code = "select 1";
    expect(manifest.untouchedText?.()).toBeUndefined();
    expect(textOf(manifest)).toEqual(textOf(full));
  });

  it("says again what parsing said", async () => {
    shop.write("macros/say.sql", "{% macro say() %}{% do exceptions.warn('take care') %}{% endmacro %}");
    shop.write("models/e.sql", "{% do say() %} select 1");
    shop.write("models/more.yml", "models: [{ name: nobody, description: none }]");
    const cold = await shop.parse();
    const warm = await shop.parse();
    expect(warm.isWarm).toBe(true);
    expect(cold.messages.join("\n")).toContain("take care");
    expect(cold.messages.join("\n")).toContain("nobody");
    const said = (messages: string[]) => messages.filter((message) => !/partial parsing/i.test(message));
    expect(said(warm.messages)).toEqual(said(cold.messages));
  });
});

describe("what is kept of a shop.dir answers selections as the shop.dir does", () => {
  const selectors = [
    ["tag:unit"],
    ["tag:fancy"],
    ["tag:*"],
    ["config.tags:unit"],
    ["config.materialized:incremental"],
    ["resource_type:unit_test"],
    ["test_type:generic"],
    ["test_name:not_null"],
    ["version:latest", "version:old"],
    ["access:public", "access:private"],
    ["group:*"],
    ["source:*+"],
    ["metric:*", "saved_query:*", "semantic_model:*"],
    ["exposure:*"],
    ["file:*.yml", "path:models"],
    ["fqn:*"],
    ["package:this,config.enabled:true"],
  ];
  it.each(["unit_tests", "versions", "semantic", "sources", "functions"])("%s", async (name) => {
    rmSync(shop.dir, { recursive: true });
    cpSync(join(ROOT, "tests", "fixtures", "projects", name), shop.dir, {
      recursive: true,
      filter: (path) => !/[/\\](target|logs)$/.test(path),
    });
    await shop.parse();
    const { manifest, isWarm } = await shop.parse();
    expect(isWarm).toBe(true);
    const { manifest: full } = await shop.parse("fully");
    for (const select of selectors) {
      const asked = { select, includeEmpty: true, projectRoot: shop.dir };
      expect([select, ...selectNodes(manifest, asked)]).toEqual([select, ...selectNodes(full, asked)]);
    }
    await shop.expectEqualToFull(manifest);
  });
});

describe("is read again where", () => {
  const cases: [string, () => unknown][] = [
    ["a model changes", () => shop.write("models/a.sql", "select 2 as id, 3 as n")],
    [
      "a model changes to a text of the same length",
      () => shop.write("models/a.sql", SHOP["models/a.sql"]!.replace("1", "2")),
    ],
    ["a macro changes", () => shop.write("macros/m.sql", SHOP["macros/m.sql"]!.replace("'x'", "'y'"))],
    ["properties change", () => shop.write("models/schema.yml", SHOP["models/schema.yml"]!.replace("unique, ", ""))],
    ["a seed changes", () => shop.write("seeds/s.csv", "id\n2\n")],
    [
      "a var of dbt_project.yml changes",
      () => shop.write("dbt_project.yml", SHOP["dbt_project.yml"]!.replace("10", "11")),
    ],
    ["a var of the command line changes", () => Object.assign(shop.options, { vars: "{limit: 3}" })],
    ["an environment variable that is read changes", () => Object.assign(shop.env, { ALIAS: "other" })],
    ["a flag that is read changes", () => Object.assign(shop.options, { full_refresh: true })],
    ["the profile changes", () => shop.write("profiles.yml", SHOP["profiles.yml"]!.replace("main", "other"))],
    ["a package changes", () => shop.write("dbt_packages/lib/models/lib_model.sql", "select 2 as id")],
    ["a file comes", () => shop.write("models/new.sql", "select * from {{ ref('c') }}")],
    ["a file goes", () => rmSync(shop.path("tests/t.sql"))],
    ["a file is named anew", () => renameSync(shop.path("tests/t.sql"), shop.path("tests/u.sql"))],
    ["the cache is another build's", () => shop.write("target/.other", "")],
    ["a byte of it is wrong", () => damage(flipped)],
    ["it is cut off", () => damage((bytes) => bytes.subarray(0, bytes.length - 10))],
    ["it is something else", () => damage(() => Buffer.from("PK"))],
    ["it is empty", () => damage(() => Buffer.alloc(0))],
    ["the texts that belong to it are gone", () => rmSync(shop.texts)],
    ["a byte of the texts is wrong", () => writeFileSync(shop.texts, flipped(readFileSync(shop.texts)))],
    ["the texts are cut off", () => writeFileSync(shop.texts, readFileSync(shop.texts).subarray(0, -10))],
    ["the texts are another parse's", () => copyFileSync(join(shop.dir, "target", "other.json"), shop.texts)],
  ];
  it.each(cases)("%s", async (name, change) => {
    await shop.parse();
    shop.write("target/other.json", readFileSync(shop.texts, "utf8").replace("select 1", "select 2"));
    expect((await shop.parse()).isWarm).toBe(true);
    change();
    const again = await shop.parse("cached", name.includes("build") ? "two" : "one");
    expect(again.isWarm).toBe(false);
    await shop.expectEqualToFull(again.manifest);
  });

  it("nothing that matters has changed", async () => {
    await shop.parse();
    shop.env.UNRELATED = "x";
    shop.options = { threads: 7, select: ["a"] };
    expect((await shop.parse()).isWarm).toBe(true);
  });

  it("what is kept was copied", async () => {
    await shop.parse();
    for (const path of [shop.cache, shop.texts]) {
      renameSync(path, `${path}.old`);
      copyFileSync(`${path}.old`, path);
    }
    const { manifest, isWarm } = await shop.parse();
    expect(isWarm).toBe(true);
    await shop.expectEqualToFull(manifest);
  });

  it("it is asked for", async () => {
    await shop.parse();
    shop.options = { partial_parse: false };
    expect((await shop.parse()).isWarm).toBe(false);
    shop.options = {};
    expect((await shop.parse()).isWarm).toBe(true);
  });
});

function damage(change: (bytes: Buffer) => Buffer): void {
  writeFileSync(shop.cache, change(readFileSync(shop.cache)));
}

function flipped(bytes: Buffer): Buffer {
  const at = bytes.length - 9;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
}

describe("what is kept never names a value of the environment", () => {
  it("but a digest of it", async () => {
    shop.env.ALIAS = "orders_private";
    shop.write("models/d.sql", "{{ config(enabled=env_var('ALIAS') == 'orders_private') }} select 1");
    await shop.parse();
    expect(readFileSync(shop.cache, "latin1")).not.toContain('orders_private"');
  });
});

describe("errors", () => {
  it("leave the last good cache alone, and are told again until they are mended", async () => {
    await shop.parse();
    shop.write("models/broken.sql", "select * from {{ ref('nothing') }}");
    await expect(shop.parse()).rejects.toThrow("nothing");
    await expect(shop.parse()).rejects.toThrow("nothing");
    rmSync(shop.path("models/broken.sql"));
    expect((await shop.parse()).manifest.nodes.has("model.shop.a")).toBe(true);
  });
});
