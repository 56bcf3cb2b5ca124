import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AthenaColumn } from "../../../adapters/athena/column.ts";
import { checkCredentials, parseCredentials } from "../../../adapters/athena/credentials.ts";
import { AthenaQueryError, describeCall, isThrottling } from "../../../adapters/athena/errors.ts";
import { plugin } from "../../../adapters/athena/index.ts";
import { tagsConfig } from "../../../adapters/athena/lake-formation.ts";
import { checkMayClear, contains, lies, parseS3 } from "../../../adapters/athena/locations.ts";
import { bucketOf, partitionKeyInQuery, partitionValue } from "../../../adapters/athena/partition-keys.ts";
import { expressionsOf } from "../../../adapters/athena/partitions.ts";
import { prepared, toldStatistics, withComment } from "../../../adapters/athena/statement-text.ts";
import { readerOf } from "../../../adapters/athena/values.ts";
import { PyDict, pyRepr } from "../../../core/jinja/index.ts";
import { createSession } from "./session.ts";

const place = { profile: "shop", target: "dev", projectRoot: "/project" };
const output = {
  type: "athena",
  database: "awsdatacatalog",
  schema: "shop",
  region_name: "eu-west-1",
  s3_staging_dir: "s3://bucket/staging/",
};
const adapter = plugin.create(parseCredentials(output, place), { ...place, threads: 1 });

describe("a profile", () => {
  it("shows templates what dbt-athena shows: the access key, not the secrets", () => {
    const secrets = { aws_access_key_id: "AKIA", aws_secret_access_key: "hush", aws_session_token: "hush" };
    const visible = parseCredentials({ ...output, ...secrets }, place).visible();
    expect(JSON.stringify(visible)).not.toContain("hush");
    expect(visible).toMatchObject({
      aws_access_key_id: "AKIA",
      catalog: "awsdatacatalog",
      database: "awsdatacatalog",
      num_retries: 5,
      poll_interval: 1,
      s3_data_naming: "schema_table_unique",
    });
  });
  it("may call its database a catalog", () => {
    const { database, ...rest } = output;
    expect(parseCredentials({ ...rest, catalog: database }, place).database).toBe("awsdatacatalog");
    expect(() => parseCredentials({ ...output, catalog: "x" }, place)).toThrow("Got duplicate keys");
  });
  it.each([
    [{ s3_data_naming: "tabel" }, "'tabel' is not a valid S3DataNaming"],
    [{ s3_data_dir: "bucket/data" }, "s3_data_dir is no place in S3: bucket/data"],
    [{ s3_staging_dir: null }, "Athena has no place for query results"],
    [{ assume_role_arn: "arn:x", assume_role_duration_seconds: 60 }, "must be between 900 and 43200, got 60"],
  ])("%j is refused before the first call, not while parsing", (more, message) => {
    const credentials = parseCredentials({ ...output, ...more }, place);
    expect(() => checkCredentials(credentials)).toThrow(message);
  });
  it.each([
    [{ region_name: undefined }, "'region_name' is a required property"],
    [{ num_retries: "5" }, "at path ['num_retries']: '5' is not of type 'number'"],
  ])("%j is refused", (more, message) => {
    expect(() => parseCredentials({ ...output, ...more }, place)).toThrow(message);
  });
});

describe("a statement", () => {
  const comment = { text: '{"app": "dbt",\n "node": "x"}', append: false };
  it("has its comment on one line", () => {
    expect(withComment("  select 1", comment)).toBe('-- /* {"app": "dbt",  "node": "x"} */\nselect 1');
    expect(withComment("select 1;", { ...comment, append: true })).toBe(
      'select 1\n-- /* {"app": "dbt",  "node": "x"} */;',
    );
  });
  it.each(["alter table t", "DROP table t", "optimize t", "vacuum t", "msck repair table t"])("%s has none", (sql) => {
    expect(withComment(sql, comment)).toBe(sql);
  });
  it("has no double quotes where Athena takes none", () => {
    expect(prepared('VACUUM "a"."b" ')).toBe("VACUUM a.b");
    expect(prepared('create table "a"\n\n    as select 1')).toBe('create table "a"\nas select 1');
    expect(prepared("select '\n\n    '")).toBe("select '\n\n    '");
  });
  it("may tell of the rows of another one", () => {
    expect(toldStatistics(`SELECT '{"rowcount":3,"data_scanned_in_bytes":7}';`)).toEqual({ rows: 3, bytes: 7 });
    expect(toldStatistics("select rowcount, data_scanned_in_bytes from t")).toBeUndefined();
    expect(toldStatistics("select '{rowcount, data_scanned_in_bytes}'")).toEqual({ rows: -1, bytes: 0 });
  });
});

