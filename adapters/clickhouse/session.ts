import { randomUUID } from "node:crypto";
import { TsdbtError } from "../../core/errors.ts";
import type { ClickHouseClient } from "./client.ts";
import type { ClickHouseCredentials } from "./credentials.ts";
import { quoteIdentifier } from "./quoting.ts";

/** Settings of every session: changes are done when their statement returns, as dbt expects. */
export function sessionSettings(credentials: ClickHouseCredentials): { [name: string]: string } {
  const settings: { [name: string]: string } = {
    mutations_sync: "3",
    lightweight_deletes_sync: "3",
    alter_sync: "3",
    insert_distributed_sync: "1",
    // What deleting by a query needs.
    allow_nondeterministic_mutations: "1",
  };
  if (credentials.clusterMode || credentials.databaseEngine === "Replicated") {
    settings.database_replicated_enforce_synchronous_settings = "1";
    settings.insert_quorum = "auto";
  }
  if (credentials.databaseEngine === "Shared") settings.select_sequential_consistency = "1";
  for (const [name, value] of Object.entries(credentials.customSettings)) {
    settings[name] = typeof value === "boolean" ? (value ? "1" : "0") : String(value);
  }
  return settings;
}

/** Makes the profile's schema where it is not there. */
export async function ensureDatabase(client: ClickHouseClient, credentials: ClickHouseCredentials): Promise<void> {
  const name = quoteIdentifier(credentials.schema);
  const exists = async () => Number((await client.query(`exists database ${name}`)).rows[0]?.[0]) === 1;
  if (await exists()) return;
  const engine = credentials.databaseEngine ? ` engine ${credentials.databaseEngine}` : "";
  const cluster = credentials.cluster.trim() ? ` on cluster "${credentials.cluster}"` : "";
  await client.query(`create database if not exists ${name}${cluster}${engine}`);
  if (await exists()) return;
  throw new TsdbtError(
    "TD5322",
    "Database Error",
    `Failed to create database ${credentials.schema} for unknown reason`,
  );
}

/**
 * Whether a database's engine swaps tables in one step. Embedded ClickHouse's own database `default` is an Overlay on an Atomic
 * one.
 */
export function engineExchanges(engine: string): boolean {
  return ["Atomic", "Replicated", "Shared", "Overlay"].includes(engine);
}

/** Swaps two tables of its own, since the file system has to be able to as well. */
export async function probeExchange(client: ClickHouseClient): Promise<boolean> {
  const { rows } = await client.query("select engine from system.databases where name = currentDatabase()");
  const engine = String(rows[0]?.[0]);
  if (!engineExchanges(engine)) return false;
  if (engine === "Shared") return true;
  const id = randomUUID().replaceAll("-", "");
  const tables = [0, 1].map((n) => quoteIdentifier(`__dbt_exchange_test_${n}_${id}`));
  try {
    for (const table of tables) {
      await client.query(`create table if not exists ${table} (test String) engine MergeTree() order by tuple()`);
    }
    await client.query(`exchange tables ${tables.join(" and ")}`);
    return true;
  } catch {
    return false;
  } finally {
    for (const table of tables) await client.query(`drop table if exists ${table}`).catch(() => undefined);
  }
}
