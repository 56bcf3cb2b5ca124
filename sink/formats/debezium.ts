import { BadMessage } from "./bad-message.ts";

interface Envelope {
  op?: string;
  before?: object | null;
  after?: object | null;
  ts_ms?: number;
}

/** A change event without its schema part, or only the row that it leaves: the new one, and of a deletion the old one. */
export function unwrapDebezium(value: unknown, how: "keep" | "unwrap"): unknown {
  const outer = value as { schema?: unknown; payload?: unknown } | null;
  const event = (outer && typeof outer === "object" && "payload" in outer ? outer.payload : outer) as Envelope | null;
  if (!event || typeof event !== "object" || typeof event.op !== "string")
    throw new BadMessage("debezium", "the message is no change event: it has no `op`");
  if (how === "keep") return event;
  const deleted = event.op === "d";
  const row = deleted ? event.before : event.after;
  if (!row) throw new BadMessage("debezium", `the change event of operation ${event.op} has no row`);
  return { ...row, __op: event.op, __deleted: deleted, __ts_ms: event.ts_ms ?? null };
}
