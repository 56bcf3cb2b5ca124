import { resolve } from "node:path";
import * as z from "zod/mini";
import type { Credentials } from "../adapter.ts";
import { type ProfilePlace, parseOutput, profileError, unknownKeys, withoutSecrets } from "../credentials.ts";

const text = z.optional(z.nullable(z.string()));
const flag = z.optional(z.nullable(z.boolean()));
const number = z.optional(z.nullable(z.number()));

/** Keys of a profile's output. https://docs.getdbt.com/docs/core/connect-data-platform/clickhouse-setup */
const SCHEMA = z.object({
  type: z.string(),
  /** ClickHouse within the process, with its data in `path`. */
  embedded: flag,
  path: text,
  driver: text,
  host: text,
  port: number,
  user: text,
  password: text,
  retries: number,
  database: text,
  schema: text,
  cluster: text,
  database_engine: text,
  cluster_mode: flag,
  secure: flag,
  verify: flag,
  client_cert: text,
  client_cert_key: text,
  ca: text,
  connect_timeout: number,
  send_receive_timeout: number,
  sync_request_timeout: number,
  compress_block_size: number,
  compression: z.optional(z.nullable(z.union([z.string(), z.boolean()]))),
  check_exchange: flag,
  custom_settings: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
  use_lw_deletes: flag,
  local_suffix: text,
  local_db_prefix: text,
  allow_automatic_deduplication: flag,
  tcp_keepalive: z.optional(z.nullable(z.union([z.boolean(), z.array(z.number())]))),
  reuse_connections: flag,
  server_host_name: text,
});

const KNOWN = [...Object.keys(SCHEMA.shape), "threads"];

/** dbt-clickhouse's defaults, in the order in which `target` shows them. */
const SHOWN: { readonly [key: string]: unknown } = {
  driver: null,
  host: "localhost",
  port: null,
  user: "default",
  schema: "default",
  retries: 1,
  cluster: null,
  database_engine: null,
  cluster_mode: false,
  secure: false,
  verify: true,
  client_cert: null,
  client_cert_key: null,
  connect_timeout: 10,
  send_receive_timeout: 300,
  sync_request_timeout: 5,
  compress_block_size: 1_048_576,
  compression: "",
  check_exchange: true,
  custom_settings: null,
  use_lw_deletes: false,
  allow_automatic_deduplication: false,
  tcp_keepalive: false,
  reuse_connections: true,
  server_host_name: null,
};

/** Where embedded ClickHouse keeps its data when the profile does not say. */
const DEFAULT_FOLDER = ".chdb";

/** A profile's output for ClickHouse, checked. */
export interface ClickHouseCredentials extends Credentials {
  /** ClickHouse has no level above the schema. */
  database: "";
  embedded: boolean;
  /** The data folder of embedded ClickHouse, absolute. */
  folder: string;
  host: string;
  port: number | null;
  user: string;
  password: string;
  secure: boolean;
  /** Whether the server's certificate must be trusted. */
  verify: boolean;
  /** Paths of certificates; empty where there are none. */
  ca: string;
  clientCert: string;
  clientCertKey: string;
  serverHostName: string;
  /** Whether answers are compressed on their way. */
  compression: boolean;
  /** Seconds without an answer after which a statement fails. */
  sendReceiveTimeout: number;
  /** How often a statement is sent again that never reached the server. */
  retries: number;
  /** Seconds after which a connection that is not made is given up. */
  connectTimeout: number;
  /** Seconds after which a silent connection is probed. */
  keepaliveIdle: number;
  /** Whether a session serves one node after the other; else each node has one of its own. */
  reuseConnections: boolean;
  cluster: string;
  clusterMode: boolean;
  databaseEngine: string;
  checkExchange: boolean;
  useLightweightDeletes: boolean;
  allowAutomaticDeduplication: boolean;
  localSuffix: string;
  localDatabasePrefix: string;
  customSettings: { [name: string]: unknown };
  notices: string[];
}

