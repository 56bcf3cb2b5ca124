import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { until } from "./cache.ts";

/** A program that runs beside the tests; its last output is kept for the message when it ends unasked. */
export class Service {
  private readonly child: ChildProcess;
  private readonly name: string;
  private said = "";
  private ended = false;
  constructor(name: string, command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.name = name;
    this.child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const keep = (text: Buffer) => {
      this.said = (this.said + text.toString("utf8")).slice(-4000);
    };
    this.child.stdout!.on("data", keep);
    this.child.stderr!.on("data", keep);
    const end = () => {
      this.ended = true;
    };
    this.child.once("exit", end).once("error", end);
  }
  /** Waits until `ready` answers true; throws with what the program said where it ends before, or after `seconds`. */
  async until(ready: () => Promise<boolean>, seconds: number): Promise<void> {
    try {
      const probe = async () => {
        if (this.ended) throw new Error(`${this.name} ended before it was ready: ${this.said}`);
        return ready().catch(() => false);
      };
      await until(probe, seconds, () => `${this.name} is not ready after ${seconds} s: ${this.said}`);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
  async stop(): Promise<void> {
    if (this.ended) return;
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGKILL");
    await gone;
  }
}
