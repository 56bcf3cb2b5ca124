import type { Output } from "./console.ts";
import type { TsdbtEvent } from "./event.ts";
import { paint } from "./format.ts";

const STARTED = new Set(["LogStartLine", "LogHookStartLine"]);
const ENDED = new Set([
  "LogModelResult",
  "LogTestResult",
  "LogSeedResult",
  "LogSnapshotResult",
  "LogFreshnessResult",
  "LogNodeNoOpResult",
  "LogHookEndLine",
  "SkippingDetails",
  "LogSkipBecauseError",
]);

/**
 * The last line of a terminal while nodes run: `[=====>    ] 12 of 56  3 running: orders 2s, customers 1s`.
 * It is wiped before every other line and drawn again behind it.
 */
export class Progress {
  private readonly output: Output;
  private readonly colors: boolean;
  private readonly running = new Map<string, { name: string; since: number }>();
  private done = 0;
  private total = 0;
  private drawn = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(output: Output, colors: boolean) {
    this.output = output;
    this.colors = colors;
  }

  /** Learns from the numbered lines what runs. */
  observe(event: TsdbtEvent): void {
    const started = STARTED.has(event.name);
    if (!started && !ENDED.has(event.name)) {
      if (event.name === "EndOfRunSummary" || event.name === "FinishedRunningStats") this.close();
      return;
    }
    const key = event.node?.unique_id ?? String(event.data?.index);
    const total = Number(event.data?.total ?? event.data?.num_models ?? 0);
    if (total) this.total = total;
    if (started) {
      this.running.set(key, { name: event.node?.name ?? String(event.data?.statement ?? ""), since: Date.now() });
      if (!this.timer) {
        this.timer = setInterval(() => {
          this.wipe();
          this.draw();
        }, 500);
        this.timer.unref();
      }
    } else {
      this.running.delete(key);
      this.done++;
    }
  }

  wipe(): void {
    if (!this.drawn) return;
    this.output.write("\r\u001b[2K");
    this.drawn = false;
  }

  draw(): void {
    if (this.running.size === 0) return;
    this.output.write(this.line(Date.now()));
    this.drawn = true;
  }

  close(): void {
    this.wipe();
    this.running.clear();
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private line(now: number): string {
    const columns = this.output.columns ?? 80;
    const share = this.total ? Math.min(1, this.done / this.total) : 0;
    const filled = Math.round(share * 20);
    const bar = `${"=".repeat(filled)}${filled < 20 ? ">" : ""}`.slice(0, 20).padEnd(20);
    const names = [...this.running.values()]
      .sort((a, b) => a.since - b.since)
      .map((r) => `${r.name} ${Math.round((now - r.since) / 1000)}s`);
    const head = `[${bar}] ${this.done} of ${this.total}`;
    const text = `${head}  ${this.running.size} running: ${names.join(", ")}`.slice(0, columns - 1);
    return this.colors && text.length > 22 ? paint(text.slice(0, 22), "green") + text.slice(22) : text;
  }
}
