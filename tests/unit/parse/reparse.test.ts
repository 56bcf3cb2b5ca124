import { cpSync, statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SHOP, Shop, textOf } from "../../support/shop.ts";

let shop: Shop;

beforeEach(() => {
  shop = new Shop();
});
afterEach(() => shop.remove());

describe("only the changed file is read where", () => {
  const B = SHOP["models/b.sql"]!;
  const cases: [string, () => unknown][] = [
    ["a model's SQL changes", () => shop.write("models/a.sql", SHOP["models/a.sql"]!.replace("1 as", "2 as"))],
    ["a model refers to another one", () => shop.write("models/b.sql", B.replace("ref('a')", "ref('lib_model')"))],
    ["a model refers to a seed too", () => shop.write("models/b.sql", `${B} join {{ ref('s') }} using (id)`)],
    [
      "a model refers to nothing any more",
      () => shop.write("models/c.sql", "{{ config(meta={'full': flags.FULL_REFRESH}) }} select 1"),
    ],
    [
      "a model refers to a source",
      () => shop.write("models/a.sql", `${SHOP["models/a.sql"]!} from {{ source('raw', 'orders') }}`),
    ],
    ["a model calls another macro", () => shop.write("models/a.sql", "select {{ cents(var('limit')) }} as id")],
    ["a model reads another variable", () => shop.write("models/a.sql", "select {{ env_var('OTHER', '1') }} as id")],
    ["a seed's rows change", () => shop.write("seeds/s.csv", "id\n2\n")],
    ["a test's SQL changes", () => shop.write("tests/t.sql", "select * from {{ ref('b') }} where id < 0")],
    ["a file is written anew with the same text", () => shop.write("models/c.sql", SHOP["models/c.sql"]!)],
    [
      "all files are written anew, and one of them otherwise",
      () => {
        for (const [path, text] of Object.entries(SHOP)) shop.write(path, text);
        shop.write("models/c.sql", `${SHOP["models/c.sql"]!} where true`);
      },
    ],
    [
      "several change",
      () => {
        shop.write("models/a.sql", "select 5 as id");
        shop.write("models/b.sql", B.replace("ref('a')", "ref('s')"));
        shop.write("seeds/s.csv", "id\n7\n");
      },
    ],
  ];
  it.each(cases)("%s", async (_, change) => {
    await shop.parse();
    const texts = statSync(shop.texts).ino;
    change();
    const { manifest } = await shop.parse();
    expect(statSync(shop.texts).ino).toBe(texts);
    expect(manifest.untouchedText?.()).toBeDefined();
    await shop.expectEqualToFull(manifest);
    const again = await shop.parse();
    expect(again.isWarm).toBe(true);
    await shop.expectEqualToFull(again.manifest);
    expect(textOf(again.manifest)).toEqual(textOf((await shop.parse("fully")).manifest));
  });

  it("one change follows another", async () => {
    await shop.parse();
    const texts = statSync(shop.texts).ino;
    for (const other of ["lib_model", "s", "a", "lib_model"]) {
      shop.write("models/b.sql", B.replace("ref('a')", `ref('${other}')`));
      shop.write("models/a.sql", `${SHOP["models/a.sql"]!} -- ${other}`);
      await shop.expectEqualToFull((await shop.parse()).manifest);
    }
    expect(statSync(shop.texts).ino).toBe(texts);
  });

  it("what was kept is given as a file, and the project's own stays as it is", async () => {
    await shop.parse();
    const own = statSync(shop.cache).ino;
    cpSync(shop.path("target"), shop.path("given"), { recursive: true });
    shop.options = { partial_parse_file_path: shop.path("given/partial_parse.tsdbt") };
    shop.write("models/a.sql", "select 5 as id");
    const { manifest } = await shop.parse();
    expect(statSync(shop.cache).ino).toBe(own);
    await shop.expectEqualToFull(manifest);
  });

  it("not where more than it may come out differently", async () => {
    shop.write("models/hidden.yml", "groups: [{ name: g, owner: { name: o } }]");
    shop.write("models/hidden.sql", "{{ config(group='g', access='private') }} select 1 as id");
    shop.write("models/friend.sql", "{{ config(group='g') }} select 1 as id");
    const changes: [string, () => unknown][] = [
      ["config", () => shop.write("models/a.sql", "{{ config(materialized='table') }} select 1 as id")],
      ["tags", () => shop.write("models/b.sql", B.replace("tagger()", "['y']"))],
      ["alias", () => shop.write("models/a.sql", "{{ config(alias='z') }} select 1 as id")],
      ["disabled", () => shop.write("models/d.sql", "{{ config(enabled=false) }} select 1 as id")],
      ["empty", () => shop.write("models/d.sql", "")],
      ["private", () => shop.write("models/friend.sql", "{{ config(group='g') }} select * from {{ ref('hidden') }}")],
    ];
    for (const [name, change] of changes) {
      await shop.parse();
      const texts = statSync(shop.texts).ino;
      change();
      const { manifest } = await shop.parse();
      expect([name, statSync(shop.texts).ino]).not.toEqual([name, texts]);
      await shop.expectEqualToFull(manifest);
    }
  });

  it("what is wrong with it is told by a full parse", async () => {
    shop.write("models/unit.yml", "unit_tests: [{ name: u, model: a, given: [], expect: { rows: [] } }]");
    await shop.parse();
    for (const [text, message] of [
      ["select * from {{ ref('c') }}", "Found a cycle"],
      ["select * from {{ ref('nothing') }}", "nothing"],
      ["select {{ 1 + }}", "unexpected 'end of print statement'"],
      ["select 1 as id {% if is_incremental() %} where true {% endif %}", "Boolean override for 'is_incremental'"],
      ["{% do exceptions.raise_compiler_error('stop here') %}", "stop here"],
    ] as const) {
      shop.write("models/a.sql", text);
      await expect(shop.parse()).rejects.toThrow(message);
      await expect(shop.parse("fully")).rejects.toThrow(message);
    }
    shop.write("models/a.sql", SHOP["models/a.sql"]!);
    await shop.expectEqualToFull((await shop.parse()).manifest);
  });

  it("what it says is said, and no longer once it is gone", async () => {
    shop.write("macros/say.sql", "{% macro say() %}{% do exceptions.warn('take care') %}{% endmacro %}");
    await shop.parse();
    shop.write("models/b.sql", `${B} {% do say() %}`);
    expect((await shop.parse()).messages.join("\n")).toContain("take care");
    expect((await shop.parse()).messages.join("\n")).toContain("take care");
    shop.write("models/a.sql", "select 8 as id");
    expect((await shop.parse()).messages.join("\n")).toContain("take care");
    shop.write("models/b.sql", B);
    expect((await shop.parse()).messages.join("\n")).not.toContain("take care");
  });
});
