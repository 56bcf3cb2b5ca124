import { describe, expect, it } from "vitest";
import { parseCredentials as clickhouse } from "../../../adapters/clickhouse/credentials.ts";
import { hidePasswords } from "../../../adapters/credentials.ts";
import { databaseOfPath, parseCredentials as duckdb } from "../../../adapters/duckdb/credentials.ts";
import { loadAdapterPlugin } from "../../../adapters/registry.ts";
import { TsdbtError } from "../../../core/errors.ts";

const place = { profile: "shop", target: "dev", projectRoot: "/project" };

function error(work: () => unknown): TsdbtError {
  try {
    work();
  } catch (caught) {
    if (caught instanceof TsdbtError) return caught;
    throw caught;
  }
  throw new Error("no error");
}

describe("the database that DuckDB names after a file", () => {
  it.each([
    [":memory:", "memory"],
    ["shop.duckdb", "shop"],
    ["data/my.db.duckdb", "my"],
    ["/abs/.hidden.duckdb", "hidden"],
    ["md:", "my_db"],
    ["md:analytics?motherduck_token=x", "analytics"],
    ["ducklake:meta.ducklake", "meta"],
    ["ducklake:sqlite:meta.sqlite", "meta"],
    ["s3://bucket/shop.duckdb", "shop"],
  ])("%s is %s", (path, database) => {
    expect(databaseOfPath(path)).toBe(database);
  });
});

describe("DuckDB's credentials", () => {
  it("have dbt-duckdb's defaults and show what its target shows", () => {
    const credentials = duckdb({ type: "duckdb" }, place);
    expect([credentials.path, credentials.file, credentials.database, credentials.schema]).toEqual([
      ":memory:",
      ":memory:",
      "memory",
      "main",
    ]);
    expect(Object.keys(credentials.visible())).toEqual([
      "database",
      "schema",
      "path",
      "config_options",
      "extensions",
      "settings",
      "external_root",
      "use_credential_provider",
      "attach",
      "filesystems",
      "remote",
      "plugins",
      "disable_transactions",
    ]);
  });
  it("find the file from the project", () => {
    expect(duckdb({ type: "duckdb", path: "db/shop.duckdb" }, place).file).toBe("/project/db/shop.duckdb");
    expect(duckdb({ type: "duckdb", path: "/db/shop.duckdb" }, place).file).toBe("/db/shop.duckdb");
    expect(duckdb({ type: "duckdb", path: "md:shop" }, place)).toMatchObject({ file: "md:shop", isMotherduck: true });
  });
  it("attach other databases", () => {
    const attach = [
      { path: "other.duckdb", alias: "other", read_only: true },
      { path: "host=pg password=x", type: "postgres", options: { schema: "it's", read_write: true, off: false, n: 3 } },
      { path: "ducklake:lake.db" },
    ];
    const credentials = duckdb({ type: "duckdb", path: "shop.duckdb", database: "other", attach }, place);
    expect(credentials.attachStatements).toEqual([
      "ATTACH IF NOT EXISTS '/project/other.duckdb' AS other (READ_ONLY)",
      "ATTACH IF NOT EXISTS 'host=pg password=x' (TYPE postgres, SCHEMA 'it''s', READ_WRITE, N 3)",
      "ATTACH IF NOT EXISTS 'ducklake:lake.db'",
    ]);
    expect([...credentials.ducklakeDatabases]).toEqual(["lake"]);
    expect(credentials.database).toBe("other");
  });
  it("make secrets", () => {
    const secrets = [
      { type: "s3", key_id: "k", secret: "s'", scope: ["s3://a", "s3://b"] },
      { type: "http", name: "web", persistent: true, extra_http_headers: { A: "b" } },
    ];
    const credentials = duckdb({ type: "duckdb", secrets, use_credential_provider: "aws" }, place);
    expect(credentials.secretStatements).toEqual([
      "CREATE OR REPLACE SECRET _dbt_secret_1 (\n    type s3,\n    key_id 'k',\n    secret 's''',\n    scope 's3://a',\n    scope 's3://b'\n)",
      "CREATE OR REPLACE PERSISTENT SECRET web (\n    type http,\n    extra_http_headers map {'A': 'b'}\n)",
      "CREATE OR REPLACE SECRET _dbt_secret_3 (\n    type s3,\n    provider credential_chain\n)",
    ]);
  });
  it("never show secrets", () => {
    const shown = JSON.stringify(
      duckdb(
        {
          type: "duckdb",
          path: "md:shop",
          settings: { motherduck_token: "geheim1", threads: 4 },
          attach: [{ path: "postgres://me:geheim2@host/db", type: "postgres" }, { path: "dbname=x password=geheim3" }],
          config_options: { s3_secret_access_key: "geheim4" },
        },
        place,
      ).visible(),
    );
    expect(shown).not.toContain("geheim");
    expect(shown).toContain('"threads":"4"');
  });
  it.each([
    [
      { path: 5 },
      "Credentials in profile \"shop\", target \"dev\" invalid: at path ['path']: 5 is not of type 'string'",
      "path must be a string",
    ],
    [{ attach: [{ alias: "x" }] }, "'path' is a required property", undefined],
    [
      { extensions: "httpfs" },
      "at path ['extensions']: 'httpfs' is not of type 'array'",
      "extensions must be an array",
    ],
    [
      { path: "a.duckdb", database: "b" },
      "the 'database' property must be set to 'a' to match the 'path'",
      "Leave 'database' out",
    ],
    [{ secrets: [{ name: "x" }] }, "'type' is a required property", undefined],
    [{ use_credential_provider: "gcp" }, "Unsupported value for use_credential_provider: gcp", undefined],
    [
      { motherduck_token: "a", settings: { motherduck_token: "b" } },
      "Conflicting values for motherduck_token",
      undefined,
    ],
    [
      { attach: [{ path: "a", type: "sqlite", options: { type: "mysql" } }] },
      "['type'] specified in both direct fields and options dict",
      undefined,
    ],
    [{ extensions: [{ name: "h3" }] }, "Failed to parse extension", "repo: community"],
  ])("%j is refused", (output, message, hint) => {
    const caught = error(() => duckdb({ type: "duckdb", ...output }, place));
    expect(caught.kind).toBe("Profile Error");
    expect(caught.message).toContain(message);
    if (hint) expect(caught.details.hint).toContain(hint);
  });
  it("notice keys that are probably misspelt, and what needs Python", () => {
    const { notices } = duckdb({ type: "duckdb", setings: {}, note: "mine", plugins: [{ module: "excel" }] }, place);
    expect(notices).toHaveLength(2);
    expect(notices[0]).toContain("'plugins' is not used");
    expect(notices[1]).toContain("did you mean 'settings'?");
  });
});

