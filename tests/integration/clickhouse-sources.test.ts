import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

afterAll(discardProjects);

describe("clickhouse_iceberg_source", () => {
  it("is the table function icebergS3 of a var's place and keys, as the engine takes it", () => {
    const root = makeProject(
      { "models/a.sql": "select * from {{ clickhouse_iceberg_source('lake_s3', role_arn=var('role', '')) }}" },
      "clickhouse",
    );
    const place = { bucket: "https://nobodys-lake.s3.amazonaws.com", path: "/prices" };
    const keys = { aws_access_key_id: "key", aws_secret_access_key: "hunter2" };
    for (const role of ["", "arn:aws:iam::1:role/r"]) {
      const vars = JSON.stringify({ lake_s3: { ...place, ...keys }, role });
      expect(tsdbt(root, ["compile", "--vars", vars]).code).toBe(0);
      const sql = readFileSync(join(root, "target", "compiled", "shop", "models", "a.sql"), "utf8");
      const more = role ? `, extra_credentials(role_arn='${role}')` : "";
      expect(sql.trim()).toBe(
        `select * from icebergS3('https://nobodys-lake.s3.amazonaws.com/prices', 'key', 'hunter2', 'Parquet'${more})`,
      );
    }
    const near =
      "select * from icebergS3('http://127.0.0.1:1/b/t', 'key', 'hunter2', 'Parquet', extra_credentials(role_arn='r'))";
    const shown = tsdbt(root, ["show", "--inline", near]);
    expect(shown.text).toContain("Bucket name length is out of bounds");
  });
});
