import type { AdapterResponse } from "../../../adapters/adapter.ts";
import { ResponseObject } from "../../../adapters/response.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";

/** The response that `store_raw_result` is told, for work done by other means than a statement. */
export function createResponse(message: unknown, code: unknown, rowsAffected: unknown): ResponseObject {
  const response: AdapterResponse = { _message: message === null ? "None" : pyStr(message) };
  if (code !== null) response.code = pyStr(code);
  // dbt keeps whatever it is told.
  if (rowsAffected !== null) response.rows_affected = rowsAffected as number;
  return new ResponseObject(response);
}
