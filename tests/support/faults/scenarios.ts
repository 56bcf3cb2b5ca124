import { CLUSTERS } from "./clusters.ts";
import { INCREMENTALS } from "./incrementals.ts";
import { OTHERS } from "./others.ts";
import type { Scenario } from "./run.ts";
import { TABLES } from "./tables.ts";
import { VIEWS } from "./views.ts";

/** Every ClickHouse materialization, with what can be done to it. */
export const SCENARIOS: readonly Scenario[] = [...VIEWS, ...INCREMENTALS, ...OTHERS, ...CLUSTERS, ...TABLES];
