import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { tsdbt } from "../support/tsdbt.ts";

vi.setConfig({ testTimeout: 120_000 });

const FILES = {
  "profiles.yml": "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 1}\n",
  "models/orders.sql": "{{ config(materialized='table', meta={'owner': 'sales'}) }}\nselect 1 as id",
  "macros/comment.sql": [
    "{% macro comment_of(node) %}{{ return(tojson({'app': project_name, 'owner': node.config.meta.owner})) }}{% endmacro %}",
    "{% macro ending() %}ends here */ select 1{% endmacro %}",
  ].join("\n"),
};

let root: string;
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Builds the project with this in its dbt_project.yml, and answers what the log says of the model's statements. */
function build(queryComment: string): { code: number | null; text: string; sent: string[] } {
  root = mkdtempSync(join(tmpdir(), "tsdbt-comment-"));
  const project = `name: shop\nversion: '1.0'\nprofile: shop\n${queryComment}`;
  for (const [path, text] of Object.entries({ ...FILES, "dbt_project.yml": project })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { code, text } = tsdbt(root, ["run"], { DBT_LOG_FORMAT_FILE: "json" });
  const events = readFileSync(join(root, "logs", "dbt.log"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const sent = events
    .filter(({ info, data }) => info.name === "SQLQuery" && data.node_info?.unique_id === "model.shop.orders")
    .map(({ data }) => data.sql as string)
    .filter((sql) => sql.includes("create"));
  return { code, text, sent };
}

describe("query-comment", () => {
  it("is dbt's own, a JSON object that names the node, where the project says nothing", () => {
    const { code, sent } = build("");
    const comment = `{"app": "dbt", "dbt_version": "1.12.6", "profile_name": "shop", "target_name": "dev", "node_id": "model.shop.orders"}`;
    expect(code).toBe(0);
    expect(sent[0]!.split("\n")[0]).toBe(`/* ${comment} */`);
  });
  it("may be a macro of the project's that looks at the node", () => {
    const { sent } = build('query-comment: "{{ comment_of(node) if node else connection_name }}"\n');
    expect(sent[0]).toMatch(/^\/\* \{"app": "shop", "owner": "sales"\} \*\/\n/);
  });
  it("may stand behind the statement", () => {
    const { sent } = build("query-comment: {comment: 'of {{ target.name }}', append: true}\n");
    expect(sent[0]).toMatch(/\n\/\* of dev \*\/;?$/);
    expect(sent[0]).not.toMatch(/^\/\*/);
  });
  it("may be left out", () => {
    expect(build("query-comment: null\n").sent[0]).not.toContain("/*");
    rmSync(root, { recursive: true });
    expect(build("query-comment: ''\n").sent[0]).not.toContain("/*");
  });
  it("is refused where it would end the comment itself", () => {
    const { code, text } = build('query-comment: "{{ ending() }}"\n');
    expect(code).toBe(2);
    expect(text).toContain('query comment contains illegal value "*/": ends here */ select 1');
    expect(text).toContain("dbt_project.yml");
  });
});
