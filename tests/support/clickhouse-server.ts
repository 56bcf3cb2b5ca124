import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunningClickHouse } from "../services/clickhouse.ts";
import { makeProject } from "./project.ts";

export type Output = { [key: string]: unknown };

/** A profile's output for a server. */
export function outputFor(server: Pick<RunningClickHouse, "port">, output: Output = {}): Output {
  return { type: "clickhouse", host: "127.0.0.1", port: server.port, schema: "shop", threads: 2, ...output };
}

/** A project `shop` whose profile is that server, with what `output` says otherwise. */
export function serverProject(
  server: Pick<RunningClickHouse, "port">,
  files: { [path: string]: string },
  output: Output = {},
): string {
  const root = makeProject(files, "clickhouse");
  writeFileSync(
    join(root, "profiles.yml"),
    JSON.stringify({ shop: { target: "server", outputs: { server: outputFor(server, output) } } }),
  );
  return root;
}