/** Checks a profile's output for ClickHouse. Throws a TsdbtError of kind "Profile Error". */
export function parseCredentials(output: { [key: string]: unknown }, place: ProfilePlace): ClickHouseCredentials {
  const given = parseOutput(SCHEMA, output, place);
  const schema = given.schema ?? "default";
  if (given.database && given.database !== schema) {
    throw profileError(
      place,
      `    schema: ${schema} \n    database: ${given.database} \n    cluster: ${given.cluster ?? "None"} \n` +
        "On Clickhouse, database must be omitted or have the same value as schema.",
      "Leave 'database' out: what ClickHouse calls a database is dbt's schema.",
    );
  }
  if (given.driver && given.driver !== "http" && given.driver !== "native") {
    throw profileError(place, `Unrecognized ClickHouse driver ${given.driver}`, "driver is 'http', or left out.");
  }
  const embedded = given.embedded ?? false;
  if (!embedded && given.path) {
    throw profileError(place, "'path' is for embedded ClickHouse only", "Add `embedded: true`, or leave 'path' out.");
  }
  const shown: { [key: string]: unknown } = Object.fromEntries(
    Object.entries(SHOWN).map(([key, dflt]) => [key, (given as { [key: string]: unknown })[key] ?? dflt]),
  );
  if (embedded) Object.assign(shown, { embedded, path: given.path ?? DEFAULT_FOLDER });
  const visible = withoutSecrets(shown) as { [key: string]: unknown };
  const host = given.host ?? "localhost";
  return {
    type: "clickhouse",
    database: "",
    schema,
    threads: 1,
    embedded,
    folder: resolve(place.projectRoot, given.path ?? DEFAULT_FOLDER),
    host,
    port: given.port ?? null,
    user: given.user ?? "default",
    password: given.password ?? "",
    secure: given.secure ?? false,
    verify: given.verify ?? true,
    ca: given.ca ?? "",
    clientCert: given.client_cert ?? "",
    clientCertKey: given.client_cert_key ?? "",
    serverHostName: given.server_host_name ?? "",
    compression: Boolean(given.compression) && given.compression !== "none",
    sendReceiveTimeout: given.send_receive_timeout ?? 300,
    retries: given.retries ?? 1,
    connectTimeout: given.connect_timeout ?? 10,
    keepaliveIdle: keepaliveIdle(given.tcp_keepalive ?? false),
    reuseConnections: given.reuse_connections ?? true,
    cluster: given.cluster ?? "",
    clusterMode: given.cluster_mode ?? false,
    databaseEngine: given.database_engine ?? "",
    checkExchange: given.check_exchange ?? true,
    useLightweightDeletes: given.use_lw_deletes ?? false,
    allowAutomaticDeduplication: given.allow_automatic_deduplication ?? false,
    localSuffix: given.local_suffix ?? "local",
    localDatabasePrefix: given.local_db_prefix ?? "",
    customSettings: given.custom_settings ?? {},
    notices: [...nativeNotices(given, embedded), ...misspeltNotices(output)],
    visible: () => visible,
    uniqueField: () => (embedded ? resolve(place.projectRoot, given.path ?? DEFAULT_FOLDER) : host),
  };
}

/** As clickhouse-connect has it, whatever the profile says. */
const KEEPALIVE_IDLE = 30;

/** The idle time of (idle, interval, probes); the other two are the system's. */
function keepaliveIdle(given: boolean | number[]): number {
  return (Array.isArray(given) && given[0]) || KEEPALIVE_IDLE;
}

/** The native protocol is not spoken: what asks for it is told what happens instead. */
function nativeNotices(given: { driver?: string | null; port?: number | null }, embedded: boolean): string[] {
  if (embedded) return [];
  const notices: string[] = [];
  if (given.driver === "native") notices.push("The profile's driver 'native' is not there: HTTP is spoken instead.");
  if (given.port === 9000 || given.port === 9440) {
    const instead = given.port === 9000 ? 8123 : 8443;
    notices.push(
      `The profile's port ${given.port} is the native protocol's: the HTTP port ${instead} is used instead.`,
    );
  }
  return notices;
}

function misspeltNotices(output: { [key: string]: unknown }): string[] {
  return unknownKeys(output, KNOWN)
    .filter(({ near }) => near !== undefined)
    .map(({ key, near }) => `The profile's key '${key}' is not known: did you mean '${near}'?`);
}
