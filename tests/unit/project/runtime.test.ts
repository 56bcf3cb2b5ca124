import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TsdbtError } from "../../../core/errors.ts";
import { EventBus } from "../../../core/events/event.ts";
import { loadFlags } from "../../../project/flags.ts";
import { loadProjectOnly, loadRuntimeConfig } from "../../../project/runtime.ts";
import type { RuntimeConfig } from "../../../project/types.ts";

const PROFILES = `shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: shop.duckdb, schema: main, threads: 3}
    prod: {type: duckdb, path: prod.duckdb, schema: live}
other:
  outputs:
    default: {type: duckdb, path: other.duckdb}
`;

function folder(files: { [path: string]: string }): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "tsdbt-runtime-")));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function load(
  files: { [path: string]: string },
  given: { [option: string]: unknown } = {},
  env: { [name: string]: string } = {},
  said: string[] = [],
): Promise<RuntimeConfig> {
  const root = folder(files);
  const events = new EventBus();
  events.subscribe((event) => said.push(event.message));
  const environment = { HOME: join(root, "home"), ...env };
  return loadRuntimeConfig(loadFlags("build", given, environment, { cwd: root }), environment, events);
}

const failure = async (work: Promise<unknown>): Promise<TsdbtError> =>
  work.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error: unknown) => error as TsdbtError,
  );

describe("the profile", () => {
  const files = { "dbt_project.yml": "name: shop\nprofile: shop\n", "profiles.yml": PROFILES };

  test("its target, threads and credentials", async () => {
    const { profile } = await load(files);
    expect(profile).toMatchObject({ profileName: "shop", targetName: "dev", threads: 3, implicit: false });
    expect(profile.credentials).toMatchObject({ type: "duckdb", schema: "main", database: "shop" });
  });
  test("--target, --threads, --profile and their variables", async () => {
    expect((await load(files, { target: "prod" })).profile).toMatchObject({ targetName: "prod", threads: 1 });
    expect((await load(files, { threads: 9 })).profile.threads).toBe(9);
    expect((await load(files, {}, { DBT_TARGET: "prod" })).profile.credentials.schema).toBe("live");
    const said: string[] = [];
    expect((await load(files, { profile: "other" }, {}, said)).profile).toMatchObject({
      profileName: "other",
      targetName: "default",
    });
    expect(said).toEqual(["target not specified in profile 'other', using 'default'"]);
  });
  test("none is named: a DuckDB file beside the project", async () => {
    const { profile, project } = await load({ "dbt_project.yml": "name: shop\n", "profiles.yml": "[broken" });
    expect(profile).toMatchObject({ profileName: "shop", targetName: "dev", threads: 4, implicit: true });
    expect(profile.credentials).toMatchObject({
      type: "duckdb",
      schema: "main",
      path: join(project.root, "shop.duckdb"),
    });
  });
  test("an output that is not chosen may be broken", async () => {
    const broken = `${PROFILES}    bad: {type: duckdb, path: "{{ env_var('NOWHERE') }}"}\n`;
    await expect(load({ ...files, "profiles.yml": broken })).resolves.toMatchObject({ profile: { targetName: "dev" } });
  });
  test("the project's folder counts where the working directory has none", async () => {
    const root = folder(files);
    const env = { HOME: join(root, "home") };
    const flags = loadFlags("build", { project_dir: root }, env, { cwd: tmpdir() });
    expect((await loadRuntimeConfig(flags, env)).profile.profileName).toBe("shop");
  });
  test("values of environment variables are rendered, secrets among them", async () => {
    const profiles = PROFILES.replace(
      "path: shop.duckdb",
      "path: \"{{ env_var('DBT_ENV_SECRET_DB') }}.duckdb\"",
    ).replace("threads: 3", "threads: \"{{ env_var('N') | as_number }}\"");
    const { profile } = await load(
      { ...files, "profiles.yml": profiles },
      {},
      { DBT_ENV_SECRET_DB: "hunter2", N: "7" },
    );
    expect(profile.threads).toBe(7);
    expect(profile.credentials).toMatchObject({ database: "hunter2" });
  });
  test("no error shows a secret", async () => {
    const profiles = PROFILES.replace("threads: 3", "threads: \"{{ env_var('DBT_ENV_SECRET_N') }}\"");
    const error = await failure(load({ ...files, "profiles.yml": profiles }, {}, { DBT_ENV_SECRET_N: "hunter2" }));
    expect(error.message).toBe("at path ['threads']: '*****' is not of type 'integer'");
    expect(JSON.stringify([error.details, error.stack])).not.toContain("hunter2");
  });
});

