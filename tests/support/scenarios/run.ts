import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFiles } from "../project.ts";
import { ROOT, userOf } from "../tsdbt.ts";
import { COMMITS, HUB, type Scenario } from "./deps.ts";
import { type Hub, startHub } from "./hub.ts";
import { eventLines } from "./logs.ts";

/** What one step said and left, the same wherever it ran. */
export interface Outcome {
  code: number | null;
  lines: string[];
  packagesFile: string | null;
  lock: string | null;
  /** Each installed package's files with a hash of what is in them, or where its link leads. */
  installed: { [name: string]: string };
  /** The command of run_results.json and each result in it, where there is one. */
  results?: string[];
}

export interface Surroundings {
  hub: Hub;
  /** The folder with the git repository, which is `acme/repository` in it. */
  root: string;
  commit: string;
  close(): void;
}

export async function surroundings(): Promise<Surroundings> {
  const root = mkdtempSync(join(tmpdir(), "tsdbt-deps-"));
  const repository = join(root, "acme", "repository");
  mkdirSync(repository, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      cwd: repository,
      encoding: "utf8",
      env: { ...process.env, GIT_AUTHOR_DATE: "2024-01-01T00:00:00Z", GIT_COMMITTER_DATE: "2024-01-01T00:00:00Z" },
    }).trim();
  git("init", "-q", "-b", "main");
  // Single commits may be asked for, as on the hosts of public repositories.
  git("config", "uploadpack.allowAnySHA1InWant", "true");
  git("config", "uploadpack.allowFilter", "true");
  for (const [i, files] of COMMITS.entries()) {
    writeFiles(repository, files);
    git("add", "-A");
    git("commit", "-q", "-m", `commit ${i + 1}`);
    if (i === 0) git("tag", "v1");
  }
  git("branch", "feature");
  const hub = await startHub(HUB);
  return {
    hub,
    root,
    commit: git("rev-parse", "v1"),
    close: () => {
      hub.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** What Python dbt does in each scenario, kept by `npm run parity:commands -- --record`. */
export const RECORDED = join(ROOT, "tests", "fixtures", "scenarios.json");

/** An outcome as it is anywhere: where an address of this run is part of the lock file's hash, without the hash. */
export function portable(outcome: Outcome, scenario: Scenario): Outcome {
  const local = /\{(git|tarballs)/.test(JSON.stringify(scenario));
  const lock = local && outcome.lock ? outcome.lock.replace(/^sha1_hash: .*$/m, "sha1_hash: <hash>") : outcome.lock;
  return { ...outcome, lock };
}

/** Runs a command in a folder, with these variables beside the usual ones. */
export type Tool = (args: string[], cwd: string, env: { [name: string]: string }) => Promise<Said>;

export interface Said {
  code: number | null;
  text: string;
}

/** bin/tsdbt. */
export const tsdbtTool: Tool = (args, cwd, env) =>
  new Promise((resolve, reject) => {
    const all = { ...userOf(cwd), ...env };
    const child = spawn(process.execPath, [join(ROOT, "bin", "tsdbt"), ...args], { cwd, env: all });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, text: Buffer.concat(chunks).toString() }));
  });

/** Runs a scenario's steps with a tool in a folder of its own; answers what came of each. */
export async function runScenario(tool: Tool, scenario: Scenario, around: Surroundings): Promise<Outcome[]> {
  const project = mkdtempSync(join(tmpdir(), "tsdbt-deps-project-"));
  const git = `file://${around.root}/acme/repository`;
  const fill = (text: string) =>
    text
      .replaceAll("{git}", git)
      .replaceAll("{gitparent}", `file://${around.root}/acme`)
      .replaceAll("{gitroot}", `file://${around.root}`)
      .replaceAll("{commit}", around.commit)
      .replaceAll("{tarballs}", `${around.hub.url}tarballs/acme/`);
  const filled = (files: { [path: string]: string }) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, fill(text)]));
  /** The same text wherever it was run. */
  const plain = (text: string) =>
    text
      .replaceAll(project, "<project>")
      .replaceAll(around.root, "<root>")
      .replaceAll(around.hub.url, "<hub>")
      // Names of clones are hashes of addresses.
      .replace(/\b[0-9a-f]{32}\b/g, "<clone>");
  try {
    writeFiles(project, filled(scenario.files));
    const outcomes: Outcome[] = [];
    for (const step of scenario.steps) {
      if (step.files) writeFiles(project, filled(step.files));
      if (step.copy) cpSync(join(project, step.copy[0]), join(project, step.copy[1]), { recursive: true });
      const given = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(value)]));
      const env = { DBT_PACKAGE_HUB_URL: around.hub.url, ...given };
      const { code, text } = await tool(step.args.map(fill), project, env);
      const read = (name: string) => {
        const path = join(project, name);
        return existsSync(path) ? plain(readFileSync(path, "utf8")) : null;
      };
      outcomes.push({
        code,
        lines: step.events ? eventLines(plain(text)) : linesOf(plain(text)),
        packagesFile: read("packages.yml"),
        lock: read("package-lock.yml"),
        installed: installed(project, plain),
        ...resultsOf(project),
      });
    }
    return outcomes;
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

function resultsOf(project: string): { results?: string[] } {
  const path = join(project, "target", "run_results.json");
  if (!existsSync(path)) return {};
  const { args, results } = JSON.parse(readFileSync(path, "utf8")) as {
    args: { which: string };
    results: { unique_id: string; status: string; failures: number | null }[];
  };
  const each = results.map((r) => `${r.unique_id} ${r.status} ${r.failures}`);
  return { results: [args.which, ...each.sort()] };
}

/** What was said, without times, the first line, and a warning that is said again. */
function linesOf(text: string): string[] {
  const said = text
    .replace(/^(\d\d:\d\d:\d\d {2})?Traceback \(most recent call last\):[\s\S]*/m, "")
    .replace(/ in \d+\.\d+s\b/g, " in 0.00s")
    .replace(/ in \d+ hours .*$/gm, " in no time")
    .split(/^\d\d:\d\d:\d\d {2}/m)
    .filter((each) => !/^(Running with|Registered adapter|Unable to do partial parsing)/.test(each));
  const once = said.filter((each, i) => !each.startsWith("[WARNING]") || said.indexOf(each) === i);
  return once.flatMap((each) => each.split("\n").map((line) => line.trimEnd())).filter((line) => !IGNORED.test(line));
}

/** Empty lines, and the engine's excerpt of a statement. */
const IGNORED = /^\s*(\^|LINE \d+:.*)?$/;

function installed(project: string, plain: (text: string) => string): { [name: string]: string } {
  const found: { [name: string]: string } = {};
  for (const folder of ["dbt_packages", "build/packages", "elsewhere"]) {
    const path = join(project, folder);
    if (!existsSync(path)) continue;
    found[folder] = "there";
    for (const name of readdirSync(path).sort()) {
      const place = join(path, name);
      found[`${folder}/${name}`] = lstatSync(place).isSymbolicLink() ? plain(readlinkSync(place)) : hashOf(place);
    }
  }
  return found;
}

function hashOf(folder: string): string {
  const hash = createHash("md5");
  const files: string[] = [];
  const walk = (path: string, shown: string) => {
    for (const name of readdirSync(path).sort()) {
      if (name === ".git") continue;
      const inner = join(path, name);
      if (lstatSync(inner).isDirectory()) walk(inner, `${shown}${name}/`);
      else {
        files.push(`${shown}${name}`);
        hash.update(readFileSync(inner));
      }
    }
  };
  walk(folder, "");
  return `${files.join(" ")} ${hash.digest("hex").slice(0, 8)}`;
}
