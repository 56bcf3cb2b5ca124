import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { TsdbtError } from "../../core/errors.ts";
import type { Credentials } from "../adapter.ts";
import { type ProfilePlace, parseOutput, profileError, unknownKeys } from "../credentials.ts";

const text = z.optional(z.nullable(z.string()));
const flag = z.optional(z.nullable(z.boolean()));
const number = z.optional(z.nullable(z.number()));
const integer = z.optional(z.nullable(z.int()));

/** Keys of a profile's output. https://docs.getdbt.com/docs/core/connect-data-platform/athena-setup */
const SCHEMA = z.object({
  type: z.string(),
  database: z.string(),
  schema: z.string(),
  region_name: z.string(),
  s3_staging_dir: text,
  s3_data_dir: text,
  s3_data_naming: text,
  s3_tmp_table_dir: text,
  endpoint_url: text,
  work_group: text,
  skip_workgroup_check: flag,
  aws_profile_name: text,
  aws_access_key_id: text,
  aws_secret_access_key: text,
  aws_session_token: text,
  assume_role_arn: text,
  assume_role_external_id: text,
  assume_role_session_name: text,
  assume_role_duration_seconds: integer,
  poll_interval: number,
  debug_query_state: flag,
  num_retries: integer,
  num_boto3_retries: integer,
  num_iceberg_retries: integer,
  spark_work_group: text,
  seed_s3_upload_args: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
  lf_tags_database: z.optional(z.nullable(z.record(z.string(), z.string()))),
  connection_manager: text,
  /** Minutes for which the result of an equal query is taken again. */
  result_reuse_max_age: integer,
});

const KNOWN = [...Object.keys(SCHEMA.shape), "catalog", "threads"];

/** How the folder of a table's data is named. */
export const DATA_NAMINGS = ["unique", "table", "table_unique", "schema_table", "schema_table_unique"] as const;
export type DataNaming = (typeof DATA_NAMINGS)[number];

/** dbt-athena's defaults, in the order in which `target` and `debug` show them: the two other secrets are not among them. */
const SHOWN: { readonly [key: string]: unknown } = {
  assume_role_arn: null,
  assume_role_duration_seconds: 3600,
  assume_role_external_id: null,
  assume_role_session_name: "dbt-athena",
  aws_access_key_id: null,
  aws_profile_name: null,
  connection_manager: "api",
  database: null,
  debug_query_state: false,
  endpoint_url: null,
  lf_tags_database: null,
  num_boto3_retries: null,
  num_iceberg_retries: 3,
  num_retries: 5,
  poll_interval: 1,
  region_name: null,
  s3_data_dir: null,
  s3_data_naming: "schema_table_unique",
  s3_staging_dir: null,
  s3_tmp_table_dir: null,
  schema: null,
  seed_s3_upload_args: null,
  skip_workgroup_check: false,
  spark_work_group: null,
  work_group: null,
};

/** A profile's output for Athena, checked. */
export interface AthenaCredentials extends Credentials {
  /** The data catalog. */
  database: string;
  region: string;
  stagingDir: string | null;
  tmpTableDir: string | null;
  dataDir: string | null;
  /** One of {@link DATA_NAMINGS}, once {@link checkCredentials} has seen it. */
  dataNaming: string;
  endpointUrl: string | null;
  workGroup: string | null;
  skipWorkGroupCheck: boolean;
  awsProfile: string | null;
  accessKeyId: string | null;
  secretAccessKey: string | null;
  sessionToken: string | null;
  assumeRole: { arn: string; externalId: string | null; sessionName: string; seconds: number } | null;
  /** Seconds between two questions for a query's state, at most. */
  pollInterval: number;
  /** How often a call is tried again that Athena throttled. */
  retries: number;
  /** How often the clients try a call of any service again. */
  clientRetries: number;
  icebergRetries: number;
  lfTagsDatabase: { [key: string]: string } | null;
  resultReuseMinutes: number | null;
  notices: string[];
}

