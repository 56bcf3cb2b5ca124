import { startClickHouses } from "./clickhouse.ts";
import type { Copy, ParityPlan } from "./project.ts";
import type { Report } from "./report.ts";
import { compareTables } from "./tables.ts";

/** Where both tools built what they built. */
export interface Warehouse {
  /** What Python dbt's runner has to know. */
  env: { [name: string]: string };
  /** How much of a side's log of statements there is by now, if there is one. */
  logged(tool: Copy["tool"]): number;
  /** The statements of one command, from where its log was before to where it is after, each side its own. */
  compareStatements(report: Report, place: string, dbt: [number, number], tsdbt: [number, number]): void;
  /** Tables, views and rows; `volatile` are columns that differ between any two runs. */
  compareTables(report: Report, project: string, volatile: string[]): Promise<void>;
  stop(): void;
}

/** ClickHouse where the plan says so, else the DuckDB files of the project's own profile. */
export async function warehouseOf(dbt: Copy, tsdbt: Copy, plan: ParityPlan): Promise<Warehouse> {
  if (plan.clickhouse) return startClickHouses(dbt, tsdbt, plan.clickhouse);
  return {
    env: {},
    logged: () => 0,
    compareStatements() {},
    compareTables: (report, project, volatile) => compareTables(report, project, dbt.dir, tsdbt.dir, volatile),
    stop() {},
  };
}
