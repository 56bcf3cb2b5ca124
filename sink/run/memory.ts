import type { Message } from "../message.ts";
import type { PartitionMachine } from "../protocol/index.ts";

/** The messages that all partitions hold, kept within a limit. */
export interface Memory {
  /** No more may be read, but to complete a claimed range. */
  readonly full: boolean;
  readonly held: number;
  changed(of: Holder): void;
  forget(of: Holder): void;
}

interface Holder {
  readonly machine: PartitionMachine<Message>;
  tell(event: { type: "flush"; now: number }): void;
}

const PRESSURE = 0.75;

export function newMemory(limit: number, onChange: (held: number) => void): Memory {
  const sizes = new Map<Holder, number>();
  let held = 0;
  let relieving = false;

  const set = (of: Holder, size: number) => {
    held += size - (sizes.get(of) ?? 0);
    if (size) sizes.set(of, size);
    else sizes.delete(of);
    onChange(held);
  };

  /** Closes the largest batches that are open, until what is being stored would be relief enough. */
  const relieve = () => {
    relieving = true;
    const open = [...sizes].filter(([{ machine }]) => machine.flushable).sort(([, a], [, b]) => b - a);
    let remaining = open.reduce((sum, [, size]) => sum + size, 0);
    for (const [holder, size] of open) {
      if (remaining <= limit * PRESSURE) break;
      remaining -= size;
      holder.tell({ type: "flush", now: performance.now() });
    }
    relieving = false;
  };

  return {
    get full() {
      return held >= limit;
    },
    get held() {
      return held;
    },
    changed(of) {
      set(of, of.machine.heldBytes);
      if (held > limit * PRESSURE && !relieving) relieve();
    },
    forget: (of) => set(of, 0),
  };
}
