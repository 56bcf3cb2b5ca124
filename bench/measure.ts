import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Measured {
  /** Seconds. */
  time: number;
  /** The most memory that the process held, in MiB; 0 where the system does not tell. */
  memory: number;
  stdout: string;
}

/** Runs a whole process. @throws Error with what it printed where it fails */
export function measure(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command[0]!, command.slice(1), {
      cwd,
      env: { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: "false", DBT_PROFILES_DIR: cwd, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let memory = 0;
    const look = () => {
      memory = Math.max(memory, peakOf(child.pid));
    };
    const timer = setInterval(look, 50);
    const printed: Buffer[] = [];
    const out: Buffer[] = [];
    child.stdout.on("data", (data: Buffer) => {
      printed.push(data);
      out.push(data);
    });
    child.stderr.on("data", (data: Buffer) => printed.push(data));
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(timer);
      const time = Number(process.hrtime.bigint() - started) / 1e9;
      if (code === 0) resolve({ time, memory, stdout: Buffer.concat(out).toString("utf8") });
      else
        reject(
          new Error(`${command.join(" ")} ended with ${code}\n${Buffer.concat(printed).toString("utf8").slice(-4000)}`),
        );
    });
  });
}

function peakOf(pid: number | undefined): number {
  try {
    const kilobytes = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
