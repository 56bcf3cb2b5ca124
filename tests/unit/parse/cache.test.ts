import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { manifestPieces, SECTIONS } from "../../../core/artifacts/manifest.ts";
import { openProject } from "../../../core/cli/session.ts";
import { EventBus } from "../../../core/events/event.ts";
import { LazyMap } from "../../../core/manifest/lazy-map.ts";
import type { Manifest } from "../../../core/manifest/resources.ts";
import { parseFully, parseProject } from "../../../core/parse/index.ts";
import { selectNodes } from "../../../core/select/index.ts";
import { loadFlags } from "../../../project/flags.ts";
import { ROOT } from "../../support/tsdbt.ts";

let project: string;
let env: { [name: string]: string };
let options: { [name: string]: unknown };

const FILES: { [path: string]: string } = {
  "dbt_project.yml":
    "name: shop\nversion: '1.0'\nprofile: shop\nvars: { limit: 10 }\nmodels: { shop: { +tags: [all] } }\n",
  "profiles.yml": "shop: { target: dev, outputs: { dev: { type: duckdb, path: 'shop.duckdb', schema: main } } }\n",
  "packages.yml": "packages: [{ local: ./lib }]\n",
  "dbt_packages/lib/dbt_project.yml": "name: lib\nversion: '1.0'\n",
  "dbt_packages/lib/models/lib_model.sql": "select 1 as id",
  "dbt_packages/lib/macros/lib_macro.sql": "{% macro lib_macro() %}1{% endmacro %}",
  "macros/m.sql":
    "{% macro cents(c) %}{{ c }} / 100{% endmacro %}\n{% macro tagger() %}{% do return(['x']) %}{% endmacro %}",
  "models/a.sql": "select 1 as id, {{ var('limit') }} as n",
  "models/b.sql": "{{ config(tags=tagger()) }} select {{ cents('n') }} as n, id from {{ ref('a') }}",
  "models/c.sql":
    "{{ config(meta={'full': flags.FULL_REFRESH}) }} select * from {{ ref('b') }} join {{ ref('lib_model') }} using (id)",
  "models/d.sql":
    "{{ config(alias=env_var('ALIAS', 'd_')) }} select {{ lib_macro() }} from {{ source('raw', 'orders') }}",
  "models/schema.yml":
    "models:\n  - name: a\n    description: one\n    config: { meta: { share: 1.0, since: 2024-01-31, big: 12345678901234567890, 1: one } }\n" +
    "    columns: [{ name: id, data_tests: [unique, not_null] }]\nsources: [{ name: raw, tables: [{ name: orders }] }]\n",
  "seeds/s.csv": "id\n1\n",
  "snapshots/old.sql":
    "{% snapshot old %}{{ config(strategy='check', unique_key='id', check_cols='all') }} select * from {{ ref('a') }}{% endsnapshot %}",
  "tests/t.sql": "select * from {{ ref('a') }} where id < 0",
};

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "tsdbt-cache-"));
  env = { HOME: project, DBT_PROFILES_DIR: project };
  options = {};
  for (const [path, text] of Object.entries(FILES)) write(path, text);
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

interface Parsed {
  manifest: Manifest;
  messages: string[];
  isWarm: boolean;
}

/** Parses with the cache on, or without it. */
async function parse(how: "cached" | "fully" = "cached", build = "one"): Promise<Parsed> {
  const flags = loadFlags("parse", options, env, { cwd: project });
  const events = new EventBus();
  const messages: string[] = [];
  events.subscribe(({ message }) => messages.push(message));
  const { config, adapter } = await openProject({ flags, events, env });
  messages.length = 0;
  const before = existsSync(CACHE()) ? statSync(CACHE()).ino : 0;
  const manifest =
    how === "fully" ? parseFully(config, adapter, events).manifest : parseProject(config, adapter, events, { build });
  await adapter.close();
  return { manifest, messages, isWarm: existsSync(CACHE()) && statSync(CACHE()).ino === before };
}

const CACHE = () => join(project, "target", "partial_parse.tsdbt");
const TEXTS = () => `${CACHE()}.json`;

const VOLATILE = new Set(["created_at", "generated_at", "invocation_id", "invocation_started_at", "run_started_at"]);

function textOf(manifest: Manifest): unknown {
  const text = [...manifestPieces(manifest)].map((piece) => Buffer.from(piece as string).toString()).join("");
  return JSON.parse(text, (key, value) => (VOLATILE.has(key) ? "" : value));
}

