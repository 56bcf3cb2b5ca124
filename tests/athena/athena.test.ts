import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AthenaStandIn, startAthena } from "../services/athena/start.ts";
import { discardProjects } from "../support/project.ts";
import { type Run, tsdbt, tsdbtBeside } from "../support/tsdbt.ts";
import { Look } from "./look.ts";
import { type Output, projectAt } from "./projects.ts";

let at: AthenaStandIn;
let look: Look;

beforeAll(async () => {
  at = await startAthena();
  look = new Look(at);
});
afterAll(discardProjects);

function projectOf(schema: string, files: { [path: string]: string }, more: Output = {}): string {
  return projectAt(at, schema, files, more);
}

function environment(root: string): { [name: string]: string } {
  return { ...at.env, DBT_PROFILES_DIR: root };
}

function run(root: string, args: string[], env: { [name: string]: string } = {}): Run {
  return tsdbt(root, args, { ...environment(root), ...env });
}

/** Statements of the last run, on one line each. */
async function statements(): Promise<string[]> {
  return (await at.calls())
    .filter(({ action }) => action === "StartQueryExecution")
    .map(({ detail }) =>
      detail
        .replace(/^-- [^\n]*\n/, "")
        .replace(/\s+/g, " ")
        .trim(),
    );
}

describe("a table while it is rebuilt", () => {
  const model = "{{ config(materialized='table') }} select 1 as id";
  it("is there all the time: the new one takes its place in Glue", async () => {
    const root = projectOf("rebuilt", { "models/a.sql": model });
    expect(run(root, ["run"]).code).toBe(0);
    await at.reset();
    expect(run(root, ["run"]).code).toBe(0);
    const deleted = (await at.calls()).filter(({ action }) => action === "DeleteTable").map(({ detail }) => detail);
    expect(deleted.map((input) => (JSON.parse(input) as { Name: string }).Name)).toEqual(["a__ha"]);
    expect(await look.orphans("rebuilt", "rebuilt/")).toEqual([]);
  });
  it("stays as it was where the query fails", async () => {
    const root = projectOf("rebuilt", { "models/a.sql": model.replace("1 as id", "1 / 0 as id") });
    const failed = run(root, ["run"]);
    expect(failed.text).toContain("DIVISION_BY_ZERO");
    expect(failed.text).toMatch(/Query [0-9a-f-]{36} \(error type \d+, user error\): https:\/\/us-east-1\.console/);
    expect(await look.rows("select id from a", "rebuilt")).toEqual([["1"]]);
    expect(await look.orphans("rebuilt", "rebuilt/")).toEqual([]);
  });
});

describe("a table that two runs build at once", () => {
  const model = (config: string) =>
    `{{ config(materialized='table'${config}) }} select n as id, n % 3 as part from unnest(sequence(1, 3000)) as t (n)`;
  it.each([
    ["Hive", ""],
    ["Hive, partitioned", ", partitioned_by=['part']"],
    ["Iceberg", ", table_type='iceberg'"],
  ])("keeps all its rows (%s)", async (_what, config) => {
    const schema = `twice_${Buffer.from(config).toString("hex").slice(-12)}`;
    const [one, other] = [1, 2].map(() => projectOf(schema, { "models/a.sql": model(config) })) as [string, string];
    expect(run(one, ["run"]).code).toBe(0);
    for (let round = 0; round < 3; round++) {
      const done = await Promise.all([one, other].map((root) => tsdbtBeside(root, ["run"], environment(root))));
      for (const { code, text } of done)
        if (code !== 0) expect(text).toMatch(/already exists|does not exist|not found|COMMIT/i);
      expect(await look.rows("select count(*), count(distinct id) from a", schema)).toEqual([["3000", "3000"]]);
    }
    expect(run(one, ["run"]).code).toBe(0);
    expect(await look.orphans(schema, `${schema}/`)).toEqual([]);
    expect((await look.tables(schema)).map(({ Name }) => Name)).toEqual(["a"]);
  });
});

