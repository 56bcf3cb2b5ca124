import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomNumbers } from "../scripts/fuzz/generate.ts";

/** What models are made of on an engine. */
export interface Layers {
  models: number;
  /** `config(…)` of the three kinds. */
  configs: { view: string; table: string; incremental: string };
  /** The query of those that refer to no other: columns `id` and `amount`. */
  first: string;
}

const KINDS = ["view", "table", "incremental"] as const;

/** A project with a third each of views, tables and incrementals; each refers to one or two earlier ones. */
export function writeLayers(dir: string, layers: Layers): void {
  const random = randomNumbers(11);
  mkdirSync(join(dir, "models"), { recursive: true });
  writeFileSync(join(dir, "dbt_project.yml"), "name: bench\nversion: '1.0'\nprofile: bench\n");
  for (let i = 0; i < layers.models; i++) writeFileSync(join(dir, "models", `m${i}.sql`), model(i, layers, random));
}

function model(i: number, { configs, first }: Layers, random: () => number): string {
  const kind = KINDS[i % 3]!;
  const config = `{{ config(${configs[kind]}) }}`;
  if (i < 3) return `${config}\n${first}\n`;
  // Views rest on tables, so that no query becomes a tower of them.
  const parent = () => {
    const at = Math.floor(random() * (i - 2));
    return at % 3 === 0 ? at + 1 : at;
  };
  const [one, other] = [parent(), parent()];
  return [
    config,
    `select a.id as id, a.amount + b.amount as amount from {{ ref('m${one}') }} a`,
    `join {{ ref('m${other}') }} b on a.id = b.id`,
    kind === "incremental"
      ? "{% if is_incremental() %}where a.id > (select max(id) - 10 from {{ this }}){% endif %}"
      : "",
    "",
  ].join("\n");
}
