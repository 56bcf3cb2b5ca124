import type { DataCellsFilter, LFTagPair, Resource } from "@aws-sdk/client-lakeformation";
import * as z from "zod/mini";
import { TsdbtError } from "../../core/errors.ts";
import { toData } from "../../core/jinja/index.ts";
import type { Relation } from "../relation.ts";
import type { Aws } from "./aws.ts";

/** As pydantic reads it. */
const SWITCH = z.union([
  z.boolean(),
  z.stringbool({ truthy: ["true", "t", "yes", "y", "on", "1"], falsy: ["false", "f", "no", "n", "off", "0"] }),
]);
const TAGS = z.object({
  enabled: z._default(SWITCH, false),
  tags: z.optional(z.nullable(z.record(z.string(), z.string()))),
  tags_columns: z.optional(z.nullable(z.record(z.string(), z.record(z.string(), z.array(z.string()))))),
  inherited_tags: z.optional(z.nullable(z.array(z.string()))),
});
const GRANTS = z.object({
  data_cell_filters: z.object({
    enabled: z._default(SWITCH, false),
    filters: z.record(
      z.string(),
      z.object({
        row_filter: z.string(),
        column_names: z._default(z.array(z.string()), []),
        principals: z._default(z.array(z.string()), []),
      }),
    ),
  }),
});

type Grants = z.infer<typeof GRANTS>;
type Failures = { Failures?: { LFTag?: LFTagPair; Error?: { ErrorMessage?: string } }[] };

/** A model's `lf_tags_config`. Throws a TsdbtError for one of a wrong shape. */
export function tagsConfig(value: unknown): z.infer<typeof TAGS> {
  return read(TAGS, value, "lf_tags_config");
}

/** A model's `lf_grants`. Throws a TsdbtError for one of a wrong shape. */
export function grantsConfig(value: unknown): Grants {
  return read(GRANTS, value, "lf_grants");
}

function read<T>(schema: z.ZodMiniType<T>, value: unknown, key: string): T {
  const result = schema.safeParse(toData(value));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = [key, ...(issue?.path ?? [])].join(".");
  throw new TsdbtError("TD5470", "Compilation Error", `${at} is not what Lake Formation's configuration has there.`, {
    hint: "See https://docs.getdbt.com/reference/resource-configs/athena-configs#aws-lake-formation-integration",
  });
}

/** Tags, data cell filters and their grants of one table or database in Lake Formation. */
export class LakeFormation {
  private readonly aws: Aws;
  private readonly database: string;
  private readonly table: string;
  constructor(aws: Aws, relation: Relation) {
    this.aws = aws;
    this.database = relation.schema ?? "";
    this.table = relation.identifier ?? "";
  }

  async tagDatabase(tags: { [key: string]: string }): Promise<void> {
    await this.add({ Database: { Name: this.database } }, pairs(tags), this.database);
  }

  /** Makes the table's and its columns' tags those of the config; inherited ones are left alone. */
  async tagTable({ tags, tags_columns, inherited_tags }: z.infer<typeof TAGS>): Promise<void> {
    const { GetResourceLFTagsCommand } = await import("./clients/lake-formation.ts");
    const client = await this.aws.lakeFormation();
    const inherited = new Set(inherited_tags ?? []);
    const resource = { Table: { DatabaseName: this.database, Name: this.table } };
    const existing = await this.aws.guarded("GetResourceLFTags", () =>
      client.send(new GetResourceLFTagsCommand({ Resource: resource })),
    );
    for (const { Name, LFTags = [] } of existing.LFTagsOnColumns ?? []) {
      const stale = LFTags.filter(({ TagKey }) => !inherited.has(TagKey ?? ""));
      if (stale.length > 0) await this.remove(this.columns([Name ?? ""]), stale, `${this.name} column ${Name}`);
    }
    const stale = (existing.LFTagsOnTable ?? []).filter(
      ({ TagKey = "" }) => !Object.hasOwn(tags ?? {}, TagKey) && !inherited.has(TagKey),
    );
    if (stale.length > 0) await this.remove(resource, stale, this.name);
    if (tags && Object.keys(tags).length > 0) await this.add(resource, pairs(tags), this.name);
    for (const [key, values] of Object.entries(tags_columns ?? {})) {
      for (const [value, columns] of Object.entries(values)) {
        await this.add(this.columns(columns), pairs({ [key]: value }), `${this.name} columns ${columns.join(", ")}`);
      }
    }
  }
  private get name(): string {
    return `${this.database}.${this.table}`;
  }
  private columns(ColumnNames: string[]): Resource {
    return { TableWithColumns: { DatabaseName: this.database, Name: this.table, ColumnNames } };
  }
  private async add(Resource: Resource, LFTags: LFTagPair[], name: string): Promise<void> {
    const { AddLFTagsToResourceCommand } = await import("./clients/lake-formation.ts");
    const client = await this.aws.lakeFormation();
    const command = new AddLFTagsToResourceCommand({ Resource, LFTags });
    checkTagged("add", name, await this.aws.guarded("AddLFTagsToResource", () => client.send(command)));
  }
  private async remove(Resource: Resource, LFTags: LFTagPair[], name: string): Promise<void> {
    const { RemoveLFTagsFromResourceCommand } = await import("./clients/lake-formation.ts");
    const client = await this.aws.lakeFormation();
    const wanted = LFTags.map(({ TagKey, TagValues }) => ({ TagKey, TagValues }));
    const command = new RemoveLFTagsFromResourceCommand({ Resource, LFTags: wanted });
    checkTagged("remove", name, await this.aws.guarded("RemoveLFTagsFromResource", () => client.send(command)));
  }

