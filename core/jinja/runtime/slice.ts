import { typeError, valueError } from "../errors.ts";
import { HostObject } from "./values.ts";

/** A slice object, as `item` of a {@link HostObject} receives it for `x[1:3]`. */
export class PySlice extends HostObject {
  readonly typeName = "slice";
  readonly start: unknown;
  readonly stop: unknown;
  readonly step: unknown;
  constructor(start: unknown, stop: unknown, step: unknown) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
  override repr(): string {
    return "slice(...)";
  }
}

function index(v: unknown): number | undefined {
  if (v === null || v === undefined) return undefined;
  if (typeof v === "number" && Number.isInteger(v)) return v;
  if (typeof v === "boolean") return v ? 1 : 0;
  if (typeof v === "bigint") return v > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
  throw typeError("slice indices must be integers or None or have an __index__ method");
}

/** Start, stop and step of a slice over `length` items, as Python's `slice.indices`. */
export function sliceBounds(s: PySlice, length: number): [number, number, number] {
  const step = index(s.step) ?? 1;
  if (step === 0) throw valueError("slice step cannot be zero");
  const lower = step < 0 ? -1 : 0;
  const upper = step < 0 ? length - 1 : length;
  const clamp = (v: number | undefined, dflt: number) => {
    if (v === undefined) return dflt;
    if (v < 0) return Math.max(v + length, lower);
    return Math.min(v, upper);
  };
  return [clamp(index(s.start), step < 0 ? upper : lower), clamp(index(s.stop), step < 0 ? lower : upper), step];
}

/** `items[start:stop:step]`. */
export function sliceArray<T>(items: readonly T[], s: PySlice): T[] {
  const [start, stop, step] = sliceBounds(s, items.length);
  if (step === 1) return items.slice(start, Math.max(start, stop));
  const out: T[] = [];
  if (step > 0) for (let i = start; i < stop; i += step) out.push(items[i] as T);
  else for (let i = start; i > stop; i += step) out.push(items[i] as T);
  return out;
}
