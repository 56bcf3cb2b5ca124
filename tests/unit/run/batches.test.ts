import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMoment, parseSample } from "../../../core/config/moments.ts";
import {
  type BatchSize,
  batchesBetween,
  batchId,
  batchName,
  ceiling,
  offset,
  planBatches,
  truncated,
} from "../../../core/run/batches.ts";

const at = (text: string): number => parseMoment(text);
const iso = (moment: number): string => new Date(moment).toISOString().slice(0, 19);

describe("batches", () => {
  it.each([
    ["hour", "2024-09-17T16:00:00", "2024-09-17T17:00:00", "2024-09-17T15:00:00", "2024-09-17T16", "20240917T16"],
    ["day", "2024-09-17T00:00:00", "2024-09-18T00:00:00", "2024-09-16T00:00:00", "2024-09-17", "20240917"],
    ["month", "2024-09-01T00:00:00", "2024-10-01T00:00:00", "2024-08-01T00:00:00", "2024-09", "202409"],
    ["year", "2024-01-01T00:00:00", "2025-01-01T00:00:00", "2023-01-01T00:00:00", "2024", "2024"],
  ] as const)("of a %s", (size, start, end, before, name, id) => {
    const moment = at("2024-09-17 16:06:00");
    expect(iso(truncated(moment, size))).toBe(start);
    expect(iso(ceiling(moment, size))).toBe(end);
    expect(ceiling(truncated(moment, size), size)).toBe(truncated(moment, size));
    expect(iso(offset(moment, size, -1))).toBe(before);
    expect(batchName(moment, size)).toBe(name);
    expect(batchId(moment, size)).toBe(id);
  });

  it("cover a span without a gap, whatever its ends", () => {
    const sizes = fc.constantFrom<BatchSize[]>("hour", "day", "month", "year");
    const moments = fc.integer({ min: at("1999-01-01"), max: at("2031-01-01") });
    fc.assert(
      fc.property(sizes, moments, fc.integer({ min: 0, max: 90 * 86_400_000 }), (size, start, length) => {
        const end = ceiling(start + length, size);
        const batches = batchesBetween(start, end, size);
        expect(batches[0]?.start).toBe(truncated(start, size));
        expect(batches.at(-1)?.end).toBe(end);
        for (const [index, batch] of batches.entries()) {
          if (index > 0) expect(batch.start).toBe(batches[index - 1]?.end);
        }
      }),
    );
  });

  it("look back from the present one", () => {
    const plan = {
      size: "day",
      begin: at("2020-01-01"),
      from: null,
      until: null,
      now: at("2024-01-10 12:00:00"),
    } as const;
    const starts = (lookback: number, incremental: boolean) =>
      planBatches({ ...plan, lookback, incremental }).map(({ start }) => iso(start).slice(0, 10));
    expect(starts(1, true)).toEqual(["2024-01-09", "2024-01-10"]);
    expect(starts(0, true)).toEqual(["2024-01-10"]);
    expect(starts(0, false)[0]).toBe("2020-01-01");
  });
});

describe("--sample", () => {
  it("is a span back from now, or one with both ends", () => {
    const now = at("2024-03-10 12:30:00");
    expect(parseSample("2 days", now, offset)).toEqual({ start: at("2024-03-08"), end: now });
    expect(parseSample("{start: 2024-01-01, end: '2024-01-02 10:00:00'}", now, offset)).toEqual({
      start: at("2024-01-01"),
      end: at("2024-01-02 10:00:00"),
    });
    expect(() => parseSample("days", now, offset)).toThrow("Must be of form 'DAYS_INT GRAIN_SIZE'");
    expect(() => parseSample("x days", now, offset)).toThrow("Unable to convert 'x' to an integer.");
  });
});
