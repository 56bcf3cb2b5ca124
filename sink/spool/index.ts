export type { PartitionSpool } from "./partition-spool.ts";
export { openSpool, type Spool } from "./spool.ts";
