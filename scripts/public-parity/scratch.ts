import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { extract } from "./checkout.ts";
import type { PublicProject } from "./projects.ts";

/** Packages lie in the project, so that both copies name them alike. */
const PACKAGES = ".packages";
const PACKAGE_FILES = ["packages.yml", "dependencies.yml"];
const PROFILES = {
  duckdb: (name: string) => ({ type: "duckdb", path: `${name}.duckdb`, schema: "main", threads: 4 }),
  clickhouse: () => ({ type: "clickhouse", schema: "default", host: "127.0.0.1", user: "default", password: "" }),
};

/** The clone and commit to read, by `owner/name`. */
export type Checkouts = Map<string, { dir: string; commit: string }>;

export interface Laid {
  dir: string;
  /** Files that the clones lack and for which the list has no stand-in. */
  missing: string[];
  env: { [name: string]: string };
}

/** Lays a project out under `into`: its files, the packages it needs, stand-ins for what the clones lack, a profile. */
export function layOut(project: PublicProject, checkouts: Checkouts, into: string): Laid {
  const root = join(into, project.name);
  const dir = join(root, project.folder ?? "");
  const packages = Object.entries(project.packages ?? {});
  const missing = copy(checkouts, project.repository, root, project.paths);
  for (const [name, repository] of packages) copy(checkouts, repository, join(dir, PACKAGES, name));
  const beside = localPackages(dir).map(({ local }) => join(dir, local));
  for (const place of new Set([root, ...beside, ...packages.map(([name]) => join(dir, PACKAGES, name))])) {
    if (place !== dir) writePackages(place, localPackages(place));
  }
  writePackages(dir, [...localPackages(dir), ...packages.map(([name]) => ({ local: `${PACKAGES}/${name}` }))]);
  for (const [path, text] of Object.entries(project.stubs ?? {})) write(join(dir, path), text);
  return { dir, missing: missing.filter((path) => !existsSync(join(root, path))), env: writeProfile(project, dir) };
}

function copy(checkouts: Checkouts, repository: string, into: string, paths?: string[]): string[] {
  const { dir, commit } = checkouts.get(repository)!;
  return extract(dir, commit, into, (path) => !paths || paths.some((p) => path === p || path.startsWith(`${p}/`)));
}

/** The packages of a folder that need no download. */
function localPackages(dir: string): { local: string }[] {
  return PACKAGE_FILES.map((file) => join(dir, file))
    .filter(existsSync)
    .flatMap(
      (file) => (parse(readFileSync(file, "utf8")) as { packages?: { local?: string }[] } | null)?.packages ?? [],
    )
    .filter((one): one is { local: string } => one.local !== undefined && existsSync(join(dir, one.local)));
}

function writePackages(dir: string, packages: unknown[]): void {
  for (const file of [...PACKAGE_FILES, "package-lock.yml"]) rmSync(join(dir, file), { force: true });
  if (packages.length > 0) write(join(dir, "packages.yml"), stringify({ packages }));
}

function writeProfile(project: PublicProject, dir: string): { [name: string]: string } {
  const settings = parse(readFileSync(join(dir, "dbt_project.yml"), "utf8"), { uniqueKeys: false }) as {
    profile?: string;
  };
  const name = settings.profile ?? "parity";
  const target = project.target ?? "dev";
  const output = PROFILES[project.profile ?? "duckdb"](project.name.replaceAll("-", "_"));
  write(join(dir, "profiles.yml"), stringify({ [name]: { target, outputs: { [target]: output } } }));
  return settings.profile ? {} : { DBT_PROFILE: name };
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