describe("a run that finds what another one is building", () => {
  const files = (steps: string) => ({
    "macros/steps.sql": `{% macro steps() %}
      {% set m = api.Relation.create(database='awsdatacatalog', schema=target.schema, identifier='m', type='table') %}
      {% set beside = api.Relation.create(database='awsdatacatalog', schema=target.schema, identifier='m__ha', type='table') %}
      ${steps}
    {% endmacro %}`,
    "models/m.sql": "{{ config(materialized='table') }} select 1 as id",
  });
  const fresh = (schema: string) =>
    `{% do run_query("create table " ~ target.schema ~ ".m__ha with (table_type='hive', is_external=true, external_location='s3://${at.bucket}/${schema}/fresh', format='parquet') as select 2 as id") %}`;
  const clear = "{% do adapter.announce_clearing(beside, m) %}{% do adapter.clean_up_table(beside) %}";
  const swap = "{% do adapter.swap_table(beside, m) %}";

  it("leaves the data that is shown already", async () => {
    const root = projectOf("found", files(fresh("found") + swap + clear));
    expect(run(root, ["run"]).code).toBe(0);
    expect(run(root, ["run-operation", "steps"]).text).not.toContain("Error");
    expect(await look.rows("select id from m", "found")).toEqual([["2"]]);
  });
  it.each([
    ["is deleted", clear],
    ["is about to be deleted", "{% do adapter.announce_clearing(beside, m) %}"],
    ["is another one's by now", `${clear}{% do adapter.delete_from_glue_catalog(beside) %}`],
  ])("or makes it show the old rows, where the new data %s", async (what, clearing) => {
    const schema = `lost_${what.length}`;
    const root = projectOf(schema, files(fresh(schema) + clearing + swap));
    expect(run(root, ["run"]).code).toBe(0);
    expect(run(root, ["run-operation", "steps"]).text).toMatch(/Another run cleared the new data|does not exist/);
    expect(await look.rows("select id from m", schema)).toEqual([["1"]]);
    expect(run(root, ["run"]).code).toBe(0);
    expect(await look.rows("select id from m", schema)).toEqual([["1"]]);
    expect(await look.orphans(schema, `${schema}/`)).toEqual([]);
    expect((await look.tables(schema)).map(({ Name }) => Name)).toEqual(["m"]);
  });
});

describe("what may not be deleted", () => {
  it.each([
    ["the bucket", "''", "it is a whole bucket"],
    ["the staging directory", "'staging'", "it holds the profile's s3_staging_dir"],
    ["the folder of all tables", "'guarded'", "it holds the profile's s3_data_dir"],
  ])("is %s", async (_what, folder, message) => {
    const root = projectOf("guarded", {
      "models/a.sql": `{{ config(materialized='table', external_location='s3://${at.bucket}/' ~ ${folder}) }} select 1 as id`,
    });
    const before = (await look.keys("")).length;
    expect(run(root, ["run"]).text).toContain(message);
    expect((await look.keys("")).length).toBeGreaterThanOrEqual(before);
  });
  it("is a folder that another table lies in", async () => {
    const inner = `s3://${at.bucket}/elsewhere/nested`;
    const root = projectOf("guarded", {
      "models/nested.sql": `{{ config(materialized='table', external_location='${inner}') }} select 1 as id`,
      "models/outer.sql": `-- depends_on: {{ ref('nested') }}
        {{ config(materialized='table', external_location='s3://${at.bucket}/elsewhere') }} select 2 as id`,
    });
    const result = run(root, ["run"]);
    expect(result.text).toContain("the table guarded.nested lies there");
    expect(await look.rows("select id from nested", "guarded")).toEqual([["1"]]);
  });
});

