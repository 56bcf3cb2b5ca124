/** How much time one batch of a microbatch model covers. https://docs.getdbt.com/docs/build/incremental-microbatch */
export type BatchSize = "hour" | "day" | "month" | "year";

/** A span of time: milliseconds since 1970, UTC, the end exclusive. */
export interface Batch {
  readonly start: number;
  readonly end: number;
}

/** The start of the hour, day, month or year that a moment lies in. */
export function truncated(moment: number, size: BatchSize): number {
  const date = new Date(moment);
  if (size === "hour") return date.setUTCMinutes(0, 0, 0);
  date.setUTCHours(0, 0, 0, 0);
  if (size === "month" || size === "year") date.setUTCDate(1);
  if (size === "year") date.setUTCMonth(0);
  return date.getTime();
}

/** The start of the batch that is `offset` batches after the one that a moment lies in. */
export function offset(moment: number, size: BatchSize, by: number): number {
  const date = new Date(truncated(moment, size));
  if (size === "hour") date.setUTCHours(date.getUTCHours() + by);
  else if (size === "day") date.setUTCDate(date.getUTCDate() + by);
  else if (size === "month") date.setUTCMonth(date.getUTCMonth() + by);
  else date.setUTCFullYear(date.getUTCFullYear() + by);
  return date.getTime();
}

/** The end of the batch that a moment lies in; the moment itself where a batch begins with it. */
export function ceiling(moment: number, size: BatchSize): number {
  const start = truncated(moment, size);
  return start === moment ? moment : offset(start, size, 1);
}

/** The batches from the one in which `start` lies until `end`: one at least. */
export function batchesBetween(start: number, end: number, size: BatchSize): Batch[] {
  const batches: Batch[] = [];
  for (let from = truncated(start, size); ; ) {
    const to = offset(from, size, 1);
    if (to >= end) return [...batches, { start: from, end }];
    batches.push({ start: from, end: to });
    from = to;
  }
}

/** `2024-09-17T16`, `2024-09-17`, `2024-09` or `2024`. */
export function batchName(start: number, size: BatchSize): string {
  return new Date(start).toISOString().slice(0, { hour: 13, day: 10, month: 7, year: 4 }[size]);
}

/** The same as a part of a name: `20240917T16`. */
export function batchId(start: number, size: BatchSize): string {
  return batchName(start, size).replaceAll("-", "");
}

export interface BatchPlan {
  size: BatchSize;
  /** The first moment that the model knows of. */
  begin: number;
  /** How many batches before the present one are built anew. */
  lookback: number;
  /** Whether the model stands already and only what is new is built. */
  incremental: boolean;
  /** Asked for by `--event-time-start` and `--event-time-end`, or by `--sample`. */
  from: number | null;
  until: number | null;
  now: number;
}

/** The batches that a run has to build. */
export function planBatches({ size, begin, lookback, incremental, from, until, now }: BatchPlan): Batch[] {
  const end = ceiling(until ?? now, size);
  if (from !== null) return batchesBetween(from, end, size);
  if (!incremental) return batchesBetween(begin, end, size);
  // The end is the start of a batch, which is not among the ones looked back at.
  const back = end === truncated(end, size) ? lookback + 1 : lookback;
  return batchesBetween(offset(end, size, -back), end, size);
}
