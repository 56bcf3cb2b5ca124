import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { manifestPieces } from "../../../core/artifacts/manifest.ts";
import { Collected } from "../../../core/cli/io.ts";
import { main } from "../../../core/cli/main.ts";
import { openProject } from "../../../core/cli/session.ts";
import { EventBus } from "../../../core/events/event.ts";
import { parseFully } from "../../../core/parse/index.ts";
import { loadFlags } from "../../../project/flags.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const temporary = mkdtempSync(join(tmpdir(), "tsdbt-both-ways-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const projects = [join(root, "examples", "crypto"), ...listed(join(root, "tests", "fixtures", "projects"))].filter(
  (path) => existsSync(join(path, "profiles.yml")),
);

function listed(folder: string): string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}

describe("reading a project off and rendering all of it come to the same", () => {
  it.each(projects.map((path) => [path.slice(root.length + 1), path]))("%s", async (name, path) => {
    const copy = join(temporary, name.replaceAll("/", "-"));
    cpSync(path, copy, { recursive: true });
    if (existsSync(join(copy, "packages.yml"))) await install(copy);
    const plain = await parsed(copy, true);
    const rendered = await parsed(copy, false);
    expect(Object.keys(rendered.nodes as object)).toEqual(Object.keys(plain.nodes as object));
    expect(rendered).toEqual(plain);
  });
});

async function install(cwd: string): Promise<void> {
  const output = new Collected();
  expect(await main(["deps"], { stdout: output, stderr: output, env: { HOME: temporary }, cwd }), output.text).toBe(0);
}

type Json = { [key: string]: unknown };

async function parsed(cwd: string, shortcuts: boolean): Promise<Json> {
  const env = { HOME: temporary, DBT_PROFILES_DIR: cwd };
  const flags = loadFlags("parse", {}, env, { cwd });
  const events = new EventBus();
  const { config, adapter } = await openProject({ flags, events, env });
  try {
    const { manifest } = parseFully(config, adapter, events, { shortcuts });
    return JSON.parse([...manifestPieces(manifest)].join(""), (key, value) =>
      DIFFERENT.has(key) ? "" : key === "sources" && Array.isArray(value) ? each(value) : value,
    );
  } finally {
    await adapter.close();
  }
}

/** Each source once: so dbt's static parser lists them, while rendering lists every call. */
function each(sources: string[][]): string[] {
  return [...new Set(sources.map(String))];
}

/**
 * `unrendered_config` tells which models dbt's static parser takes, and how; the rest is when and by whom it was parsed.
 */
const DIFFERENT = new Set([
  "unrendered_config",
  "created_at",
  "generated_at",
  "invocation_id",
  "invocation_started_at",
  "run_started_at",
]);