/** Everything in memory, what artifacts leave out included. */
function contentOf(manifest: Manifest): unknown {
  return SECTIONS.map((name) => [
    name,
    [...(manifest[name] as Map<string, object>)].map(([id, value]) => [
      id,
      (Array.isArray(value) ? value : [value]).map((item) => ({ ...item, created_at: 0 })),
    ]),
  ]);
}

async function expectEqualToFull(warm: Manifest): Promise<void> {
  const { manifest: full } = await parse("fully");
  expect(textOf(warm)).toEqual(textOf(full));
  expect(contentOf(warm)).toEqual(contentOf(full));
  expect(warm.parent_map).toEqual(full.parent_map);
  expect(warm.child_map).toEqual(full.child_map);
}

describe("a project that has not changed", () => {
  it("is not read again, and comes to the same", async () => {
    expect((await parse()).isWarm).toBe(false);
    const { manifest, isWarm } = await parse();
    expect(isWarm).toBe(true);
    expect(manifest.nodes).toBeInstanceOf(LazyMap);
    await expectEqualToFull(manifest);
  });

  it("keeps values that JSON does not know, and the order of keys", async () => {
    await parse();
    const { manifest } = await parse();
    const { manifest: full } = await parse("fully");
    const node = manifest.nodes.get("model.shop.a")!;
    expect(node.config.meta).toEqual(full.nodes.get("model.shop.a")!.config.meta);
    expect(Object.keys(node)).toEqual(Object.keys(full.nodes.get("model.shop.a")!));
    expect(Object.keys(manifest.nodes.get("model.shop.b")!)).toEqual(Object.keys(full.nodes.get("model.shop.b")!));
  });

  it("answers selections without loading what it need not", async () => {
    await parse();
    const { manifest } = await parse();
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
    await parse();
    const { manifest } = await parse();
    const { manifest: full } = await parse("fully");
    expect(manifest.untouchedText?.()).toBeDefined();
    expect(textOf(manifest)).toEqual(textOf(full));
    for (const { nodes } of [manifest, full]) nodes.get("model.shop.a")!.compiled_code = "select 1";
    expect(manifest.untouchedText?.()).toBeUndefined();
    expect(textOf(manifest)).toEqual(textOf(full));
  });

  it("says again what parsing said", async () => {
    write("macros/say.sql", "{% macro say() %}{% do exceptions.warn('take care') %}{% endmacro %}");
    write("models/e.sql", "{% do say() %} select 1");
    write("models/more.yml", "models: [{ name: nobody, description: none }]");
    const cold = await parse();
    const warm = await parse();
    expect(warm.isWarm).toBe(true);
    expect(cold.messages.join("\n")).toContain("take care");
    expect(cold.messages.join("\n")).toContain("nobody");
    expect(warm.messages).toEqual(cold.messages);
  });
});

describe("what is kept of a project answers selections as the project does", () => {
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
    rmSync(project, { recursive: true });
    cpSync(join(ROOT, "tests", "fixtures", "projects", name), project, {
      recursive: true,
      filter: (path) => !/[/\\](target|logs)$/.test(path),
    });
    await parse();
    const { manifest, isWarm } = await parse();
    expect(isWarm).toBe(true);
    const { manifest: full } = await parse("fully");
    for (const select of selectors) {
      const asked = { select, includeEmpty: true, projectRoot: project };
      expect([select, ...selectNodes(manifest, asked)]).toEqual([select, ...selectNodes(full, asked)]);
    }
    await expectEqualToFull(manifest);
  });
});

