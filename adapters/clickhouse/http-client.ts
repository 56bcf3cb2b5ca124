/** In a file of its own, so that commands that need no server do not load it. */
export { createClient } from "@clickhouse/client";
