import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { revealSecrets, secretPlaceholder } from "../../../core/context/env-vars.ts";
import { EventBus } from "../../../core/events/event.ts";
import { clean } from "../../../project/clean.ts";
import { installDeps } from "../../../project/deps/index.ts";
import { loadFlags } from "../../../project/flags.ts";
import { init } from "../../../project/init.ts";
import { maskSecrets } from "../../../project/secrets.ts";

function folder(files: { [path: string]: string } = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "tsdbt-commands-")));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function listening(): { events: EventBus; said: string[] } {
  const events = new EventBus();
  const said: string[] = [];
  events.subscribe((event) => event.level !== "debug" && said.push(event.message));
  return { events, said };
}

describe("deps", () => {
  const files = {
    "dbt_project.yml": "name: shop\n",
    "packages.yml": "packages:\n  - local: lib\n",
    "lib/dbt_project.yml": "name: lib\nversion: 1.0.0\n",
    "lib/packages.yml": "packages:\n  - local: lib2\n",
    "lib2/dbt_project.yml": "name: libtwo\n",
  };
  const deps = async (root: string, given = {}) => {
    const { events, said } = listening();
    await installDeps(loadFlags("deps", given, {}, { cwd: root }), {}, events);
    return said;
  };

  test("links local packages and those they name, and writes the lock file", async () => {
    const root = folder(files);
    expect(await deps(root)).toEqual([
      `Updating lock file in file path: ${root}/package-lock.yml`,
      "Installing lib",
      "Installed from <local @ lib>",
      "Installing lib2",
      "Installed from <local @ lib2>",
    ]);
    expect(readFileSync(join(root, "package-lock.yml"), "utf8")).toBe(
      "packages:\n  - local: lib\n    name: lib\n  - local: lib2\n    name: libtwo\n" +
        "sha1_hash: 53e758f4864519c3d3ec2d35824a0408594c0e7c\n",
    );
    expect(readdirSync(join(root, "dbt_packages"))).toEqual(["lib", "libtwo"]);
    expect(readlinkSync(join(root, "dbt_packages", "libtwo"))).toBe(join(root, "lib2"));
  });
  test("a lock file of the same packages is kept, --upgrade renews it, --lock installs nothing", async () => {
    const root = folder(files);
    await deps(root, { lock: true });
    expect(existsSync(join(root, "dbt_packages"))).toBe(false);
    expect((await deps(root))[0]).toBe("Installing lib");
    expect((await deps(root, { upgrade: true }))[0]).toMatch(/^Updating lock file/);
  });
  test("what lies in the folders that are linked stays", async () => {
    const root = folder(files);
    await deps(root);
    await deps(root);
    expect(readFileSync(join(root, "lib", "dbt_project.yml"), "utf8")).toBe(files["lib/dbt_project.yml"]);
  });
  test("no packages", async () => {
    const said = await deps(folder({ "dbt_project.yml": "name: shop\n" }));
    expect(said).toEqual(Array(2).fill("Warning: No packages were found in packages.yml"));
  });
  test("a package may not be installed outside of its folder", async () => {
    const root = folder({ ...files, "lib/dbt_project.yml": "name: ../../evil\n", "lib/packages.yml": "" });
    await expect(deps(root)).rejects.toThrow("Invalid package name '../../evil': resolves outside");
  });
});