/** Checks a profile's output for Athena. Throws a TsdbtError of kind "Profile Error". */
export function parseCredentials(output: { [key: string]: unknown }, place: ProfilePlace): AthenaCredentials {
  const { catalog, ...rest } = output;
  if (catalog !== undefined && output.database !== undefined) {
    throw profileError(
      place,
      'Got duplicate keys: (catalog) all map to "database"',
      "`catalog` is another name of `database`: keep one of them.",
    );
  }
  const given = parseOutput(SCHEMA, catalog === undefined ? rest : { ...rest, database: catalog }, place);
  const values = given as { [key: string]: unknown };
  const shown = Object.fromEntries(Object.entries(SHOWN).map(([key, dflt]) => [key, values[key] ?? dflt]));
  const visible = { ...shown, catalog: given.database };
  const retries = given.num_retries ?? 5;
  const unique = given.s3_staging_dir ?? given.s3_data_dir ?? given.work_group ?? "primary";
  return {
    type: "athena",
    database: given.database,
    schema: given.schema,
    threads: 1,
    region: given.region_name,
    stagingDir: given.s3_staging_dir ?? null,
    dataDir: given.s3_data_dir ?? null,
    tmpTableDir: given.s3_tmp_table_dir ?? null,
    dataNaming: given.s3_data_naming ?? "schema_table_unique",
    endpointUrl: given.endpoint_url ?? null,
    workGroup: given.work_group ?? null,
    skipWorkGroupCheck: given.skip_workgroup_check ?? false,
    awsProfile: given.aws_profile_name ?? null,
    accessKeyId: given.aws_access_key_id ?? null,
    secretAccessKey: given.aws_secret_access_key ?? null,
    sessionToken: given.aws_session_token ?? null,
    assumeRole: given.assume_role_arn
      ? {
          arn: given.assume_role_arn,
          externalId: given.assume_role_external_id ?? null,
          sessionName: given.assume_role_session_name ?? "dbt-athena",
          seconds: given.assume_role_duration_seconds ?? 3600,
        }
      : null,
    pollInterval: given.poll_interval ?? 1,
    retries,
    clientRetries: given.num_boto3_retries || retries,
    icebergRetries: given.num_iceberg_retries ?? 3,
    lfTagsDatabase: given.lf_tags_database ?? null,
    resultReuseMinutes: given.result_reuse_max_age ?? null,
    notices: misspelt(output),
    visible: () => visible,
    uniqueField: () => `athena-${createHash("md5").update(unique).digest("hex")}`,
  };
}

/** What is wrong with the values, asked before the first call: parsing a project needs none of them. */
export function checkCredentials(credentials: AthenaCredentials): void {
  const { dataNaming, stagingDir, dataDir, tmpTableDir, workGroup, assumeRole } = credentials;
  const wrong = (message: string, hint: string) => new TsdbtError("TD5420", "Profile Error", message, { hint });
  if (!isNaming(dataNaming)) {
    throw wrong(`'${dataNaming}' is not a valid S3DataNaming`, `s3_data_naming is one of ${DATA_NAMINGS.join(", ")}.`);
  }
  const places = { s3_staging_dir: stagingDir, s3_data_dir: dataDir, s3_tmp_table_dir: tmpTableDir };
  for (const [key, value] of Object.entries(places)) {
    if (value !== null && !/^s3:\/\/[^/]/.test(value)) {
      throw wrong(`${key} is no place in S3: ${value}`, `Write ${key}: s3://bucket/folder/`);
    }
  }
  if (stagingDir === null && workGroup === null) {
    throw wrong(
      "Athena has no place for query results: neither s3_staging_dir nor work_group is set.",
      "Add s3_staging_dir: s3://bucket/folder/, or a work_group that has an output location.",
    );
  }
  if (assumeRole && (assumeRole.seconds < 900 || assumeRole.seconds > 43_200)) {
    throw wrong(
      `assume_role_duration_seconds must be between 900 and 43200, got ${assumeRole.seconds}`,
      "AWS gives credentials of a role for 15 minutes to 12 hours.",
    );
  }
}

export function isNaming(value: unknown): value is DataNaming {
  return DATA_NAMINGS.includes(value as DataNaming);
}

function misspelt(output: { [key: string]: unknown }): string[] {
  return unknownKeys(output, KNOWN)
    .filter(({ near }) => near !== undefined)
    .map(({ key, near }) => `The profile's key '${key}' is not known: did you mean '${near}'?`);
}
