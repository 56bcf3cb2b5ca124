import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TsdbtError } from "../../../core/errors.ts";
import { buildProject, readRawProject, readRootProject } from "../../../project/dbt-project.ts";
import { plain } from "../../../project/render.ts";
import { compareVersions, parseVersion, versionsCompatible, versionText } from "../../../project/semver.ts";
import type { Project } from "../../../project/types.ts";

function folder(yaml: string, more: { [name: string]: string } = {}): string {
  const root = mkdtempSync(join(tmpdir(), "tsdbt-project-"));
  for (const [name, text] of Object.entries({ "dbt_project.yml": yaml, ...more }))
    writeFileSync(join(root, name), text);
  return root;
}

const read = (yaml: string, render = plain): Project =>
  buildProject(readRawProject(folder(yaml)), { render, verifyVersion: true });

const errorOf = (work: () => unknown): TsdbtError => {
  try {
    work();
  } catch (error) {
    return error as TsdbtError;
  }
  throw new Error("nothing was thrown");
};

describe("dbt_project.yml", () => {
  test("defaults", () => {
    expect(read("name: shop\n")).toMatchObject({
      name: "shop",
      version: null,
      profileName: null,
      modelPaths: ["models"],
      seedPaths: ["seeds"],
      analysisPaths: ["analyses"],
      functionPaths: ["functions"],
      docsPaths: ["models", "seeds", "snapshots", "analyses", "macros", "tests", "functions"],
      targetPath: "target",
      packagesInstallPath: "dbt_packages",
      cleanTargets: ["target"],
      requireDbtVersion: [">=0.0.0"],
      onRunStart: [],
      queryComment: { comment: null, append: false },
      restrictAccess: false,
    });
  });
  test("hooks, query comments, vars and model hooks stay as written; all else is rendered", () => {
    const seen: string[] = [];
    const render = (text: string) => {
      seen.push(text);
      return `<${text}>`;
    };
    const project = read(
      [
        "name: shop",
        "target-path: '{{ a }}'",
        "on-run-start: '{{ b }}'",
        "query-comment: '{{ c }}'",
        "vars: {d: '{{ d }}'}",
        "models:",
        "  shop:",
        "    +schema: '{{ e }}'",
        "    +post-hook: '{{ f }}'",
        "    pre_hook: ['{{ g }}']",
        "sources:",
        "  shop: {+enabled: '{{ h }}'}",
      ].join("\n"),
      render,
    );
    expect(seen).toEqual(["{{ a }}", "{{ e }}", "{{ h }}"]);
    expect(project.onRunStart).toEqual(["{{ b }}"]);
    expect(project.configs.models.rendered.shop).toMatchObject({ "+schema": "<{{ e }}>", "+post-hook": "{{ f }}" });
    expect(project.configs.models.unrendered.shop).toMatchObject({ "+schema": "{{ e }}" });
  });
  test("older names of paths and of data_tests", () => {
    const told: string[] = [];
    const raw = readRawProject(folder("name: shop\nsource-paths: [a]\ndata-paths: [b]\ntests:\n  +severity: warn\n"));
    const project = buildProject(raw, { render: plain, verifyVersion: true, onDeprecation: (name) => told.push(name) });
    expect(project).toMatchObject({ modelPaths: ["a"], seedPaths: ["b"] });
    expect(project.configs.tests.rendered).toEqual({ "+severity": "warn" });
    expect(told).toEqual(["project-config-source-paths", "project-config-data-paths"]);
  });
  test("flags win over the file", () => {
    const raw = readRawProject(folder("name: shop\ntarget-path: a\n"));
    const project = buildProject(raw, { render: plain, verifyVersion: true, targetPath: "b" });
    expect(project).toMatchObject({ targetPath: "b", cleanTargets: ["b"] });
  });
  test("query comments", () => {
    expect(read("name: shop\nquery-comment: null\n").queryComment.comment).toBe("");
    expect(read("name: shop\nquery-comment: hi\n").queryComment.comment).toBe("hi");
    expect(read("name: shop\nquery-comment: {append: true}\n").queryComment).toEqual({
      comment: null,
      append: true,
      jobLabel: false,
    });
  });
  test("the version may be a number, two numbers or three", () => {
    for (const version of ["1", "1.0", "'1.0'", "'1.0.0-rc1+b'", "null"])
      expect(() => read(`name: shop\nversion: ${version}\n`)).not.toThrow();
  });
  test("--no-version-check", () => {
    const raw = readRawProject(folder("name: shop\nrequire-dbt-version: '>=9.0.0'\n"));
    expect(() => buildProject(raw, { render: plain, verifyVersion: true })).toThrow(
      "This version of dbt is not supported",
    );
    expect(buildProject(raw, { render: plain, verifyVersion: false }).requireDbtVersion).toEqual([">=9.0.0"]);
  });
  test("an error knows the line of its key", () => {
    const error = errorOf(() => read("name: shop\n\n# paths\nmodel-paths: models\n"));
    expect(error).toMatchObject({ code: "TD2311", kind: "Runtime Error" });
    expect(error.details).toMatchObject({ file: "dbt_project.yml", span: { line: 4, column: 14 } });
    expect(error.details.hint).toBe("model-paths must be a list of strings: write `model-paths: [models]`");
  });
  test("vars.yml", () => {
    const root = folder("name: shop\n", { "vars.yml": "vars:\n  a: 1\n" });
    const project = buildProject(readRootProject(root), { render: plain, verifyVersion: true });
    expect(project.vars).toEqual({ a: 1 });
    const both = folder("name: shop\nvars: {b: 2}\n", { "vars.yml": "vars:\n  a: 1\n" });
    expect(errorOf(() => readRootProject(both)).message).toContain("cannot be defined in both");
  });
});

describe("versions", () => {
  test.each(["1.5", " >=1.0.0", "~1.0.0", "01.0.0", "==1.0.0", "v1.0.0", ""])("%j is none", (text) => {
    expect(parseVersion(text)).toBeNull();
  });
  test.each(["=1.0.0", ">=1.0.0-rc.1+b.2", "<2.0.0"])("%s is written back", (text) => {
    expect(versionText(parseVersion(text)!)).toBe(text);
  });
  test.each([
    [["1.12.6", ">=1.0.0", "<2.0.0"], true],
    [["1.12.6", ">1.12.6"], false],
    [["1.12.6", "<=1.12.6"], true],
    [[">=3.0.0", "<2.0.0"], false],
    [["1.0.0", "1.0.1"], false],
    [["2.0.0-rc1", "<2.0.0"], false],
    [["2.0.0-rc1", ">=2.0.0-b1"], true],
  ])("%j fit together: %s", (texts, fit) => {
    expect(versionsCompatible(texts.map((text) => parseVersion(text)!))).toBe(fit);
  });
  test("a prerelease comes before its release, its numbers are compared as numbers", () => {
    const order = (a: string, b: string) => compareVersions(parseVersion(a)!, parseVersion(b)!);
    expect(order("1.0.0-rc1", "1.0.0")).toBe(-1);
    expect(order("1.0.0-rc.10", "1.0.0-rc.9")).toBe(1);
  });
});