describe("what may be deleted from S3", () => {
  const credentials = { stagingDir: "s3://bucket/staging/", dataDir: "s3://bucket/data", tmpTableDir: null };
  it.each([
    ["s3://bucket", "it is a whole bucket."],
    ["s3://bucket/", "it is a whole bucket."],
    ["s3://bucket//", "it is a whole bucket."],
    ["s3://bucket/staging", "it holds the profile's s3_staging_dir"],
    ["s3://bucket/data/", "it holds the profile's s3_data_dir"],
    ["bucket/x", "is no place in S3"],
  ])("%s is not", (path, reason) => {
    expect(() => checkMayClear(path, credentials)).toThrow(reason);
  });
  it("is a table's folder, and no other that begins like it", () => {
    expect(checkMayClear("s3://bucket/data/shop/orders", credentials)).toEqual({
      bucket: "bucket",
      prefix: "data/shop/orders/",
    });
    expect(lies("s3://bucket/data/shop/orders_old", parseS3("s3://bucket/data/shop/orders"))).toBe(false);
    expect(lies("s3://bucket/data/shop/orders/day=1", parseS3("s3://bucket/data/shop/orders"))).toBe(true);
    expect(lies("jdbc:somewhere", parseS3("s3://bucket/data"))).toBe(false);
  });
  it("holds for any folders: one contains another if and only if its parts begin the other's", () => {
    const parts = fc.array(fc.constantFrom("a", "b", "ab"), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (outer, inner) => {
        const path = (names: string[]) => parseS3(["s3://bucket", ...names].join("/"));
        expect(contains(path(outer), path(inner))).toBe(outer.every((name, i) => inner[i] === name));
      }),
    );
  });
});

describe("partitions", () => {
  it("are described in as few expressions as fit", () => {
    expect(expressionsOf(["a=1", "a=2"])).toEqual(["(a=1) or (a=2)"]);
    const many = Array.from({ length: 300 }, (_, i) => `day='2020-01-${i}'`);
    const expressions = expressionsOf(many);
    expect(expressions.every((one) => one.length <= 2048)).toBe(true);
    expect(expressions.join(" or ")).toBe(many.map((one) => `(${one})`).join(" or "));
    expect(() => expressionsOf(["x".repeat(2048)])).toThrow("exceeds the Glue API expression limit of 2048");
  });
  it("are named in queries by what Iceberg makes them of", () => {
    expect(partitionKeyInQuery("day(At)")).toBe("date_trunc('day', at)");
    expect(partitionKeyInQuery("bucket(Id, 5)")).toBe("id");
    expect(partitionKeyInQuery("Region")).toBe("region");
  });
  it("have their values as literals", () => {
    expect(partitionValue(null, "string")).toEqual(["null", " is "]);
    expect(partitionValue("it's", "string")).toEqual(["'it''s'", "="]);
    expect(() => partitionValue(1, "boolean")).toThrow("Unsupported column type: boolean");
  });
  it.each([
    [0, 12],
    [1, 4],
    [34, 3],
    [-5, 14],
    [2 ** 40, 2],
    ["", 0],
    ["a", 2],
    ["iceberg", 9],
    ["Ünïcode", 6],
    ["12345", 3],
    ["123456", 8],
  ])("%j is in bucket %d of 16, as MurmurHash3 has it", (value, bucket) => {
    expect(bucketOf(value, 16)).toBe(bucket);
  });
});

describe("a value of Athena's", () => {
  it.each([
    ["bigint", "9223372036854775807", "9223372036854775807"],
    ["double", "1.0E7", "10000000.0"],
    ["decimal", "1.50", "'1.50'"],
    ["boolean", "false", "False"],
    ["date", "2020-02-29", "datetime.date(2020, 2, 29)"],
    ["timestamp", "2020-01-01 10:00:00.123", "datetime.datetime(2020, 1, 1, 10, 0, 0, 123000)"],
    [
      "timestamp with time zone",
      "2020-07-01 10:00:00.000 Europe/Paris",
      "datetime.datetime(2020, 7, 1, 10, 0, tzinfo=datetime.timezone(datetime.timedelta(seconds=7200)))",
    ],
    ["timestamp", "+12020-01-01 00:00:00", "'+12020-01-01 00:00:00'"],
    ["array", "[a, [b, c], {k=v}]", "['a', ['b', 'c'], {'k': 'v'}]"],
    ["row", "{a=1, b={c=2}}", "{'a': '1', 'b': {'c': '2'}}"],
    ["varbinary", "68 69", "b'hi'"],
    ["varchar", "x", "'x'"],
  ])("%s %s", (type, text, expected) => {
    expect(pyRepr(readerOf(type)(text))).toBe(expected);
  });
});

