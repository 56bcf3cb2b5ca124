import { spawnSync } from "node:child_process";
import { ROOT } from "./tsdbt.ts";

/** A table, view or dictionary as the engine tells of it. */
export interface Standing {
  engine: string;
  /** Its CREATE statement. */
  created: string;
  /** `name type`, in their order. */
  columns: string[];
  /** In the order of their texts; null where they cannot be read, or would have to be fetched. */
  rows: unknown[][] | null;
}

const READER = `
import { Session } from "chdb";
const [folder, schema] = process.argv.slice(1);
const session = new Session(folder);
const rows = (sql) =>
  session.query(sql, "JSONCompactEachRow").split("\\n").filter(Boolean).map((line) => JSON.parse(line));
const found = {};
for (const [name, engine, created] of rows(\`select name, engine, create_table_query from system.tables where database = '\${schema}'\`)) {
  const columns = rows(\`select name || ' ' || type from system.columns where database = '\${schema}' and table = '\${name}' order by position\`);
  let read = null;
  try {
    if (!created.includes("HTTP(")) read = rows(\`select * from \\\`\${schema}\\\`.\\\`\${name}\\\` settings final = 1\`).map((row) => JSON.stringify(row)).sort().map((row) => JSON.parse(row));
  } catch {}
  found[name] = { engine, created, columns: columns.flat(), rows: read };
}
session.close();
process.stdout.write(JSON.stringify(found), () => process.exit(0));
`;

/** All that stands in a schema of the embedded engine's data folder, which no other process may be working in. */
export function standing(folder: string, schema: string): { [name: string]: Standing } {
  const result = spawnSync(process.execPath, ["--input-type=module", "-e", READER, "--", folder, schema], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0) throw new Error(`the data folder cannot be read: ${result.stderr}`);
  return JSON.parse(result.stdout) as { [name: string]: Standing };
}
