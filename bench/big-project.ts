import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomNumbers } from "../scripts/fuzz/generate.ts";

const PER_FOLDER = 50;
const PER_AREA = 1000;

/**
 * Writes a project of `count` models to `dir`: each refers to one to three earlier ones and calls a macro, every fifth
 * configures itself, every tenth has a condition and a loop; properties files of fifty models put three tests on each.
 * The same count gives the same project.
 */
export function writeBigProject(dir: string, count: number): void {
  const random = randomNumbers(7);
  mkdirSync(join(dir, "macros"), { recursive: true });
  writeFileSync(
    join(dir, "dbt_project.yml"),
    "name: big\nversion: '1.0'\nprofile: big\nmodel-paths: [models]\nvars:\n  limit: 1\nmodels:\n  big:\n    +materialized: view\n",
  );
  writeFileSync(
    join(dir, "profiles.yml"),
    "big:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: big.duckdb, threads: 4}\n",
  );
  writeFileSync(join(dir, "macros", "cents.sql"), "{% macro cents(column) %}({{ column }} / 100.0){% endmacro %}\n");
  let properties = "";
  for (let i = 0; i < count; i++) {
    const folder = join(dir, "models", `area_${Math.floor(i / PER_AREA)}`, `part_${Math.floor(i / PER_FOLDER)}`);
    if (i % PER_FOLDER === 0) {
      mkdirSync(folder, { recursive: true });
      properties = "version: 2\nmodels:\n";
    }
    writeFileSync(join(folder, `m${i}.sql`), model(i, random));
    properties +=
      `  - name: m${i}\n    description: Model ${i}\n    columns:\n      - name: id\n        description: key\n` +
      "        data_tests: [unique, not_null]\n      - name: amount\n        data_tests: [not_null]\n";
    if (i % PER_FOLDER === PER_FOLDER - 1 || i === count - 1) writeFileSync(join(folder, "_models.yml"), properties);
  }
}

function model(i: number, random: () => number): string {
  if (i === 0) return "select 1 as id, 100 as amount\n";
  const wanted = Math.min(i, 1 + Math.floor(random() * 3));
  const parents = new Set<number>();
  while (parents.size < wanted) parents.add(Math.floor(random() * i));
  const names = [...parents].map((parent, n) => `p${n} as (select * from {{ ref('m${parent}') }})`);
  const joins = names.slice(1).map((_, n) => `left join p${n + 1} using (id)\n`);
  return [
    i % 5 === 0 ? `{{ config(materialized='table', tags=['t${i % 7}']) }}\n` : "",
    `with ${names.join(",\n")}\n`,
    `select p0.id, {{ cents('p0.amount') }} as amount\nfrom p0\n${joins.join("")}`,
    i % 10 === 0
      ? "{% if is_incremental() %}where p0.id > (select max(id) from {{ this }}){% endif %}\n{% for n in range(3) %}-- {{ loop.index }}\n{% endfor %}"
      : "",
  ].join("");
}
