import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Node } from "../manifest/resources.ts";
import { temporaryName, writeFileAtomic } from "./atomic.ts";
import { artifactJson, artifactMetadata, type Invocation } from "./metadata.ts";
import type { NodeResult, Timing } from "./results.ts";
import { isoMoment, now } from "./time.ts";

/** run_results.json, version 6: https://schemas.getdbt.com/dbt/run-results/v6.json */
const SCHEMA = "run-results/v6";

/** Seeds and what has no SQL say nothing about compilation. */
const COMPILED = new Set([
  "model",
  "test",
  "snapshot",
  "analysis",
  "operation",
  "sql_operation",
  "unit_test",
  "function",
]);

/** One entry of `results`. */
export function resultEntry(result: NodeResult): object {
  const node = result.node as Node;
  // A unit test that came to no SQL stands here as it was defined.
  const compiled = COMPILED.has(node.resource_type) && !("given" in node);
  return {
    status: result.status,
    timing: result.timing.map(timingEntry),
    thread_id: result.thread_id,
    execution_time: result.execution_time,
    adapter_response: result.adapter_response,
    message: result.message,
    failures: result.failures,
    unique_id: node.unique_id,
    compiled: compiled ? (node.compiled ?? false) : null,
    compiled_code: compiled ? (node.compiled_code ?? null) : null,
    relation_name: compiled ? (node.relation_name ?? null) : null,
    batch_results: result.batches ?? null,
    overload_results: result.overloads ?? null,
  };
}

/** What the event of a finished node holds of its result. */
export function resultMessage(result: NodeResult): { [key: string]: unknown } {
  const { status, timing, thread_id, execution_time, adapter_response, message, failures } = result;
  return {
    status,
    message: message ?? "",
    thread: thread_id,
    execution_time,
    num_failures: failures ?? 0,
    timing_info: timing.map(timingEntry),
    adapter_response,
  };
}

function timingEntry(step: Timing): { [key: string]: unknown } {
  return {
    name: step.name,
    started_at: isoMoment(step.started),
    completed_at: step.completed === null ? null : isoMoment(step.completed),
  };
}

/**
 * run_results.json while a run goes on. After each result the file on disk is whole and holds what is finished, so that
 * neither Ctrl-C nor `kill -9` loses it; `finish` writes it anew as dbt has it.
 *
 * Another process in the same folder puts its own file in place under the name; each goes on writing the file it opened,
 * so they never write into each other's.
 */
export class RunResultsFile {
  private file: number | null = null;
  private end = 0;
  private count = 0;
  private refused = false;
  private readonly path: string;
  private readonly invocation: Invocation;
  private readonly args: object;

  constructor(path: string, invocation: Invocation, args: object) {
    this.path = path;
    this.invocation = invocation;
    this.args = args;
  }

  /**
   * Adds a result to the file. The first one puts the file in place of the last run's. Where the disk refuses, the run goes
   * on without; `finish` tells of it.
   */
  add(result: NodeResult): void {
    if (this.refused) return;
    const entry = artifactJson(resultEntry(result));
    const text = Buffer.from(`${this.count++ === 0 ? "" : ","}${entry}]}`);
    try {
      if (this.file === null) this.open();
      let written = 0;
      while (written < text.length) {
        written += writeSync(this.file as number, text, written, text.length - written, this.end + written);
      }
    } catch {
      this.refused = true;
      return;
    }
    this.end += text.length - 2;
  }

  /** Writes the whole file, in dbt's order of keys. */
  finish(results: readonly NodeResult[], elapsed: number): void {
    const { path } = this;
    writeFileAtomic(path, this.chunks(results, elapsed));
    this.close();
  }

  close(): void {
    if (this.file === null) return;
    closeSync(this.file);
    this.file = null;
  }

  private open(): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const temporary = temporaryName(this.path);
    this.file = openSync(temporary, "w");
    const metadata = artifactMetadata(SCHEMA, this.invocation, now());
    const head = `{"metadata":${artifactJson(metadata)},"args":${artifactJson(this.args)},"elapsed_time":0,"results":[`;
    this.end = writeSync(this.file, head);
    writeSync(this.file, "]}");
    try {
      renameSync(temporary, this.path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    ftruncateSync(this.file, this.end + 2);
  }

  private *chunks(results: readonly NodeResult[], elapsed: number): Generator<string> {
    yield `{"metadata": ${artifactJson(artifactMetadata(SCHEMA, this.invocation, now()))}, "results": [`;
    for (let from = 0; from < results.length; from += 256) {
      const part = results.slice(from, from + 256).map((result) => artifactJson(resultEntry(result)));
      yield (from === 0 ? "" : ", ") + part.join(", ");
    }
    yield `], "elapsed_time": ${elapsed}, "args": ${artifactJson(this.args)}}`;
  }
}

/** Seconds each node took in the last run, by unique id; empty where there is no readable file. */
export function lastDurations(path: string): Map<string, number> {
  const durations = new Map<string, number>();
  try {
    const { results } = JSON.parse(readFileSync(path, "utf8")) as { results?: unknown };
    if (!Array.isArray(results)) return durations;
    for (const result of results as { unique_id?: unknown; execution_time?: unknown; status?: unknown }[]) {
      if (typeof result.unique_id !== "string" || typeof result.execution_time !== "number") continue;
      if (result.status !== "skipped") durations.set(result.unique_id, result.execution_time);
    }
  } catch {
    durations.clear();
  }
  return durations;
}