describe("clean", () => {
  const cleaned = async (root: string, given = {}) => {
    const { events, said } = listening();
    await clean(loadFlags("clean", given, {}, { cwd: root }), {}, events);
    return said;
  };
  test("deletes the targets and nothing else", async () => {
    const root = folder({
      "dbt_project.yml": "name: shop\nclean-targets: [target, dbt_packages]\n",
      "target/a.json": "{}",
      "models/a.sql": "",
    });
    expect(await cleaned(root)).toEqual([
      `Checking ${root}/target/*`,
      `Cleaned ${root}/target/*`,
      `Checking ${root}/dbt_packages/*`,
      `Cleaned ${root}/dbt_packages/*`,
      "Finished cleaning all paths.",
    ]);
    expect(readdirSync(root)).toEqual(["dbt_project.yml", "models"]);
  });
  test("one bad target, and nothing is deleted", async () => {
    const root = folder({
      "dbt_project.yml": "name: shop\nclean-targets: [target, models]\n",
      "target/a": "",
      "models/a.sql": "",
    });
    await expect(cleaned(root)).rejects.toThrow(`dbt will not clean the following source paths: ['${root}/models']`);
    expect(existsSync(join(root, "target", "a"))).toBe(true);
  });
  test("outside of the project only when asked", async () => {
    const outer = folder({ "elsewhere/a": "", "p/dbt_project.yml": "name: shop\nclean-targets: [../elsewhere]\n" });
    const root = join(outer, "p");
    await expect(cleaned(root)).rejects.toThrow("outside the project");
    await cleaned(root, { clean_project_files_only: false });
    expect(existsSync(join(outer, "elsewhere"))).toBe(false);
  });
  test("never the project itself", async () => {
    const root = folder({ "dbt_project.yml": "name: shop\nclean-targets: ['.']\n" });
    await expect(cleaned(root, { clean_project_files_only: false })).rejects.toThrow("outside the project");
  });
});

describe("init", () => {
  const made = (root: string, given: { [name: string]: unknown }) => {
    const { events, said } = listening();
    init(loadFlags("init", given, { HOME: root }, { cwd: root }), events, root);
    return said;
  };
  test("writes a project that names no profile", () => {
    const root = folder();
    expect(made(root, { project_name: "shop" })[0]).toContain('Your new dbt project "shop" was created!');
    expect(readdirSync(root)).toEqual(["shop"]);
    expect(readFileSync(join(root, "shop", "dbt_project.yml"), "utf8")).not.toMatch(/^profile:/m);
    expect(existsSync(join(root, "shop", "models", "staging", "stg_orders.sql"))).toBe(true);
  });
  test("names a profile that exists", () => {
    const root = folder({ "profiles.yml": "warehouse: {}\n" });
    made(root, { project_name: "shop", profile: "warehouse" });
    expect(readFileSync(join(root, "shop", "dbt_project.yml"), "utf8")).toMatch(/^profile: warehouse$/m);
    expect(() => made(root, { project_name: "other", profile: "warehose" })).toThrow(
      "Could not find profile named 'warehose'",
    );
    expect(readdirSync(root)).toEqual(["profiles.yml", "shop"]);
  });
  test("a folder that is there is not touched", () => {
    const root = folder({ "shop/notes.txt": "keep me" });
    expect(() => made(root, { project_name: "shop" })).toThrow("A project called shop already exists here.");
    expect(readdirSync(join(root, "shop"))).toEqual(["notes.txt"]);
  });
  test.each(["my-shop", "1shop", "a/b", "../x", "dbt", "dbt_duckdb", "config", ""])("%j is no name", (name) => {
    const root = folder();
    expect(() => made(root, { project_name: name })).toThrow("is not a valid project name.");
    expect(readdirSync(root)).toEqual([]);
  });
});

describe("secrets", () => {
  test("placeholders become values once all is rendered", () => {
    const env = { DBT_ENV_SECRET_A: "hunter2" };
    const placeholder = secretPlaceholder("DBT_ENV_SECRET_A");
    expect(revealSecrets(`md:${placeholder}!`, env)).toBe("md:hunter2!");
    expect(revealSecrets(placeholder + placeholder, env)).toBe("hunter2hunter2");
    expect(revealSecrets("plain", env)).toBe("plain");
  });
  test("passwords of profiles.yml are starred out of excerpts, columns kept", () => {
    const masked = maskSecrets(
      [
        "dev:",
        "  password: hunter2, and more",
        "  token: '{{ env_var(\"DBT_ENV_SECRET_A\") }}'",
        "  inline: {user: a, password: hunter2, port: 1}",
        "  private_key: |",
        "    hunter2",
        "  path: md:db?motherduck_token=hunter2",
        "  user: b",
      ].join("\n"),
    );
    expect(masked).not.toContain("hunter2");
    expect(masked.split("\n")).toMatchObject([
      "dev:",
      "  password: *****",
      "  token: '{{ env_var(\"DBT_ENV_SECRET_A\") }}'",
      "  inline: {user: a, password: *****, port: 1}",
      "  private_key: |",
      "    *****",
      "  path: md:db?motherduck_token=*****",
      "  user: b",
    ]);
  });
});