describe("what AWS does at times", () => {
  const files = { "models/a.sql": "{{ config(materialized='table') }} select 1 as id" };
  const cases = [
    {
      what: "throttles queries",
      rule: {
        service: "athena",
        action: "StartQueryExecution",
        refuse: true,
        code: "TooManyRequestsException",
        times: 2,
      },
    },
    {
      what: "throttles questions for a query's state",
      rule: { service: "athena", action: "GetQueryExecution", code: "ThrottlingException", times: 3 },
    },
    { what: "throttles Glue", rule: { service: "glue", action: "GetTable", code: "ThrottlingException", times: 2 } },
    {
      what: "is slow to delete",
      rule: { service: "s3", action: "DeleteObjects", code: "SlowDown", status: 503, times: 2 },
    },
  ];
  it.each(cases)("$what: the run waits", async ({ rule }) => {
    const root = projectOf("busy", files);
    expect(run(root, ["run"]).code).toBe(0);
    await at.reset();
    await at.fail({ when: "before", ...rule });
    const again = run(root, ["run"]);
    await at.reset();
    expect(again.code, again.text).toBe(0);
  });
  it("lets another commit to an Iceberg table come first: the statement is sent again", async () => {
    const model = `{{ config(materialized='incremental', table_type='iceberg', incremental_strategy='merge', unique_key='id') }} select 1 as id`;
    const root = projectOf("busy", { "models/m.sql": model });
    expect(run(root, ["run"]).code).toBe(0);
    await at.reset();
    await at.fail({
      when: "before",
      action: "StartQueryExecution",
      detail: "merge into",
      code: "ICEBERG_COMMIT_ERROR",
      message: "ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table",
      errorType: 233,
    });
    const again = run(root, ["run"]);
    expect(again.code, again.text).toBe(0);
    expect((await statements()).filter((sql) => sql.startsWith("merge into"))).toHaveLength(2);
    await at.reset();
  });
  it("has more partitions than one statement may write", async () => {
    const model = `{{ config(materialized='table', partitioned_by=['day']) }}
      select n as id, date_add('day', n, date '2024-01-01') as day from unnest(sequence(1, 120)) as t (n)`;
    const root = projectOf("many", { "models/days.sql": model });
    const built = run(root, ["run"]);
    expect(built.code, built.text).toBe(0);
    expect(await look.rows("select count(*), count(distinct day) from days", "many")).toEqual([["120", "120"]]);
    expect(await look.orphans("many", "many/")).toEqual([]);
  });
});

describe("external tables of sources", () => {
  const source = (columns: string) => `
sources:
  - name: feed
    schema: feed
    tables:
      - name: prices
        external:
          location: s3://${at.bucket}/feed/prices/
          row_format: serde 'org.openx.data.jsonserde.JsonSerDe'
          partitions:
            - { name: day, data_type: string, projection: { type: date, range: '2024-01-01,2024-01-03', format: yyyy-MM-dd } }
        columns: [${columns}]
`;
  it("are made, made anew where they changed, and read by days that nobody listed", async () => {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    for (const [day, id] of [
      ["2024-01-01", 1],
      ["2024-01-02", 2],
    ] as const) {
      const Key = `feed/prices/day=${day}/a.json`;
      await look.s3.send(
        new PutObjectCommand({ Bucket: at.bucket, Key, Body: Buffer.from(`{"id": ${id}, "price": 1.5}`) }),
      );
    }
    const stage = (columns: string) => {
      const root = projectOf("external", { "models/sources.yml": source(columns) });
      return run(root, ["run-operation", "stage_external_sources"]);
    };
    const made = stage("{ name: id, data_type: int }");
    expect(made.code, made.text).toBe(0);
    expect(made.text).toContain("was made");
    expect(stage("{ name: id, data_type: int }").text).toContain("is as it should be");
    expect(stage("{ name: id, data_type: int }, { name: price, data_type: double }").text).toContain("was made anew");
    expect(await look.rows("select id, price, day from prices order by 1", "feed")).toEqual([
      ["1", "1.5", "2024-01-01"],
      ["2", "1.5", "2024-01-02"],
    ]);
  });
});

describe("clone", () => {
  it("makes views of another state's tables", async () => {
    const files = { "models/a.sql": "{{ config(materialized='table') }} select 1 as id" };
    const made = projectOf("cloned_from", files);
    expect(run(made, ["run"]).code).toBe(0);
    const root = projectOf("cloned", files);
    const cloned = run(root, ["clone", "--state", join(made, "target")]);
    expect(cloned.code, cloned.text).toBe(0);
    expect((await look.table("cloned", "a"))?.TableType).toBe("VIRTUAL_VIEW");
    expect(await look.rows("select id from a", "cloned")).toEqual([["1"]]);
  });
});

