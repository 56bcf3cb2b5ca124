/** Counts what was compared and remembers each difference with its place. */
export class Report {
  passed = 0;
  failed = 0;
  nodes = 0;
  fields = 0;
  readonly differences: { place: string; dbt: unknown; tsdbt: unknown }[] = [];
  readonly known: { place: string; reason: string }[] = [];
  private readonly expected: { place: RegExp; reason: string }[];

  constructor(known: { place: string; reason: string }[] = []) {
    this.expected = known.map((k) => ({ place: new RegExp(k.place), reason: k.reason }));
  }

  /** One thing compared: answers whether it was equal. */
  check(place: string, dbt: unknown, tsdbt: unknown): boolean {
    this.fields++;
    if (same(dbt, tsdbt)) return true;
    const known = this.expected.find((k) => k.place.test(place));
    if (known) {
      this.known.push({ place, reason: known.reason });
      return true;
    }
    this.differences.push({ place, dbt, tsdbt });
    return false;
  }

  /** A group of checks that passes or fails as one. */
  group(run: () => boolean): void {
    if (run()) this.passed++;
    else this.failed++;
  }
}

/** Deep equality; keys in any order, numbers by value, absent and null alike only at the top of a field (callers decide). */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]));
  const x = a as Record<string, unknown>;
  const y = b as Record<string, unknown>;
  const keys = new Set([...Object.keys(x), ...Object.keys(y)]);
  for (const key of keys) if (!(key in x) || !(key in y) || !same(x[key], y[key])) return false;
  return true;
}

/** Fields that cannot be equal in two runs, or hold a place on this disk. */
const VOLATILE = new Set(["created_at", "root_path", "build_path", "deferred"]);
/** Sections of the manifest that hold resources by unique id. */
const SECTIONS = [
  "nodes",
  "sources",
  "exposures",
  "metrics",
  "groups",
  "docs",
  "macros",
  "unit_tests",
  "semantic_models",
  "saved_queries",
  "functions",
];
/** Packages whose macros are written anew here: their names must be there, their text is our own. */
const BUILT_IN = /^macro\.(dbt|dbt_duckdb|dbt_clickhouse|dbt_athena)\./;
const DOCS_OF_BUILT_INS = /^doc\.dbt\./;

type Json = Record<string, unknown>;

export function compareManifests(report: Report, project: string, dbt: Json, tsdbt: Json): void {
  for (const section of SECTIONS) {
    const theirs = (dbt[section] ?? {}) as Record<string, Json>;
    const ours = (tsdbt[section] ?? {}) as Record<string, Json>;
    for (const id of union(theirs, ours)) {
      if (DOCS_OF_BUILT_INS.test(id)) continue;
      report.group(() => {
        report.nodes++;
        const a = theirs[id];
        const b = ours[id];
        if (!a || !b)
          return report.check(`${project}: ${section}.${id}`, a ? "there" : "missing", b ? "there" : "missing");
        if (BUILT_IN.test(id)) return report.check(`${project}: ${section}.${id}.name`, a.name, b.name);
        return compareResource(report, `${project}: ${section}.${id}`, a, b);
      });
    }
  }
  report.group(() => report.check(`${project}: disabled`, idsOf(dbt.disabled), idsOf(tsdbt.disabled)));
  for (const map of ["parent_map", "child_map", "group_map"]) {
    const theirs = (dbt[map] ?? {}) as Record<string, string[]>;
    const ours = (tsdbt[map] ?? {}) as Record<string, string[]>;
    report.group(() =>
      [...union(theirs, ours)]
        .map((id) =>
          report.check(
            `${project}: ${map}.${id}`,
            theirs[id] && [...theirs[id]].sort(),
            ours[id] && [...ours[id]].sort(),
          ),
        )
        .every(Boolean),
    );
  }
}

function compareResource(report: Report, place: string, a: Json, b: Json): boolean {
  let equal = true;
  for (const key of union(a, b)) {
    if (VOLATILE.has(key)) continue;
    let x = a[key];
    let y = b[key];
    if (key === "depends_on") {
      x = sortedDependencies(x);
      y = sortedDependencies(y);
    }
    // dbt's static reader gathers them in a hash set: their order changes from run to run
    if (key === "sources") [x, y] = [x, y].map((value) => (Array.isArray(value) ? [...value].sort() : value));
    if (!report.check(`${place}.${key}`, x, y)) equal = false;
  }
  return equal;
}

