import type { GraphResource } from "./resources.ts";

/** What is known of a resource without loading it, as a list: fields in a fixed order, the rare ones last. */
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

/** The row of a resource. */
export function summaryRow(resource: GraphResource): SummaryRow {
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

/** A resource as far as questions about it need no more; its config and what it depends on are loaded on demand. */
export class Summary {
  readonly unique_id: string;
  private readonly row: SummaryRow;
  private readonly all: ReadonlyMap<string, unknown>;

  /** @param all where the resource itself is to be had */
  constructor(id: string, row: SummaryRow, all: ReadonlyMap<string, unknown>) {
    this.unique_id = id;
    this.row = row;
    this.all = all;
  }
  get resource_type(): string {
    return this.unique_id.slice(0, this.unique_id.indexOf("."));
  }
  get name(): string {
    return this.row[0];
  }
  get package_name(): string {
    return this.row[1];
  }
  get original_file_path(): string {
    return this.row[2];
  }
  get enabled(): boolean {
    return (this.row[3] & ENABLED) !== 0;
  }
  /** Its file says nothing. */
  get isEmpty(): boolean {
    return (this.row[3] & EMPTY) !== 0;
  }
  get fqn(): string[] | undefined {
    return this.row[4] || undefined;
  }
  get tags(): string[] | undefined {
    return this.row[5] || undefined;
  }
  get access(): string | undefined {
    return this.row[6]?.access;
  }
  get group(): string | undefined {
    return this.row[6]?.group;
  }
  get source_name(): string | undefined {
    return this.row[6]?.source_name;
  }
  get patch_path(): string | undefined {
    return this.row[6]?.patch_path;
  }
  get version(): string | number | undefined {
    return this.row[6]?.version;
  }
  get latest_version(): string | number | undefined {
    return this.row[6]?.latest_version;
  }
  get test_metadata(): { name: string } | undefined {
    const name = this.row[6]?.test;
    return name === undefined ? undefined : { name };
  }
  get config(): unknown {
    return this.loaded.config;
  }
  get depends_on(): unknown {
    return this.loaded.depends_on;
  }
  get unrendered_config(): unknown {
    return this.loaded.unrendered_config;
  }

  private get loaded(): Loose {
    return this.all.get(this.unique_id) as Loose;
  }
}
