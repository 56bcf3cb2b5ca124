import { OURS_ALONE } from "./ours-alone.ts";
import type { Report } from "./report.ts";

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
/** What of `metadata` is neither a time, an id of the run, nor the version of the tool. */
const METADATA = ["dbt_schema_version", "project_name", "project_id", "adapter_type", "quoting"];
/** Packages whose macros are written anew here: they must be there, their text and files are our own. */
const BUILT_IN = /^macro\.(dbt|dbt_duckdb|dbt_clickhouse|dbt_athena)\./;
const OWN_TEXT = new Set(["macro_sql", "depends_on", "path", "original_file_path"]);
const DOCS_OF_BUILT_INS = /^doc\.dbt\./;

type Json = Record<string, unknown>;

/** Everything a reader of manifest.json can see, resource by resource and field by field. */
export function compareManifests(report: Report, project: string, dbt: Json, tsdbt: Json): void {
  const sections = new Set([...SECTIONS, ...Object.keys(dbt), ...Object.keys(tsdbt)]);
  for (const section of sections) {
    const place = `${project}: ${section}`;
    const theirs = (dbt[section] ?? {}) as Json;
    const ours = (tsdbt[section] ?? {}) as Json;
    if (section === "metadata") compareMetadata(report, place, theirs, ours);
    else if (section === "disabled") compareDisabled(report, place, theirs, ours);
    else if (section.endsWith("_map")) compareMap(report, place, theirs, ours);
    else if (SECTIONS.includes(section)) compareSection(report, place, theirs, ours);
    else report.group(() => report.check(place, dbt[section], tsdbt[section]));
  }
}

function compareMetadata(report: Report, place: string, theirs: Json, ours: Json): void {
  report.group(() => METADATA.map((key) => report.check(`${place}.${key}`, theirs[key], ours[key])).every(Boolean));
}

function compareSection(report: Report, place: string, theirs: Json, ours: Json): void {
  for (const id of union(theirs, ours)) {
    if (DOCS_OF_BUILT_INS.test(id) || OURS_ALONE.includes(id.replace(/^macro\.dbt_clickhouse\./, ""))) continue;
    report.group(() => {
      report.nodes++;
      const a = theirs[id] as Json | undefined;
      const b = ours[id] as Json | undefined;
      if (!a || !b) return report.check(`${place}.${id}`, a ? "there" : "missing", b ? "there" : "missing");
      return compareResource(report, `${place}.${id}`, a, b, BUILT_IN.test(id) ? OWN_TEXT : undefined);
    });
  }
}

/** A disabled id has a list, since several files may define it; the order is that of the files. */
function compareDisabled(report: Report, place: string, theirs: Json, ours: Json): void {
  for (const id of union(theirs, ours)) {
    report.group(() => {
      report.nodes++;
      const a = byFile(theirs[id]);
      const b = byFile(ours[id]);
      if (!report.check(`${place}.${id} count`, a.length, b.length)) return false;
      return a.map((one, i) => compareResource(report, `${place}.${id}[${i}]`, one, b[i]!)).every(Boolean);
    });
  }
}

function byFile(list: unknown): Json[] {
  const file = (one: Json) => String(one.original_file_path);
  return [...((list ?? []) as Json[])].sort((a, b) => (file(a) < file(b) ? -1 : file(a) > file(b) ? 1 : 0));
}

function compareMap(report: Report, place: string, theirs: Json, ours: Json): void {
  const sorted = (value: unknown) => (Array.isArray(value) ? [...value].sort() : value);
  report.group(() =>
    [...union(theirs, ours)]
      .map((id) => report.check(`${place}.${id}`, sorted(theirs[id]), sorted(ours[id])))
      .every(Boolean),
  );
}

function compareResource(report: Report, place: string, a: Json, b: Json, ignored?: Set<string>): boolean {
  let equal = true;
  for (const key of union(a, b)) {
    if (VOLATILE.has(key) || ignored?.has(key)) continue;
    let x = a[key];
    let y = b[key];
    if (key === "depends_on") {
      x = sortedDependencies(x);
      y = sortedDependencies(y);
    }
    // dbt's static reader gathers them in a hash set: their order changes from run to run
    if (key === "sources") [x, y] = [x, y].map((value) => (Array.isArray(value) ? [...value].sort() : value));
    // a column's tags go through a set of Python's, whose order changes from run to run
    if (key === "columns") [x, y] = [x, y].map(withSortedTags);
    if (!report.check(`${place}.${key}`, x, y)) equal = false;
  }
  return equal;
}

function withSortedTags(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedTags);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value as Json).map(([key, item]) => [
      key,
      key === "tags" && Array.isArray(item) ? [...item].sort() : withSortedTags(item),
    ]),
  );
}

function sortedDependencies(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value as Json).map(([k, v]) => [k, Array.isArray(v) ? [...v].sort() : v]));
}

function union(a: object, b: object): Set<string> {
  return new Set([...Object.keys(a), ...Object.keys(b)]);
}
