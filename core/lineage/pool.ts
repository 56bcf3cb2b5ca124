import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { lineageOf } from "./lineage.ts";
import { loadParser } from "./parser.ts";
import type { LineageDialect, QueryLineage, UpstreamRelation } from "./types.ts";

/** One query to read. */
export interface LineageJob {
  sql: string;
  dialect: LineageDialect;
  upstream: UpstreamRelation[];
}

/** Reads queries, in as many threads as pay. */
export interface LineagePool {
  run(job: LineageJob): Promise<QueryLineage>;
  close(): Promise<void>;
}

/** As many jobs are done before threads are begun: each has to load the parser. */
const WITHOUT_THREADS = 24;
const MOST_THREADS = 8;

/** A pool that begins threads only for many jobs; from sources, where there is no bundle of the worker, it has none. */
export function openPool(worker: URL | null): LineagePool {
  const threads: Thread[] = [];
  const waiting: { job: LineageJob; done(lineage: QueryLineage): void; failed(error: unknown): void }[] = [];
  let asked = 0;
  const most = worker === null ? 0 : Math.min(MOST_THREADS, availableParallelism());
  const next = (): void => {
    for (const thread of threads) {
      if (thread.busy || waiting.length === 0) continue;
      const { job, done, failed } = waiting.shift()!;
      thread.run(job).then(done, failed).finally(next);
    }
  };
  return {
    run: async (job) => {
      if (++asked <= WITHOUT_THREADS || most < 2) {
        await loadParser();
        return lineageOf(job.sql, job.dialect, job.upstream);
      }
      if (threads.length < most) threads.push(new Thread(worker!));
      return new Promise((done, failed) => {
        waiting.push({ job, done, failed });
        next();
      });
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

/** A thread, which does one job at a time. Its listeners stay: a worker whose listeners were removed hears nothing any more. */
class Thread {
  private readonly worker: Worker;
  private current: { done(lineage: QueryLineage): void; failed(error: unknown): void } | null = null;
  constructor(url: URL) {
    this.worker = new Worker(url);
    this.worker.unref();
    this.worker.on("message", (lineage: QueryLineage) => this.end()?.done(lineage));
    this.worker.on("error", (error) => this.end()?.failed(error));
    this.worker.on("exit", () => this.end()?.failed(new Error("A thread that reads SQL has ended")));
  }
  get busy(): boolean {
    return this.current !== null;
  }
  run(job: LineageJob): Promise<QueryLineage> {
    this.worker.ref();
    return new Promise((done, failed) => {
      this.current = { done, failed };
      this.worker.postMessage(job);
    });
  }
  private end(): typeof this.current {
    const { current } = this;
    this.current = null;
    this.worker.unref();
    return current;
  }
  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
