import type { AdapterOptions, AdapterPlugin, Credentials } from "../adapter.ts";
import { macroRootOf } from "../macro-root.ts";
import { DuckDBAdapter } from "./adapter.ts";
import { type DuckDBCredentials, parseCredentials } from "./credentials.ts";

export const plugin: AdapterPlugin = {
  type: "duckdb",
  parseCredentials,
  create: (credentials: Credentials, options: AdapterOptions) =>
    new DuckDBAdapter(credentials as DuckDBCredentials, options, macroRootOf("duckdb")),
};