describe("is read again where", () => {
  const cases: [string, () => unknown][] = [
    ["a model changes", () => write("models/a.sql", "select 2 as id, 3 as n")],
    [
      "a model changes to a text of the same length",
      () => write("models/a.sql", FILES["models/a.sql"]!.replace("1", "2")),
    ],
    ["a macro changes", () => write("macros/m.sql", FILES["macros/m.sql"]!.replace("'x'", "'y'"))],
    ["properties change", () => write("models/schema.yml", FILES["models/schema.yml"]!.replace("unique, ", ""))],
    ["a seed changes", () => write("seeds/s.csv", "id\n2\n")],
    ["a var of dbt_project.yml changes", () => write("dbt_project.yml", FILES["dbt_project.yml"]!.replace("10", "11"))],
    ["a var of the command line changes", () => Object.assign(options, { vars: "{limit: 3}" })],
    ["an environment variable that is read changes", () => Object.assign(env, { ALIAS: "other" })],
    ["a flag that is read changes", () => Object.assign(options, { full_refresh: true })],
    ["the profile changes", () => write("profiles.yml", FILES["profiles.yml"]!.replace("main", "other"))],
    ["a package changes", () => write("dbt_packages/lib/models/lib_model.sql", "select 2 as id")],
    ["a file comes", () => write("models/new.sql", "select * from {{ ref('c') }}")],
    ["a file goes", () => rmSync(join(project, "tests/t.sql"))],
    ["a file is named anew", () => renameSync(join(project, "tests/t.sql"), join(project, "tests/u.sql"))],
    ["the cache is another build's", () => write("target/.other", "")],
    ["a byte of it is wrong", () => damage(flipped)],
    ["it is cut off", () => damage((bytes) => bytes.subarray(0, bytes.length - 10))],
    ["it is something else", () => damage(() => Buffer.from("PK"))],
    ["it is empty", () => damage(() => Buffer.alloc(0))],
    ["the texts that belong to it are gone", () => rmSync(TEXTS())],
    ["a byte of the texts is wrong", () => writeFileSync(TEXTS(), flipped(readFileSync(TEXTS())))],
    ["the texts are cut off", () => writeFileSync(TEXTS(), readFileSync(TEXTS()).subarray(0, -10))],
    ["the texts are another parse's", () => copyFileSync(join(project, "target", "other.json"), TEXTS())],
  ];
  it.each(cases)("%s", async (name, change) => {
    await parse();
    write("target/other.json", readFileSync(TEXTS(), "utf8").replace("select 1", "select 2"));
    expect((await parse()).isWarm).toBe(true);
    change();
    const again = await parse("cached", name.includes("build") ? "two" : "one");
    expect(again.isWarm).toBe(false);
    await expectEqualToFull(again.manifest);
  });

  it("nothing that matters has changed", async () => {
    await parse();
    env.UNRELATED = "x";
    options = { threads: 7, select: ["a"] };
    expect((await parse()).isWarm).toBe(true);
  });

  it("what is kept was copied", async () => {
    await parse();
    for (const path of [CACHE(), TEXTS()]) {
      renameSync(path, `${path}.old`);
      copyFileSync(`${path}.old`, path);
    }
    const { manifest, isWarm } = await parse();
    expect(isWarm).toBe(true);
    await expectEqualToFull(manifest);
  });

  it("it is asked for", async () => {
    await parse();
    options = { partial_parse: false };
    expect((await parse()).isWarm).toBe(false);
    options = {};
    expect((await parse()).isWarm).toBe(true);
  });
});