describe("packages", () => {
  const files = {
    "dbt_project.yml": "name: shop\nquoting: {identifier: false}\nvars: {a: 1}\n",
    "packages.yml": "packages:\n  - local: lib\n",
    "dbt_packages/lib/dbt_project.yml": "name: lib\nmodel-paths: [m]\n",
    "dbt_packages/__pycache__/x": "",
  };
  test("root, built-in, installed", async () => {
    const { packages, project } = await load(files);
    expect([...packages.keys()]).toEqual(["shop", "dbt_duckdb", "dbt", "lib"]);
    expect(packages.get("shop")).toBe(project);
    expect(packages.get("dbt")).toMatchObject({ builtin: true });
    expect(packages.get("lib")).toMatchObject({ builtin: false, modelPaths: ["m"], quoting: { identifier: false } });
  });
  test("folders that are links count", async () => {
    const root = folder({ ...files, "elsewhere/dbt_project.yml": "name: far\n" });
    symlinkSync(join(root, "elsewhere"), join(root, "dbt_packages", "far"));
    writeFileSync(join(root, "packages.yml"), "packages:\n  - local: lib\n  - local: elsewhere\n");
    const env = { HOME: root };
    const config = await loadRuntimeConfig(loadFlags("build", {}, env, { cwd: root }), env);
    expect([...config.packages.keys()]).toContain("far");
  });
  test("what is not installed is counted, a lock file names it", async () => {
    const none = { "dbt_project.yml": "name: shop\n", "packages.yml": "packages:\n  - local: lib\n" };
    expect((await failure(load(none))).message).toContain(
      "dbt expects 1 package(s) based on packages specified in packages.yml",
    );
    const lock = "packages:\n  - local: lib\n    name: lib\n  - local: b\n    name: b\n";
    const error = await failure(load({ ...files, "package-lock.yml": lock }));
    expect(error.message).toContain("Following packages were not found: b. ");
  });
});

describe("the rest of it", () => {
  test("--vars are rendered into the project, and win over vars.yml", async () => {
    const files = {
      "dbt_project.yml": "name: shop\ntarget-path: \"{{ var('t') }}_{{ target.name }}\"\n",
      "vars.yml": "vars:\n  t: file\n",
    };
    expect((await load(files)).project.targetPath).toBe("file_dev");
    const config = await load(files, { vars: "{t: cli}" });
    expect(config.project.targetPath).toBe("cli_dev");
    expect(config.cliVars).toEqual({ t: "cli" });
  });
  test("selectors", async () => {
    const { project } = await load({
      "dbt_project.yml": "name: shop\n",
      "selectors.yml":
        "selectors:\n  - name: nightly\n    default: true\n    definition:\n      union: [tag:a, {method: path, value: models}]\n",
    });
    expect(project.selectors).toEqual({
      nightly: {
        name: "nightly",
        default: true,
        definition: { union: ["tag:a", { method: "path", value: "models" }] },
      },
    });
  });
  test("deps and clean need no profile, and deps no vars", async () => {
    const root = folder({
      "dbt_project.yml": "name: shop\nprofile: nowhere\nmodels: {shop: {+schema: \"{{ var('x') }}\"}}\n",
    });
    const only = (command: string) => loadProjectOnly(loadFlags(command, {}, {}, { cwd: root }), {});
    await expect(only("deps")).resolves.toMatchObject({ project: { name: "shop" } });
    expect((await failure(only("clean"))).message).toContain("Required var 'x' not found in config");
  });
  test("an invocation has its own id and time unless they are given", async () => {
    const a = await load({ "dbt_project.yml": "name: shop\n" });
    expect(a.invocationId).toMatch(/^[0-9a-f-]{36}$/);
    const root = a.project.root;
    const b = await loadRuntimeConfig(a.flags, { HOME: root }, undefined, {
      invocationId: "i",
      startedAt: new Date(0),
    });
    expect(b).toMatchObject({ invocationId: "i", startedAt: new Date(0) });
  });
});
