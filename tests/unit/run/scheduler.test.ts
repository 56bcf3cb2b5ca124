import { describe, expect, it } from "vitest";
import { makePlan, schedule } from "../../../core/run/scheduler.ts";

const needs = (edges: { [id: string]: string[] }) => new Map(Object.entries(edges).map(([id, n]) => [id, new Set(n)]));

async function order(
  edges: { [id: string]: string[] },
  options: { threads?: number; durations?: { [id: string]: number }; stopAfter?: number } = {},
): Promise<{ started: string[]; widest: number; threads: Set<number> }> {
  const started: string[] = [];
  const threads = new Set<number>();
  let running = 0;
  let widest = 0;
  await schedule(makePlan(needs(edges), new Map(Object.entries(options.durations ?? {}))), {
    threads: options.threads ?? 1,
    stopped: () => started.length >= (options.stopAfter ?? Number.POSITIVE_INFINITY),
    async run(id, thread) {
      for (const need of edges[id] ?? []) expect(started).toContain(need);
      started.push(id);
      threads.add(thread);
      widest = Math.max(widest, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    },
  });
  return { started, widest, threads };
}

describe("schedule", () => {
  it("runs by level, then by id, when nothing is known of durations", async () => {
    const { started } = await order({ d: ["b"], c: ["a"], b: [], a: [] });
    expect(started).toEqual(["a", "b", "c", "d"]);
  });
  it("begins the longest path first when durations are known", async () => {
    const { started } = await order({ a: [], b: [], c: ["b"] }, { durations: { a: 5, b: 1, c: 10 } });
    expect(started).toEqual(["b", "c", "a"]);
  });
  it("keeps to the number of threads and hands out the lowest free one", async () => {
    const { widest, threads } = await order({ a: [], b: [], c: [], d: [], e: ["a", "b", "c"] }, { threads: 2 });
    expect(widest).toBe(2);
    expect([...threads]).toEqual([1, 2]);
  });
  it("starts nothing more once stopped", async () => {
    expect((await order({ a: [], b: ["a"], c: ["b"] }, { stopAfter: 2 })).started).toEqual(["a", "b"]);
  });
  it("ends with nothing to do", async () => {
    expect((await order({})).started).toEqual([]);
  });
  it("passes a runner's failure on after the others ended", async () => {
    const done: string[] = [];
    const plan = makePlan(needs({ a: [], b: [], c: ["b"] }));
    const run = schedule(plan, {
      threads: 2,
      stopped: () => false,
      async run(id) {
        if (id === "a") throw new Error("broken");
        await new Promise((resolve) => setImmediate(resolve));
        done.push(id);
      },
    });
    await expect(run).rejects.toThrow("broken");
    expect(done).toEqual(["b"]);
  });
});
