import type { AdapterResponse } from "../../../adapters/adapter.ts";
import { ResponseObject } from "../../../adapters/response.ts";

/** The response that `store_raw_result` is told, for work done by other means than a statement. */
export function createResponse(message: unknown, code: unknown, rowsAffected: unknown): ResponseObject {
  const response: AdapterResponse = { _message: message === null ? "None" : String(message) };
  if (code !== null) response.code = String(code);
  if (rowsAffected !== null) response.rows_affected = Number(rowsAffected);
  return new ResponseObject(response);
}
