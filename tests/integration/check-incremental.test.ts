import { afterAll, expect, it } from "vitest";
import { discardProjects, makeProject } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

afterAll(discardProjects);

it("check reads a model that asks whether it is incremental", () => {
  const root = makeProject({
    "models/a.sql": "select 1 as id",
    "models/b.sql":
      "{{ config(materialized='incremental') }} select ident from {{ ref('a') }} {% if is_incremental() %}where id > 1{% endif %}",
  });
  const checked = tsdbt(root, ["check"], { DBT_PROFILES_DIR: root });
  expect(checked.text).toContain("ident");
  expect(checked.text).toContain("1 error");
  expect(checked.code).not.toBe(0);
});