describe("ClickHouse's credentials", () => {
  it("have a schema and no database", () => {
    const credentials = clickhouse({ type: "clickhouse", embedded: true, schema: "shop" }, place);
    expect([credentials.database, credentials.schema, credentials.folder]).toEqual(["", "shop", "/project/.chdb"]);
    expect(credentials.visible()).toMatchObject({ schema: "shop", embedded: true, path: ".chdb" });
    expect(clickhouse({ type: "clickhouse", embedded: true, path: "data/ch" }, place).folder).toBe("/project/data/ch");
  });
  it("hold the password, and do not show it", () => {
    const credentials = clickhouse(
      { type: "clickhouse", host: "h", password: "geheim", custom_settings: { secret_key: "geheim" } },
      place,
    );
    expect(credentials.password).toBe("geheim");
    expect(JSON.stringify(credentials.visible())).not.toContain("geheim");
  });
  it.each([
    [{ database: "a", schema: "b" }, "database must be omitted or have the same value as schema"],
    [{ port: "9000" }, "at path ['port']: '9000' is not of type 'number'"],
    [{ path: "x" }, "'path' is for embedded ClickHouse only"],
  ])("%j is refused", (output, message) => {
    expect(error(() => clickhouse({ type: "clickhouse", ...output }, place)).message).toContain(message);
  });
});

describe("the registry of adapters", () => {
  it("loads what there is", async () => {
    expect((await loadAdapterPlugin("duckdb")).type).toBe("duckdb");
    expect((await loadAdapterPlugin("clickhouse")).type).toBe("clickhouse");
    expect((await loadAdapterPlugin("athena")).type).toBe("athena");
  });
  it.each([
    ["snowflake", "There is no adapter for 'snowflake' in tsdbt."],
    ["dukdb", "Could not find adapter type dukdb!"],
    ["constructor", "Could not find adapter type constructor!"],
  ])("says of %s that it is %s", async (type, message) => {
    await expect(loadAdapterPlugin(type)).rejects.toThrow(message);
  });
  it("names the type that was probably meant", async () => {
    await expect(loadAdapterPlugin("dukdb")).rejects.toMatchObject({ details: { hint: "Did you mean 'duckdb'?" } });
  });
});

it("makes passwords of connection strings unreadable", () => {
  expect(hidePasswords("host=a password=b user=c")).toBe("host=a password=******** user=c");
  expect(hidePasswords("postgres://u:p@h/d and md:x?motherduck_token=abc&y=1")).toBe(
    "postgres://u:********@h/d and md:x?motherduck_token=********&y=1",
  );
});
