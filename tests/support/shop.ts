import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { manifestPieces, SECTIONS } from "../../core/artifacts/manifest.ts";
import { openProject } from "../../core/cli/session.ts";
import { EventBus } from "../../core/events/event.ts";
import type { Manifest } from "../../core/manifest/resources.ts";
import { parseFully, parseProject } from "../../core/parse/index.ts";
import { loadFlags } from "../../project/flags.ts";

/** The files of the project at first. */
export const SHOP: { [path: string]: string } = {
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

const VOLATILE = new Set(["created_at", "generated_at", "invocation_id", "invocation_started_at", "run_started_at"]);

interface Parsed {
  manifest: Manifest;
  messages: string[];
  /** What was kept was taken as it was. */
  isWarm: boolean;
}

/** A small project in a folder of its own, parsed with and without what is kept of it. */
export class Shop {
  readonly dir = mkdtempSync(join(tmpdir(), "tsdbt-cache-"));
  readonly env: { [name: string]: string } = { HOME: this.dir, DBT_PROFILES_DIR: this.dir };
  options: { [name: string]: unknown } = {};

  constructor() {
    for (const [path, text] of Object.entries(SHOP)) this.write(path, text);
  }

  /** The index of what is kept, and the texts that belong to it. */
  get cache(): string {
    return join(this.dir, "target", "partial_parse.tsdbt");
  }
  get texts(): string {
    return `${this.cache}.json`;
  }

  path(path: string): string {
    return join(this.dir, path);
  }
  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }
  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }
  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Parses with the cache on, or without it. */
  async parse(how: "cached" | "fully" = "cached", build = "one"): Promise<Parsed> {
    const { env } = this;
    const flags = loadFlags("parse", this.options, env, { cwd: this.dir });
    const events = new EventBus();
    const messages: string[] = [];
    events.subscribe(({ message }) => messages.push(message));
    const { config, adapter } = await openProject({ flags, events, env });
    messages.length = 0;
    const before = existsSync(this.cache) ? statSync(this.cache).ino : 0;
    const manifest =
      how === "fully" ? parseFully(config, adapter, events).manifest : parseProject(config, adapter, events, { build });
    await adapter.close();
    return { manifest, messages, isWarm: existsSync(this.cache) && statSync(this.cache).ino === before };
  }

  async expectEqualToFull(warm: Manifest): Promise<void> {
    const { manifest: full } = await this.parse("fully");
    expect(textOf(warm)).toEqual(textOf(full));
    expect(contentOf(warm)).toEqual(contentOf(full));
    expect(warm.parent_map).toEqual(full.parent_map);
    expect(warm.child_map).toEqual(full.child_map);
  }
}

/** The artifact, without what no two parses share. */
export function textOf(manifest: Manifest): unknown {
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