describe("only the changed file is read where", () => {
  const B = FILES["models/b.sql"]!;
  const cases: [string, () => unknown][] = [
    ["a model's SQL changes", () => write("models/a.sql", FILES["models/a.sql"]!.replace("1 as", "2 as"))],
    ["a model refers to another one", () => write("models/b.sql", B.replace("ref('a')", "ref('lib_model')"))],
    ["a model refers to a seed too", () => write("models/b.sql", `${B} join {{ ref('s') }} using (id)`)],
    [
      "a model refers to nothing any more",
      () => write("models/c.sql", "{{ config(meta={'full': flags.FULL_REFRESH}) }} select 1"),
    ],
    [
      "a model refers to a source",
      () => write("models/a.sql", `${FILES["models/a.sql"]!} from {{ source('raw', 'orders') }}`),
    ],
    ["a model calls another macro", () => write("models/a.sql", "select {{ cents(var('limit')) }} as id")],
    ["a model reads another variable", () => write("models/a.sql", "select {{ env_var('OTHER', '1') }} as id")],
    ["a seed's rows change", () => write("seeds/s.csv", "id\n2\n")],
    ["a test's SQL changes", () => write("tests/t.sql", "select * from {{ ref('b') }} where id < 0")],
    ["a file is written anew with the same text", () => write("models/c.sql", FILES["models/c.sql"]!)],
    [
      "all files are written anew, and one of them otherwise",
      () => {
        for (const [path, text] of Object.entries(FILES)) write(path, text);
        write("models/c.sql", `${FILES["models/c.sql"]!} where true`);
      },
    ],
    [
      "several change",
      () => {
        write("models/a.sql", "select 5 as id");
        write("models/b.sql", B.replace("ref('a')", "ref('s')"));
        write("seeds/s.csv", "id\n7\n");
      },
    ],
  ];
  it.each(cases)("%s", async (_, change) => {
    await parse();
    const texts = statSync(TEXTS()).ino;
    change();
    const { manifest } = await parse();
    expect(statSync(TEXTS()).ino).toBe(texts);
    expect(manifest.untouchedText?.()).toBeDefined();
    await expectEqualToFull(manifest);
    const again = await parse();
    expect(again.isWarm).toBe(true);
    await expectEqualToFull(again.manifest);
    expect(textOf(again.manifest)).toEqual(textOf((await parse("fully")).manifest));
  });

  it("one change follows another", async () => {
    await parse();
    const texts = statSync(TEXTS()).ino;
    for (const other of ["lib_model", "s", "a", "lib_model"]) {
      write("models/b.sql", B.replace("ref('a')", `ref('${other}')`));
      write("models/a.sql", `${FILES["models/a.sql"]!} -- ${other}`);
      await expectEqualToFull((await parse()).manifest);
    }
    expect(statSync(TEXTS()).ino).toBe(texts);
  });

  it("not where more than it may come out differently", async () => {
    write("models/hidden.yml", "groups: [{ name: g, owner: { name: o } }]");
    write("models/hidden.sql", "{{ config(group='g', access='private') }} select 1 as id");
    write("models/friend.sql", "{{ config(group='g') }} select 1 as id");
    const changes: [string, () => unknown][] = [
      ["config", () => write("models/a.sql", "{{ config(materialized='table') }} select 1 as id")],
      ["tags", () => write("models/b.sql", B.replace("tagger()", "['y']"))],
      ["alias", () => write("models/a.sql", "{{ config(alias='z') }} select 1 as id")],
      ["disabled", () => write("models/d.sql", "{{ config(enabled=false) }} select 1 as id")],
      ["empty", () => write("models/d.sql", "")],
      ["private", () => write("models/friend.sql", "{{ config(group='g') }} select * from {{ ref('hidden') }}")],
    ];
    for (const [name, change] of changes) {
      await parse();
      const texts = statSync(TEXTS()).ino;
      change();
      const { manifest } = await parse();
      expect([name, statSync(TEXTS()).ino]).not.toEqual([name, texts]);
      await expectEqualToFull(manifest);
    }
  });

  it("what is wrong with it is told by a full parse", async () => {
    write("models/unit.yml", "unit_tests: [{ name: u, model: a, given: [], expect: { rows: [] } }]");
    await parse();
    for (const [text, message] of [
      ["select * from {{ ref('c') }}", "Found a cycle"],
      ["select * from {{ ref('nothing') }}", "nothing"],
      ["select {{ 1 + }}", "unexpected 'end of print statement'"],
      ["select 1 as id {% if is_incremental() %} where true {% endif %}", "Boolean override for 'is_incremental'"],
      ["{% do exceptions.raise_compiler_error('stop here') %}", "stop here"],
    ] as const) {
      write("models/a.sql", text);
      await expect(parse()).rejects.toThrow(message);
      await expect(parse("fully")).rejects.toThrow(message);
    }
    write("models/a.sql", FILES["models/a.sql"]!);
    await expectEqualToFull((await parse()).manifest);
  });

  it("what it says is said, and no longer once it is gone", async () => {
    write("macros/say.sql", "{% macro say() %}{% do exceptions.warn('take care') %}{% endmacro %}");
    await parse();
    write("models/b.sql", `${B} {% do say() %}`);
    expect((await parse()).messages.join("\n")).toContain("take care");
    expect((await parse()).messages.join("\n")).toContain("take care");
    write("models/a.sql", "select 8 as id");
    expect((await parse()).messages.join("\n")).toContain("take care");
    write("models/b.sql", B);
    expect((await parse()).messages.join("\n")).not.toContain("take care");
  });
});

function damage(change: (bytes: Buffer) => Buffer): void {
  writeFileSync(CACHE(), change(readFileSync(CACHE())));
}

function flipped(bytes: Buffer): Buffer {
  const at = bytes.length - 9;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
}

describe("what is kept never names a value of the environment", () => {
  it("but a digest of it", async () => {
    env.ALIAS = "orders_private";
    write("models/d.sql", "{{ config(enabled=env_var('ALIAS') == 'orders_private') }} select 1");
    await parse();
    expect(readFileSync(CACHE(), "latin1")).not.toContain('orders_private"');
  });
});

