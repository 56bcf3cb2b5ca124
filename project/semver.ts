/** A version with a matcher, e.g. `>=1.3.0-rc1`. https://docs.getdbt.com/reference/project-configs/require-dbt-version */
export interface VersionSpec {
  matcher: ">" | ">=" | "<" | "<=" | "=";
  major: number;
  minor: number;
  patch: number;
  prerelease: string | null;
  build: string | null;
}

const NUMBER = "(0|[1-9]\\d*)";
const PRERELEASE = "(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)";
const BUILD = "[0-9A-Za-z-]*";
const PATTERN = new RegExp(
  `^(>=|>|<=|<|=)?${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-?(${PRERELEASE}(?:\\.${PRERELEASE})*))?(?:\\+(${BUILD}(?:\\.${BUILD})*))?$`,
);

/** Reads `>=1.3.0`, `null` where it is no such thing (two numbers, spaces, `~1.0`). */
export function parseVersion(text: string): VersionSpec | null {
  const found = PATTERN.exec(text);
  if (!found) return null;
  return {
    matcher: (found[1] as VersionSpec["matcher"] | undefined) ?? "=",
    major: Number(found[2]),
    minor: Number(found[3]),
    patch: Number(found[4]),
    prerelease: found[5] ?? null,
    build: found[6] ?? null,
  };
}

/** `>=1.3.0` again. */
export function versionText(spec: VersionSpec, options: { matcher?: boolean } = {}): string {
  const matcher = options.matcher === false ? "" : spec.matcher;
  const prerelease = spec.prerelease === null ? "" : `-${spec.prerelease}`;
  const build = !spec.build ? "" : `+${spec.build}`;
  return `${matcher}${spec.major}.${spec.minor}.${spec.patch}${prerelease}${build}`;
}

/** Whether one version can satisfy them all. A single one always can. */
export function versionsCompatible(specs: readonly VersionSpec[]): boolean {
  return specs.length <= 1 || reduceVersions(specs) !== null;
}

/** The range that lies in all of the specs' ranges, `null` where there is none. */
export function reduceVersions(specs: readonly VersionSpec[]): VersionRange | null {
  let range: VersionRange = { start: null, end: null };
  for (const spec of [...specs.slice(-1), ...specs.slice(0, -1)]) {
    const next = range.start || range.end ? intersect(range, rangeOf(spec)) : rangeOf(spec);
    if (next === null) return null;
    range = next;
  }
  return range;
}

/** `>=1.0.0, <2.0.0`. */
export function rangeText({ start, end }: VersionRange): string {
  const limits = [start, end].filter((limit) => limit !== null);
  return limits.length === 0 ? "ANY" : limits.map((limit) => versionText(limit)).join(", ");
}

/** Orders two specs as dbt does: by number, then by prerelease, then by which bound is the stricter. */
export function compareVersions(a: VersionSpec, b: VersionSpec): number {
  for (const part of ["major", "minor", "patch"] as const) if (a[part] !== b[part]) return a[part] > b[part] ? 1 : -1;
  if (a.prerelease !== b.prerelease) {
    if (a.prerelease === null) return a.matcher === "<" ? -1 : 1;
    if (b.prerelease === null) return -1;
    const order = comparePrereleases(a.prerelease, b.prerelease);
    if (order !== 0) return order;
  }
  if ((a.matcher === ">=" && b.matcher === "<=") || (a.matcher === "<=" && b.matcher === ">=")) return 0;
  if (
    (a.matcher === "<" && b.matcher === "<=") ||
    (b.matcher === ">" && a.matcher === ">=") ||
    (isUpper(a) && isLower(b))
  )
    return -1;
  if (
    (b.matcher === "<" && a.matcher === "<=") ||
    (a.matcher === ">" && b.matcher === ">=") ||
    (isLower(a) && isUpper(b))
  )
    return 1;
  return 0;
}

/** What lies between two bounds; `null` is no bound. */
export interface VersionRange {
  start: VersionSpec | null;
  end: VersionSpec | null;
}

function rangeOf(spec: VersionSpec): VersionRange {
  if (spec.matcher === "=") return { start: spec, end: spec };
  return isLower(spec) ? { start: spec, end: null } : { start: null, end: spec };
}

function intersect(a: VersionRange, b: VersionRange): VersionRange | null {
  const start = bound(a.start, b.start, 1);
  const end = bound(a.end, b.end, -1);
  if (start === undefined || end === undefined) return null;
  if (start && end && compareVersions(start, end) > 0) return null;
  return { start, end };
}

/** The stricter of two bounds of one side (1 lower, -1 upper), `undefined` where an exact version lies outside the other. */
function bound(a: VersionSpec | null, b: VersionSpec | null, side: 1 | -1): VersionSpec | null | undefined {
  if (!a || !b) return a ?? b;
  if (a.matcher === "=" && b.matcher === "=") return compareVersions(a, b) === 0 ? a : undefined;
  if (a.matcher !== "=" && b.matcher !== "=") return compareVersions(a, b) * side < 0 ? b : a;
  const [exact, limit] = a.matcher === "=" ? [a, b] : [b, a];
  const order = compareVersions(limit, exact) * side;
  const inclusive = limit.matcher === ">=" || limit.matcher === "<=";
  return order < 0 || (order === 0 && inclusive) ? exact : undefined;
}

function isLower(spec: VersionSpec): boolean {
  return spec.matcher === ">" || spec.matcher === ">=";
}

function isUpper(spec: VersionSpec): boolean {
  return spec.matcher === "<" || spec.matcher === "<=";
}

function comparePrereleases(a: string, b: string): number {
  const left = a.split(".");
  const right = b.split(".");
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    const [numeric, otherNumeric] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (numeric && otherNumeric) {
      if (Number(x) !== Number(y)) return Number(x) > Number(y) ? 1 : -1;
    } else if (numeric !== otherNumeric) return numeric ? -1 : 1;
    else if (x !== y) return x > y ? 1 : -1;
  }
  return Math.sign(a.length - b.length);
}
