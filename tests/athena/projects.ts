import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeProject } from "../support/project.ts";
import type { AthenaPlace } from "./place.ts";

export type Output = { [key: string]: unknown };

/** Writes profiles.yml: the profile `name`, with its data under a folder of the schema's name. */
export function writeProfile(root: string, name: string, at: AthenaPlace, schema: string, more: Output = {}): void {
  const output = {
    type: "athena",
    database: "awsdatacatalog",
    schema,
    region_name: at.region,
    s3_staging_dir: `s3://${at.bucket}/staging/`,
    s3_data_dir: `s3://${at.bucket}/${schema}/`,
    poll_interval: 0.2,
    threads: 4,
    ...more,
  };
  writeFileSync(
    join(root, "profiles.yml"),
    JSON.stringify({ [name]: { target: "athena", outputs: { athena: output } } }),
  );
}

/** A project of these files, whose profile leads there. */
export function projectAt(at: AthenaPlace, schema: string, files: { [path: string]: string }, more?: Output): string {
  const root = makeProject(files);
  writeProfile(root, "shop", at, schema, more);
  return root;
}