  /** Makes the table's data cell filters those of the config, and who may select through them. */
  async grant(catalogId: string, { data_cell_filters: { filters } }: Grants): Promise<void> {
    const api = await import("./clients/lake-formation.ts");
    const client = await this.aws.lakeFormation();
    const Table = { CatalogId: catalogId, DatabaseName: this.database, Name: this.table };
    const listed = await this.aws.guarded("ListDataCellsFilter", () =>
      client.send(new api.ListDataCellsFilterCommand({ Table })),
    );
    const current = new Map((listed.DataCellsFilters ?? []).map((filter) => [filter.Name ?? "", filter]));
    for (const [Name, { TableCatalogId, DatabaseName, TableName }] of current) {
      if (Object.hasOwn(filters, Name)) continue;
      const command = new api.DeleteDataCellsFilterCommand({ TableCatalogId, DatabaseName, TableName, Name });
      await this.aws.guarded("DeleteDataCellsFilter", () => client.send(command));
    }
    for (const [Name, filter] of Object.entries(filters)) {
      const TableData: DataCellsFilter = {
        TableCatalogId: catalogId,
        DatabaseName: this.database,
        TableName: this.table,
        Name,
        RowFilter: { FilterExpression: filter.row_filter },
        ColumnNames: filter.column_names,
        ColumnWildcard: { ExcludedColumnNames: [] },
      };
      const known = current.get(Name);
      if (!known) {
        const command = new api.CreateDataCellsFilterCommand({ TableData });
        await this.aws.guarded("CreateDataCellsFilter", () => client.send(command));
      } else if (differs(known, TableData)) {
        const command = new api.UpdateDataCellsFilterCommand({ TableData });
        await this.aws.guarded("UpdateDataCellsFilter", () => client.send(command));
      }
      await this.grantFilter(catalogId, Name, filter.principals);
    }
  }
  private async grantFilter(catalogId: string, filter: string, principals: readonly string[]): Promise<void> {
    const api = await import("./clients/lake-formation.ts");
    const client = await this.aws.lakeFormation();
    const DataCellsFilter = {
      TableCatalogId: catalogId,
      DatabaseName: this.database,
      TableName: this.table,
      Name: filter,
    };
    const { PrincipalResourcePermissions = [] } = await this.aws.guarded("ListPermissions", () =>
      client.send(new api.ListPermissionsCommand({ Resource: { DataCellsFilter } })),
    );
    const current = new Set(
      PrincipalResourcePermissions.map(({ Principal }) => Principal?.DataLakePrincipalIdentifier),
    );
    const entries = (names: (string | undefined)[]) =>
      names.map((name, index) => ({
        Id: String(index),
        Principal: { DataLakePrincipalIdentifier: name },
        Resource: { DataCellsFilter },
        Permissions: ["SELECT" as const],
        PermissionsWithGrantOption: [],
      }));
    const revoked = [...current].filter((name) => !principals.includes(name ?? ""));
    if (revoked.length > 0) {
      const command = new api.BatchRevokePermissionsCommand({ CatalogId: catalogId, Entries: entries(revoked) });
      await this.aws.guarded("BatchRevokePermissions", () => client.send(command));
    }
    const granted = principals.filter((name) => !current.has(name));
    if (granted.length > 0) {
      const command = new api.BatchGrantPermissionsCommand({ CatalogId: catalogId, Entries: entries(granted) });
      await this.aws.guarded("BatchGrantPermissions", () => client.send(command));
    }
  }
}

function pairs(tags: { [key: string]: string }): LFTagPair[] {
  return Object.entries(tags).map(([TagKey, value]) => ({ TagKey, TagValues: [value] }));
}

function differs(known: DataCellsFilter, wanted: DataCellsFilter): boolean {
  const text = ({ RowFilter, ColumnNames }: DataCellsFilter) =>
    JSON.stringify([RowFilter?.FilterExpression, [...(ColumnNames ?? [])].sort()]);
  return text(known) !== text(wanted);
}

/** Lake Formation answers such a call as done and names what failed in it. */
function checkTagged(verb: string, name: string, { Failures = [] }: Failures): void {
  if (Failures.length === 0) return;
  const reasons = Failures.map(({ LFTag, Error: error }) => `${LFTag?.TagKey}: ${error?.ErrorMessage}`);
  throw new TsdbtError("TD5471", "Runtime Error", `Failed to ${verb} LF tags to ${name}: ${reasons.join("; ")}`, {
    hint: "The tag and its value must exist in Lake Formation, and the credentials must be allowed to assign them.",
  });
}