describe("columns and relations", () => {
  const column = (dtype: string, kind: "table" | "iceberg_table" = "table") =>
    new AthenaColumn({ name: "c", dtype, charSize: null, numericPrecision: null, numericScale: null }, kind);
  it.each([
    ["string", "varchar"],
    ["array<string>", "array(varchar)"],
    ["array<array<timestamp>>", "array(array(timestamp))"],
    ["binary", "varbinary"],
    ["decimal(10,2)", "decimal(10,2)"],
    ["int", "int"],
  ])("%s is %s in queries", (dtype, type) => {
    expect(column(dtype).dataType).toBe(type);
  });
  it("Iceberg's timestamps are exact to the microsecond", () => {
    expect(column("timestamp", "iceberg_table").dataType).toBe("timestamp(6)");
  });
  it("have Hive's names in DDL", async () => {
    const session = createSession(adapter, null);
    const render = (text: string) =>
      session.render(`{% set r = adapter.Relation.create(database="d", schema="s", identifier="t") %}${text}`);
    expect(await render("{{ r }} {{ r.render_hive() }} {{ r.render_pure() }}")).toBe('"d"."s"."t" `s`.`t` d.s.t');
  });
});

describe("errors", () => {
  const credentials = parseCredentials(output, place);
  const failed = (name: string, message: string) =>
    Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
  it.each([
    ["AccessDeniedException", "no", "GetTable", "may not call GetTable"],
    ["InvalidRequestException", "WorkGroup x is not found.", "StartQueryExecution", "Check work_group"],
    ["NoSuchBucket", "The specified bucket does not exist", "ListObjectsV2", "The bucket does not exist"],
    ["PermanentRedirect", "use the other endpoint", "ListObjectsV2", "another region than region_name (eu-west-1)"],
    ["ExpiredTokenException", "expired", "GetTable", "have expired"],
    ["UnrecognizedClientException", "invalid token", "GetTable", "does not know these credentials"],
    ["InvalidRequestException", "No output location provided.", "StartQueryExecution", "Set s3_staging_dir"],
    ["ResourceNumberLimitExceededException", "Number of TABLE_VERSION", "UpdateTable", "versions_to_keep"],
    ["InvalidRequestException", "length less than or equal to 262144", "StartQueryExecution", "256 KiB"],
  ])("%s %s says what to do", (name, message, operation, hint) => {
    const error = describeCall(failed(name, message), operation, credentials);
    expect(error.message).toBe(`An error occurred (${name}) when calling the ${operation} operation: ${message}`);
    expect(error.details.hint).toContain(hint);
  });
  it("tell when to ask again", () => {
    expect(isThrottling(describeCall(failed("ThrottlingException", "slow"), "GetTable", credentials))).toBe(true);
    expect(isThrottling(describeCall(failed("AccessDenied", "no"), "GetTable", credentials))).toBe(false);
  });
  it("of a query name its line in the model, its id and where to look at it", () => {
    const query = {
      id: "q-1",
      message: "SYNTAX_ERROR: line 3:8: Column 'x' cannot be resolved",
      category: 2,
      type: 1006,
      retryable: false,
      cancelled: false,
    };
    const error = new AthenaQueryError(query, "select\n x", 1, "eu-west-1");
    expect(error.details.span).toEqual({ line: 2, column: 8 });
    expect(error.details.hint).toContain("Query q-1 (error type 1006, user error): https://eu-west-1.console.aws");
  });
});

describe("lf_tags_config", () => {
  it.each([true, "yes", "True", "1"])("is on by %o, as pydantic reads it", (enabled) => {
    expect(tagsConfig(PyDict.from({ enabled })).enabled).toBe(true);
  });
  it("is off where it does not say", () => {
    expect(tagsConfig(PyDict.from({})).enabled).toBe(false);
  });
  it("tells what it cannot read", () => {
    expect(() => tagsConfig(PyDict.from({ enabled: "perhaps" }))).toThrow("lf_tags_config.enabled is not what");
  });
});
