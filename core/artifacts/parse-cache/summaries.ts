import { Summary } from "../../manifest/lazy-map.ts";
import type { GraphResource } from "../../manifest/resources.ts";
import type { SectionName } from "../manifest.ts";

/** The sections whose entries take part in the graph. */
export const SUMMARIZED: ReadonlySet<SectionName> = new Set([
  "nodes",
  "sources",
  "exposures",
  "metrics",
  "saved_queries",
  "semantic_models",
  "unit_tests",
  "functions",
]);

/** The fields of a summary, in the order in which they are kept; the last ones are rare. */
export type SummaryRow = [
  name: string,
  packageName: string,
  path: string,
  bits: number,
  fqn: string[] | 0,
  tags: string[] | 0,
  rare?: Rare,
];

interface Rare {
  access?: string;
  group?: string;
  source_name?: string;
  patch_path?: string;
  version?: string | number;
  latest_version?: string | number;
  test?: string;
}

const RARE = ["access", "group", "source_name", "patch_path", "version", "latest_version"] as const;
const ENABLED = 1;
const EMPTY = 2;

type Loose = { [key: string]: unknown };

export function rowOf(resource: GraphResource): SummaryRow {
  const r = resource as unknown as Loose;
  const config = r.config as { enabled?: unknown } | undefined;
  const enabled = config?.enabled === false ? 0 : ENABLED;
  const empty = typeof r.raw_code === "string" && r.raw_code.trim() === "" ? EMPTY : 0;
  const row: SummaryRow = [
    resource.name,
    resource.package_name,
    resource.original_file_path,
    enabled | empty,
    (r.fqn as string[] | undefined) ?? 0,
    (r.tags as string[] | undefined) ?? 0,
  ];
  const rare: Loose = {};
  for (const key of RARE) if (r[key] !== undefined && r[key] !== null) rare[key] = r[key];
  const test = (r.test_metadata as { name?: string } | undefined)?.name;
  if (test !== undefined) rare.test = test;
  if (Object.keys(rare).length > 0) row.push(rare as Rare);
  return row;
}

export function summaryOf(id: string, row: SummaryRow, load: () => GraphResource): Summary {
  const [name, packageName, path, bits, fqn, tags, rare] = row;
  const { test, ...others } = rare ?? {};
  return new Summary(
    {
      unique_id: id,
      resource_type: id.slice(0, id.indexOf(".")),
      name,
      package_name: packageName,
      original_file_path: path,
      ...(fqn === 0 ? {} : { fqn }),
      ...(tags === 0 ? {} : { tags }),
      ...others,
      ...(test === undefined ? {} : { test_metadata: { name: test } }),
      enabled: (bits & ENABLED) !== 0,
      isEmpty: (bits & EMPTY) !== 0,
    },
    load,
  );
}
