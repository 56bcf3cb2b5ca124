import type { AdapterOptions, AdapterPlugin, Credentials } from "../adapter.ts";
import { macroRootOf } from "../macro-root.ts";
import { ClickHouseAdapter } from "./adapter.ts";
import { type ClickHouseCredentials, parseCredentials } from "./credentials.ts";

export const plugin: AdapterPlugin = {
  type: "clickhouse",
  parseCredentials,
  create: (credentials: Credentials, options: AdapterOptions) =>
    new ClickHouseAdapter(credentials as ClickHouseCredentials, options, macroRootOf("clickhouse")),
};
