export { type Claim, GENESIS, type Located, type Range } from "./claim.ts";
export { type Effect, type Event, type Held, PartitionMachine } from "./partition.ts";
