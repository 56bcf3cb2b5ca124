/** How the selected nodes wait for each other and which goes first when several could. */
export interface Plan {
  needs: ReadonlyMap<string, ReadonlySet<string>>;
  /** Greater goes first; ties go by {@link levels}, then by id. */
  priority: ReadonlyMap<string, number>;
  levels: ReadonlyMap<string, number>;
}

/** The plan for a set of needs; `durations` are seconds of the last run, by unique id. */
export function makePlan(
  needs: ReadonlyMap<string, ReadonlySet<string>>,
  durations: ReadonlyMap<string, number> = new Map(),
): Plan {
  const levels = new Map<string, number>();
  const order = topological(needs);
  const waiters = reversed(needs);
  for (const id of order) {
    let level = 0;
    for (const need of needs.get(id) ?? []) level = Math.max(level, (levels.get(need) ?? 0) + 1);
    levels.set(id, level);
  }
  const priority = new Map<string, number>();
  if (durations.size > 0) {
    for (const id of order.reverse()) {
      let longest = 0;
      for (const next of waiters.get(id) ?? []) longest = Math.max(longest, priority.get(next) ?? 0);
      priority.set(id, longest + (durations.get(id) ?? 0));
    }
  }
  return { needs, priority, levels };
}

function reversed(needs: ReadonlyMap<string, ReadonlySet<string>>): Map<string, string[]> {
  const waiters = new Map<string, string[]>();
  for (const id of needs.keys()) waiters.set(id, []);
  for (const [id, set] of needs) for (const need of set) waiters.get(need)?.push(id);
  return waiters;
}

function topological(needs: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const waiters = reversed(needs);
  const open = new Map<string, number>();
  const order: string[] = [];
  for (const [id, set] of needs) {
    open.set(id, set.size);
    if (set.size === 0) order.push(id);
  }
  for (let i = 0; i < order.length; i++) {
    for (const next of waiters.get(order[i] as string) ?? []) {
      const left = (open.get(next) ?? 0) - 1;
      open.set(next, left);
      if (left === 0) order.push(next);
    }
  }
  return order;
}

export interface ScheduleOptions {
  threads: number;
  /** Runs one node; `thread` counts from 1. It must not throw: a throw ends the schedule. */
  run(id: string, thread: number): Promise<void>;
  /** Asked before each start; true means that nothing more is begun. */
  stopped(): boolean;
}

/**
 * Runs the plan's nodes, each once all it needs is done, at most `threads` at a time.
 * Resolves when all are done, or, once `stopped()`, when those that were running are.
 */
export async function schedule(plan: Plan, options: ScheduleOptions): Promise<void> {
  const waiters = reversed(plan.needs);
  const open = new Map<string, number>();
  const ready = new ReadyQueue(plan);
  for (const [id, set] of plan.needs) {
    open.set(id, set.size);
    if (set.size === 0) ready.push(id);
  }
  const free: number[] = [];
  for (let thread = options.threads; thread >= 1; thread--) free.push(thread);
  await new Promise<void>((resolve, reject) => {
    let running = 0;
    let failure: unknown;
    const pump = (): void => {
      while (free.length > 0 && ready.size > 0 && failure === undefined && !options.stopped()) {
        const id = ready.pop();
        const thread = free.pop() as number;
        running++;
        options.run(id, thread).then(
          () => finish(id, thread),
          (error: unknown) => {
            failure ??= error ?? new Error("a runner failed");
            finish(id, thread);
          },
        );
      }
      if (running === 0) failure === undefined ? resolve() : reject(failure);
    };
    const finish = (id: string, thread: number): void => {
      running--;
      free.push(thread);
      for (const next of waiters.get(id) ?? []) {
        const left = (open.get(next) ?? 0) - 1;
        open.set(next, left);
        if (left === 0) ready.push(next);
      }
      pump();
    };
    pump();
  });
}

/** The nodes that could start, best first: a binary heap. */
class ReadyQueue {
  private readonly heap: string[] = [];
  private readonly plan: Plan;
  constructor(plan: Plan) {
    this.plan = plan;
  }
  get size(): number {
    return this.heap.length;
  }
  push(id: string): void {
    const { heap } = this;
    let at = heap.push(id) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(heap[at] as string, heap[parent] as string)) break;
      this.swap(at, parent);
      at = parent;
    }
  }
  pop(): string {
    const { heap } = this;
    const first = heap[0] as string;
    const last = heap.pop() as string;
    if (heap.length > 0) {
      heap[0] = last;
      for (let at = 0; ; ) {
        let best = at;
        for (const child of [2 * at + 1, 2 * at + 2]) {
          if (child < heap.length && this.before(heap[child] as string, heap[best] as string)) best = child;
        }
        if (best === at) break;
        this.swap(at, best);
        at = best;
      }
    }
    return first;
  }
  private before(a: string, b: string): boolean {
    const { priority, levels } = this.plan;
    const byPriority = (priority.get(b) ?? 0) - (priority.get(a) ?? 0);
    if (byPriority !== 0) return byPriority < 0;
    const byLevel = (levels.get(a) ?? 0) - (levels.get(b) ?? 0);
    return byLevel !== 0 ? byLevel < 0 : a < b;
  }
  private swap(a: number, b: number): void {
    const { heap } = this;
    const kept = heap[a] as string;
    heap[a] = heap[b] as string;
    heap[b] = kept;
  }
}
