import type { OpenClient } from "./client.ts";
import { noServerYet } from "./errors.ts";

/** A session with a ClickHouse server. */
export const openServer: OpenClient = async (credentials) => {
  throw noServerYet(credentials.host);
};
