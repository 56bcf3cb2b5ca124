import { afterAll, describe, expect, it } from "vitest";
import { discardProjects, makeProject, writeFiles } from "../support/project.ts";
import { tsdbt } from "../support/tsdbt.ts";

const ATHENA = {
  type: "athena",
  database: "awsdatacatalog",
  schema: "shop",
  region_name: "eu-west-1",
  s3_staging_dir: "s3://shop/results/",
};
const SECOND = "flags: { use_catalogs_v2: true }\n";

afterAll(discardProjects);

function parse(catalogs: string, flags = "", output: object = ATHENA) {
  const root = makeProject({ "models/a.sql": "select 1 as id", "catalogs.yml": catalogs });
  writeFiles(root, {
    "dbt_project.yml": `name: shop\nversion: "1.0"\nprofile: shop\n${flags}`,
    "profiles.yml": JSON.stringify({ shop: { target: "dev", outputs: { dev: output } } }),
  });
  return tsdbt(root, ["parse"], { DBT_PROFILES_DIR: root });
}

const entry = (more: object) =>
  JSON.stringify({ catalogs: [{ name: "lake", type: "glue", table_format: "iceberg", config: {}, ...more }] });
const first = (...names: string[]) =>
  JSON.stringify({
    catalogs: [{ name: "lake", write_integrations: names.map((name) => ({ name, catalog_type: "glue" })) }],
  });

describe("catalogs.yml", () => {
  it("is read in its first form, and in its second with the flag for it, which is told to be experimental", () => {
    const parsed = parse(first("one"));
    expect(parsed.code, parsed.text).toBe(0);
    const second = parse(entry({ config: { athena: { file_format: "orc" } } }), SECOND);
    expect(second.code, second.text).toBe(0);
    expect(second.text).toContain("catalogs.yml v2 schema validation is experimental");
  });
  it.each([
    [
      "an unknown type",
      entry({ type: "glu" }),
      SECOND,
      "Catalog type is not supported.\nReceived: glu",
      "hint: did you mean `glue`?",
    ],
    [
      "an unknown format",
      entry({ table_format: "icberg" }),
      SECOND,
      "Invalid table_format 'icberg'",
      "catalogs.yml:1:",
    ],
    [
      "an unknown key",
      entry({ tipe: 1 }),
      SECOND,
      "Unknown keys in catalog entry: ['tipe']. Allowed keys: ['config',",
      "hint: did you mean `type`?",
    ],
    ["a missing key", entry({ type: undefined }), SECOND, "catalogs.0.type", "catalogs.yml:1:"],
    ["a name that is taken", entry({ name: "glue" }), SECOND, "Catalog already exists: glue.", "give it another name"],
    [
      "several without an active one",
      first("one", "two"),
      "",
      "must specify an 'active_write_integration'",
      "catalogs.yml:1:",
    ],
    ["two of one name", first("one", "one"), "", "with the same name: 'one'", "catalogs.yml:1:"],
    ["no content", "\n", "", "catalogs.yml is empty", "catalogs.yml:1:1"],
  ])("with %s ends with its place", (_what, catalogs, flags, message, place) => {
    const { code, text } = parse(catalogs, flags);
    expect(code, text).toBe(2);
    expect(text.replace(/\n\s+/g, "\n")).toContain(message);
    expect(text).toContain(place);
  });
  it("asks too much of an adapter without catalogs", () => {
    const output = { type: "duckdb", path: "shop.duckdb" };
    expect(parse(entry({}), SECOND, output).text).toContain("Adapter 'duckdb' does not support catalogs.yml v2 yet.");
    expect(parse(first("one"), "", output).text).toContain("Catalog type is not supported.");
  });
});
