import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Table } from "../../core/agate/table.ts";
import { TsdbtError } from "../../core/errors.ts";
import type { Relation } from "../relation.ts";
import { createRelation } from "../relation-create.ts";
import type { Aws } from "./aws.ts";
import { type AthenaCredentials, DATA_NAMINGS, isNaming } from "./credentials.ts";
import { type Glue, isS3Tables, keyOf } from "./glue.ts";
import { checkMayClear, lies, otherTable, parseS3, type S3Place } from "./locations.ts";
import { AthenaRelation } from "./relation.ts";

/** Objects that one call deletes at most. */
const DELETE_LIMIT = 1000;
/** A folder that is made for one table alone. */
const UNIQUE = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Codes of objects that could not be deleted just then. */
const RETRIED = new Set(["SlowDown", "InternalError", "ServiceUnavailable", "OperationAborted"]);

/** What decides where a table's data goes; what is null is not said. */
export interface LocationChoice {
  dataDir: string | null;
  dataNaming: string | null;
  tmpTableDir: string | null;
  externalLocation: string | null;
  temporary: boolean;
}

/** Tables' data in S3: where it goes, and how it is cleared. */
export class Storage {
  private readonly aws: Aws;
  private readonly credentials: AthenaCredentials;
  private readonly glue: Glue;
  /** Places that were made out for tables of this run, whether they came to be or not. */
  private readonly planned = new Map<string, Relation>();
  constructor(aws: Aws, credentials: AthenaCredentials, glue: Glue) {
    this.aws = aws;
    this.credentials = credentials;
    this.glue = glue;
  }

  /** Where a table's data is to go. */
  locationFor(relation: Relation, choice: LocationChoice): string {
    const { externalLocation, temporary } = choice;
    if (externalLocation && !temporary) {
      const location = externalLocation.replace(/\/+$/, "");
      this.planned.set(location, relation);
      return location;
    }
    const naming = choice.dataNaming ?? this.credentials.dataNaming;
    if (!isNaming(naming)) {
      throw new TsdbtError("TD5452", "Runtime Error", `'${naming}' is not a valid S3DataNaming`, {
        hint: `s3_data_naming is one of ${DATA_NAMINGS.join(", ")}.`,
      });
    }
    const name = (relation as AthenaRelation).fields.s3PathTablePart ?? relation.identifier ?? "";
    const parts = [this.tableRoot(choice).replace(/\/+$/, "")];
    if (naming.startsWith("schema_")) parts.push(relation.schema ?? "");
    if (naming !== "unique") parts.push(name);
    if (naming.endsWith("unique")) parts.push(randomUUID());
    const location = parts.join("/");
    this.planned.set(location, relation);
    return location;
  }
  private tableRoot({ dataDir, tmpTableDir, temporary }: LocationChoice): string {
    const tmp = tmpTableDir || this.credentials.tmpTableDir;
    if (tmp && temporary) return tmp;
    if (dataDir !== null) return dataDir;
    const { stagingDir } = this.credentials;
    if (stagingDir !== null) return `${stagingDir.replace(/\/+$/, "")}/tables`;
    throw new TsdbtError("TD5453", "Runtime Error", "There is no place for the tables' data.", {
      hint: "Add s3_data_dir (or s3_staging_dir) to the profile: s3://bucket/folder/.",
    });
  }

