import type { AdapterOptions, AdapterPlugin, Credentials } from "../adapter.ts";
import { macroRootOf } from "../macro-root.ts";
import { AthenaAdapter } from "./adapter.ts";
import { CATALOG_TYPES, TABLE_FORMATS } from "./catalog-integrations.ts";
import { type AthenaCredentials, parseCredentials } from "./credentials.ts";

export const plugin: AdapterPlugin = {
  type: "athena",
  parseCredentials,
  catalogTypes: CATALOG_TYPES,
  tableFormats: TABLE_FORMATS,
  create: (credentials: Credentials, options: AdapterOptions) =>
    new AthenaAdapter(credentials as AthenaCredentials, options, macroRootOf("athena")),
};