describe("errors", () => {
  it("leave the last good cache alone, and are told again until they are mended", async () => {
    await parse();
    write("models/broken.sql", "select * from {{ ref('nothing') }}");
    await expect(parse()).rejects.toThrow("nothing");
    await expect(parse()).rejects.toThrow("nothing");
    rmSync(join(project, "models/broken.sql"));
    expect((await parse()).manifest.nodes.has("model.shop.a")).toBe(true);
  });
});

describe("any series of edits", () => {
  const names = ["a", "b", "c", "d", "e", "f"] as const;
  const name = fc.constantFrom(...names);
  const edit = fc.oneof(
    fc.record({
      kind: fc.constant("model" as const),
      name,
      refs: fc.uniqueArray(name, { maxLength: 2 }),
      tag: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("body" as const), name, refs: fc.uniqueArray(name, { maxLength: 2 }), n: fc.nat(9) }),
    fc.record({ kind: fc.constant("remove" as const), name }),
    fc.record({ kind: fc.constant("macro" as const), body: fc.constantFrom("1", "{{ var('limit') }}", "{{ c }}") }),
    fc.record({
      kind: fc.constant("yaml" as const),
      name,
      tests: fc.subarray(["unique", "not_null"]),
      text: fc.constantFrom("x", "y"),
    }),
    fc.record({ kind: fc.constant("seed" as const), rows: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant("var" as const), value: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant("env" as const), value: fc.constantFrom("p", "q") }),
    fc.record({ kind: fc.constant("profile" as const), schema: fc.constantFrom("main", "dev") }),
    fc.record({ kind: fc.constant("package" as const), sql: fc.constantFrom("select 1 as id", "select 2 as id") }),
    fc.record({ kind: fc.constant("touch" as const), name }),
    fc.record({ kind: fc.constant("nothing" as const) }),
  );
  type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

  function apply(step: Edit): void {
    switch (step.kind) {
      case "model": {
        const config = step.tag ? "{{ config(tags=['t']) }}" : "";
        write(
          `models/${step.name}.sql`,
          `${config} select 1 as id ${step.refs.map((r) => `-- {{ ref('${r}') }}`).join("\n")}`,
        );
        return;
      }
      case "body": {
        const path = join(project, `models/${step.name}.sql`);
        if (!existsSync(path)) return;
        const config = readFileSync(path, "utf8").match(/^\{\{ config.*?\}\} /)?.[0] ?? "";
        write(
          `models/${step.name}.sql`,
          `${config}select {{ cents('${step.n}') }} as id ${step.refs.map((r) => `-- {{ ref('${r}') }}`).join("\n")}`,
        );
        return;
      }
      case "remove":
        rmSync(join(project, `models/${step.name}.sql`), { force: true });
        return;
      case "macro":
        write("macros/m.sql", FILES["macros/m.sql"]!.replace("{{ c }}", step.body));
        return;
      case "yaml":
        write(
          `models/${step.name}.yml`,
          `models: [{ name: ${step.name}, description: ${step.text}, columns: [{ name: k, data_tests: [${step.tests}] }] }]`,
        );
        return;
      case "seed":
        write("seeds/s.csv", `id\n${"1\n".repeat(step.rows)}`);
        return;
      case "var":
        write("dbt_project.yml", FILES["dbt_project.yml"]!.replace("10", String(step.value)));
        return;
      case "env":
        env.ALIAS = step.value;
        return;
      case "profile":
        write("profiles.yml", FILES["profiles.yml"]!.replace("main", step.schema));
        return;
      case "package":
        write("dbt_packages/lib/models/lib_model.sql", step.sql);
        return;
      case "touch":
        if (existsSync(join(project, `models/${step.name}.sql`)))
          utimesSync(join(project, `models/${step.name}.sql`), 1, 1);
    }
  }

  it("leads to what a full parse comes to", { timeout: 300_000 }, async () => {
    const answer = async (how: "cached" | "fully") => {
      try {
        return textOf((await parse(how)).manifest);
      } catch (error) {
        return (error as Error).message;
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 3, maxLength: 8 }), async (steps) => {
        for (const step of steps) {
          apply(step);
          const cached = await answer("cached");
          expect(cached).toEqual(await answer("fully"));
        }
      }),
      { numRuns: 12 },
    );
  });
});