describe("wap: true", () => {
  const files = (rows: string) => ({
    "models/a.sql": `{{ config(materialized='table', meta={'wap': true}) }} ${rows}`,
    "models/schema.yml": "models: [{ name: a, columns: [{ name: id, data_tests: [unique] }] }]",
  });
  it("publishes what its tests pass, and keeps what they refuse aside", async () => {
    const root = projectOf("audited", files("select 1 as id"));
    expect(run(root, ["build"]).code).toBe(0);
    const bad = projectOf("audited", files("select 2 as id union all select 2"));
    expect(run(bad, ["build"]).text).toContain("was not published");
    expect(await look.rows("select id from a", "audited")).toEqual([["1"]]);
    const good = projectOf("audited", files("select 3 as id"));
    const published = run(good, ["build"]);
    expect(published.code, published.text).toBe(0);
    expect(await look.rows("select id from a", "audited")).toEqual([["3"]]);
    expect((await look.tables("audited")).map(({ Name }) => Name)).toEqual(["a"]);
  });
});

describe("a profile", () => {
  const files = { "models/a.sql": "select 1 as id" };
  it("asks with the keys of the role that it is to assume", async () => {
    const role = "arn:aws:iam::123456789012:role/builder";
    const root = projectOf("role", files, { assume_role_arn: role, assume_role_external_id: "42" });
    await at.reset();
    const asked = run(root, ["debug"]);
    expect(asked.code, asked.text).toBe(0);
    const calls = await at.calls();
    const assumed = calls.filter(({ service }) => service === "sts");
    expect(assumed.map(({ action, detail, key }) => [action, detail, key])).toEqual([
      ["AssumeRole", `${role} dbt-athena 42 3600`, at.accessKeyId],
    ]);
    const keys = new Set(calls.filter(({ service }) => service === "athena").map(({ key }) => key));
    expect([...keys]).toEqual([expect.stringMatching(/^ASIA/)]);
    expect(asked.text).not.toContain([...keys][0]);
  });
});

describe("a profile that cannot work says what to do", () => {
  const files = { "models/a.sql": "{{ config(materialized='table') }} select 1 as id" };
  it.each<[string, Output, { [name: string]: string }, string]>([
    ["no credentials", {}, { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" }, "No AWS credentials were found"],
    ["an unknown work group", { work_group: "nobodys" }, {}, "Check work_group (nobodys)"],
    ["a bucket that is not there", { s3_data_dir: "s3://nobodys-bucket/data" }, {}, "The bucket does not exist"],
    ["no place for results", { s3_staging_dir: null }, {}, "Add s3_staging_dir"],
    ["a place that does not answer", { endpoint_url: "http://127.0.0.1:9" }, {}, "Nothing answers there"],
    ["a data catalog that is not there", { database: "nobodys" }, {}, "Could not find Data Catalog nobodys"],
  ])("%s", (_what, output, env, hint) => {
    const root = projectOf("unlucky", files, { num_retries: 0, ...output });
    const result = run(root, ["run"], env);
    expect(result.code).not.toBe(0);
    expect(result.text).toContain(hint);
    expect(result.text).not.toMatch(/\n\s+at /);
  });
  it("an enforced work group decides where tables go", async () => {
    const { AthenaClient, CreateWorkGroupCommand } = await import("@aws-sdk/client-athena");
    const { accessKeyId, secretAccessKey, region } = at;
    const client = new AthenaClient({ endpoint: at.athena, region, credentials: { accessKeyId, secretAccessKey } });
    const ResultConfiguration = { OutputLocation: `s3://${at.bucket}/enforced/` };
    await client.send(
      new CreateWorkGroupCommand({
        Name: "strict",
        Configuration: { ResultConfiguration, EnforceWorkGroupConfiguration: true },
      }),
    );
    const root = projectOf("strict", files, { work_group: "strict" });
    for (const _ of [1, 2]) {
      const built = run(root, ["run"]);
      expect(built.code, built.text).toBe(0);
    }
    const table = await look.table("strict", "a");
    expect(table?.StorageDescriptor?.Location).toContain(`s3://${at.bucket}/enforced/tables/`);
  });
});