  /** Deletes what lies at a location. `owners` are the relations whose data that may be. */
  async clear(path: string, owners: readonly Relation[] = []): Promise<void> {
    await this.clearAll([path], owners);
  }
  async clearAll(paths: readonly string[], owners: readonly Relation[] = []): Promise<void> {
    const places = paths.map((path) => checkMayClear(path, this.credentials));
    for (const [i, place] of places.entries()) {
      await this.lookAround(paths[i]!);
      const other = await this.otherTableAt(place, owners);
      if (other) throw otherTable(paths[i]!, other.name, other.location);
    }
    const client = await this.aws.s3();
    for (const [bucket, group] of groupByBucket(places)) {
      let keys: string[] = [];
      for (const { prefix } of group) {
        for await (const page of this.listed(client, bucket, prefix)) {
          keys.push(...page);
          while (keys.length >= DELETE_LIMIT) {
            await this.deleteKeys(client, bucket, keys.slice(0, DELETE_LIMIT));
            keys = keys.slice(DELETE_LIMIT);
          }
        }
      }
      if (keys.length > 0) await this.deleteKeys(client, bucket, keys);
    }
  }
  /** Learns where the tables of a schema lie by now, before a folder is cleared that is not one table's alone. */
  private async lookAround(path: string): Promise<void> {
    const relation = UNIQUE.test(path) ? undefined : this.planned.get(path);
    if (relation) await this.glue.tables(relation.database, relation.schema ?? "");
  }
  /** A table that lies at a place or within it. Glue is asked again: those seen there may have been renamed or moved since. */
  private async otherTableAt(
    place: S3Place,
    owners: readonly Relation[],
  ): Promise<{ name: string; location: string } | undefined> {
    const own = new Set(owners.map(({ database, schema, identifier }) => keyOf(database, schema, identifier)));
    const seen = [...this.glue.locations].map(([key, location]) => {
      const [database, schema, identifier] = key.split("\0") as [string, string, string];
      return [location, createRelation(AthenaRelation, { database, schema, identifier })] as const;
    });
    for (const [there, relation] of [...seen, ...this.planned]) {
      const { database, schema, identifier } = relation;
      if (own.has(keyOf(database, schema, identifier)) || !lies(there, place)) continue;
      const location = (await this.glue.table(relation))?.StorageDescriptor?.Location;
      if (location && lies(location, place)) return { name: `${schema}.${identifier}`, location };
    }
    return undefined;
  }
  private async *listed(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<string[]> {
    const { paginateListObjectsV2 } = await import("./clients/s3.ts");
    const pages = paginateListObjectsV2({ client }, { Bucket, Prefix })[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.aws.guarded("ListObjectsV2", () => pages.next());
      if (done) return;
      yield (value.Contents ?? []).map(({ Key }) => Key!);
    }
  }
  /** Deletes objects; those that S3 is too busy for again, with growing pauses. */
  private async deleteKeys(client: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
    const { DeleteObjectsCommand } = await import("./clients/s3.ts");
    let left = [...keys];
    for (let attempt = 0; ; attempt++) {
      const command = new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: left.map((Key) => ({ Key })), Quiet: true },
      });
      const { Errors = [] } = await this.aws.guarded("DeleteObjects", () => client.send(command));
      if (Errors.length === 0) return;
      const busy = Errors.every(({ Code }) => RETRIED.has(Code ?? ""));
      if (!busy || attempt >= this.credentials.clientRetries) throw notDeleted(bucket, Errors);
      left = Errors.map(({ Key }) => Key!);
      await pause(Math.random() * Math.min(2 ** attempt, 20) * 1000);
    }
  }

  /** Deletes what a failed CREATE TABLE AS wrote: its folder was made for that table alone, and no table of that name lies there. */
  async clearFailed(statement: string): Promise<void> {
    const found = [...this.planned].find(([location]) => UNIQUE.test(location) && statement.includes(`'${location}'`));
    if (!found) return;
    const [location, relation] = found;
    const standing = await this.glue.location(relation);
    if (standing !== null && parseS3(standing).prefix === parseS3(location).prefix) return;
    await this.clear(location, [relation]);
  }
  /** Deletes a table's data; views and tables that are not there have none. What is another table's data as well stays. */
  async clearTable(relation: Relation): Promise<void> {
    const location = isS3Tables(relation.database) ? null : await this.glue.location(relation);
    if (location === null) return;
    const { bucket, prefix } = parseS3(location);
    const sharing = await this.otherTableAt({ bucket, prefix }, [relation]);
    if (sharing && parseS3(sharing.location).prefix === prefix) return;
    await this.clear(location, [relation]);
  }

  /** Puts a seed's rows where a table can read them; answers the folder. */
  async uploadSeed(location: string, name: string, table: Table, more: { [key: string]: unknown }): Promise<void> {
    const { PutObjectCommand } = await import("./clients/s3.ts");
    const client = await this.aws.s3();
    const { bucket, prefix } = parseS3(location);
    const command = new PutObjectCommand({
      ...more,
      Bucket: bucket,
      Key: `${prefix}${name}.csv`,
      Body: Buffer.from(csvOf(table)),
    });
    await this.aws.guarded("PutObject", () => client.send(command));
  }
}

function groupByBucket(places: readonly S3Place[]): Map<string, S3Place[]> {
  const groups = new Map<string, S3Place[]>();
  for (const place of places) groups.set(place.bucket, [...(groups.get(place.bucket) ?? []), place]);
  return groups;
}

function notDeleted(bucket: string, errors: readonly { Key?: string; Code?: string; Message?: string }[]): TsdbtError {
  const [first] = errors;
  return new TsdbtError(
    "TD5454",
    "Runtime Error",
    `Failed to delete ${errors.length} object(s) from S3 bucket '${bucket}': ` +
      `${first?.Key}: ${first?.Code}${first?.Message ? ` (${first.Message})` : ""}`,
    { hint: first?.Code === "AccessDenied" ? "The credentials lack s3:DeleteObject on this bucket." : undefined },
  );
}

/** Every field in quotes, as Python's csv writes texts. */
function csvOf(table: Table): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const types = table.columnTypes;
  const lines = table.rows.map((row) => row.values.map((value, i) => quoted(types[i]!.toCsv(value))).join(","));
  return [table.columnNames.map(quoted).join(","), ...lines, ""].join("\n");
}
