import { expect, it } from "vitest";
import { freshnessStatus } from "../../../core/run/runners/freshness.ts";

const limit = (count: number | null, period: "minute" | "hour" | "day" | null) => ({ count, period });
const none = limit(null, null);

it.each([
  [59, limit(1, "minute"), none, "pass"],
  [60, limit(1, "minute"), none, "pass"],
  [60.001, limit(1, "minute"), none, "warn"],
  [3601, limit(1, "minute"), limit(1, "hour"), "error"],
  [86_401, none, limit(1, "day"), "error"],
  [1e12, none, none, "pass"],
  [1, limit(0, "minute"), none, "warn"],
])("%d seconds against %j and %j is %s", (age, warn_after, error_after, status) => {
  expect(freshnessStatus({ warn_after, error_after, filter: null }, age)).toBe(status);
});
it("passes where nothing is said", () => expect(freshnessStatus(null, 5)).toBe("pass"));
