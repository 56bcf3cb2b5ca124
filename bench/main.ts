/**
 * npm run bench: whole-process times of tsdbt and of Python dbt on the same project, in one run, as ratios.
 * `--runs N` (default 5) runs of each, taken in turn; the table shows medians. `--no-reference` leaves Python dbt out.
 * Never a test: it fails only when a command fails.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { referenceDbt } from "../scripts/parity/reference.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const runs = Number(args[args.indexOf("--runs") + 1] || 5) || 5;
const withReference = !args.includes("--no-reference");

interface Row {
  name: string;
  command: string[];
  /** Files to forget before each run. */
  fresh?: string[];
  /** Run once before, unmeasured. */
  warm?: boolean;
  target: string;
}

const ROWS: Row[] = [
  { name: "ls, warm", command: ["--quiet", "ls"], warm: true, target: "< 0.35 s" },
  { name: "parse, cold", command: ["parse", "--no-partial-parse"], target: "" },
  {
    name: "build on DuckDB",
    command: ["build"],
    fresh: ["crypto.duckdb", "crypto.duckdb.wal"],
    warm: true,
    target: "< 3 s",
  },
  { name: "test -s crypto_curated", command: ["test", "-s", "crypto_curated"], warm: true, target: "" },
];

function time(executable: string[], command: string[], cwd: string): number {
  const start = process.hrtime.bigint();
  const result = spawnSync(executable[0]!, [...executable.slice(1), ...command], {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: "false", DBT_PROFILES_DIR: cwd },
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (result.status !== 0) {
    console.error(
      `${executable.join(" ")} ${command.join(" ")} ended with ${result.status}\n${result.stdout}${result.stderr}`,
    );
    process.exit(1);
  }
  return seconds;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

const scratch = mkdtempSync(join(tmpdir(), "tsdbt-bench-"));
const copy = (tool: string) => {
  const dir = join(scratch, tool, "crypto");
  cpSync(join(ROOT, "examples", "crypto"), dir, {
    recursive: true,
    filter: (path) => !/^(target|logs)$/.test(basename(path)) && !/\.duckdb(\.wal)?$/.test(path),
  });
  return dir;
};
const tools: { name: string; executable: string[]; dir: string }[] = [
  { name: "tsdbt", executable: [process.execPath, join(ROOT, "bin", "tsdbt")], dir: copy("tsdbt") },
];
if (withReference) tools.push({ name: "dbt", executable: [referenceDbt().dbt], dir: copy("dbt") });

console.log(`examples/crypto, Node ${process.version}, medians of ${runs} whole processes\n`);
console.log(["what".padEnd(26), ...tools.map((t) => t.name.padStart(9)), "ratio".padStart(8), "  target"].join(""));
try {
  for (const row of ROWS) {
    const times = new Map<string, number[]>(tools.map((t) => [t.name, []]));
    if (row.warm) for (const tool of tools) time(tool.executable, ["build"], tool.dir);
    for (let i = 0; i < runs; i++) {
      for (const tool of tools) {
        for (const file of row.fresh ?? []) rmSync(join(tool.dir, file), { force: true });
        times.get(tool.name)!.push(time(tool.executable, row.command, tool.dir));
      }
    }
    const medians = tools.map((t) => median(times.get(t.name)!));
    const ratio = medians.length === 2 ? `${(medians[1]! / medians[0]!).toFixed(1)}x` : "";
    console.log(
      [
        row.name.padEnd(26),
        ...medians.map((m) => `${m.toFixed(2)} s`.padStart(9)),
        ratio.padStart(8),
        `  ${row.target}`,
      ].join(""),
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