function sortedDependencies(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([k, v]) => [k, Array.isArray(v) ? [...v].sort() : v]),
  );
}

function idsOf(value: unknown): string[] {
  return Object.entries((value ?? {}) as Record<string, unknown[]>)
    .map(([id, list]) => `${id} x${list.length}`)
    .sort();
}

function union(a: object, b: object): Set<string> {
  return new Set([...Object.keys(a), ...Object.keys(b)]);
}

/** Tables, columns, statistics and errors that the warehouse told of, field by field. */
export function compareCatalogs(report: Report, place: string, dbt: Json | null, tsdbt: Json | null): void {
  report.group(() =>
    report.check(`${place}: catalog.json`, dbt && Object.keys(dbt).sort(), tsdbt && Object.keys(tsdbt).sort()),
  );
  report.group(() => report.check(`${place}: errors`, dbt?.errors, tsdbt?.errors));
  for (const section of ["nodes", "sources"]) {
    const theirs = (dbt?.[section] ?? {}) as Record<string, Json>;
    const ours = (tsdbt?.[section] ?? {}) as Record<string, Json>;
    for (const id of union(theirs, ours)) {
      report.group(() => {
        report.nodes++;
        const a = theirs[id];
        const b = ours[id];
        if (!a || !b) return report.check(`${place}: catalog ${id}`, a ? "there" : "missing", b ? "there" : "missing");
        return [...union(a, b)]
          .map((key) => report.check(`${place}: catalog ${id}.${key}`, a[key], b[key]))
          .every(Boolean);
      });
    }
  }
}

/** semantic_manifest.json: each semantic model, metric and saved query by name, and the time spines. */
export function compareSemanticManifests(report: Report, project: string, dbt: Json | null, tsdbt: Json | null): void {
  const place = `${project}: semantic_manifest.json`;
  report.group(() => report.check(place, dbt && Object.keys(dbt).sort(), tsdbt && Object.keys(tsdbt).sort()));
  report.group(() =>
    report.check(`${place} project_configuration`, dbt?.project_configuration, tsdbt?.project_configuration),
  );
  for (const section of ["semantic_models", "metrics", "saved_queries"]) {
    const byName = (artifact: Json | null) =>
      Object.fromEntries(((artifact?.[section] ?? []) as Json[]).map((part) => [String(part.name), part]));
    const [theirs, ours] = [byName(dbt), byName(tsdbt)];
    for (const name of union(theirs, ours)) {
      report.group(() => report.check(`${place} ${section}.${name}`, theirs[name], ours[name]));
    }
  }
}

const TIMING = /\d+(\.\d+)?s\b/g;

/** Statuses, failures and messages of a run, by unique id. */
export function compareResults(report: Report, place: string, dbt: Json | null, tsdbt: Json | null): void {
  const index = (artifact: Json | null) =>
    new Map(((artifact?.results ?? []) as Json[]).map((r) => [String(r.unique_id), r]));
  const theirs = index(dbt);
  const ours = index(tsdbt);
  for (const id of new Set([...theirs.keys(), ...ours.keys()])) {
    report.group(() => {
      const a = theirs.get(id);
      const b = ours.get(id);
      if (!a || !b) return report.check(`${place}: ${id}`, a ? "there" : "missing", b ? "there" : "missing");
      const pass = ["status", "failures", "relation_name", "compiled", "compiled_code", "criteria", "max_loaded_at"]
        .filter((key) => key in a || key in b)
        .map((key) => report.check(`${place}: ${id}.${key}`, a[key], b[key]));
      const failed = a.status === "error";
      if (!failed) pass.push(report.check(`${place}: ${id}.message`, untimed(a.message), untimed(b.message)));
      return pass.every(Boolean);
    });
  }
}

function untimed(message: unknown): unknown {
  return typeof message === "string" ? message.replace(TIMING, "Ns") : message;
}
