import { TsdbtError } from "../../core/errors.ts";

/** Compares versions such as `24.3` and `24.10.1`, as far as both go. Throws a TsdbtError for one that is not numbers. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left.split("."), right.split(".")];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [Number(a[i]), Number(b[i])];
    if (!Number.isInteger(x) || !Number.isInteger(y)) {
      throw new TsdbtError("TD5330", "Runtime Error", "Version must consist of only numbers separated by '.'");
    }
    if (x !== y) return x > y ? 1 : -1;
  }
  return 0;
}
