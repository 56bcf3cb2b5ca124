import { HostObject } from "../core/jinja/runtime/values.ts";
import type { AdapterResponse } from "./adapter.ts";

/** `load_result("main").response` and what `adapter.execute` answers first: prints as the engine's message. */
export class ResponseObject extends HostObject {
  readonly typeName = "AdapterResponse";
  readonly response: AdapterResponse;
  constructor(response: AdapterResponse) {
    super();
    this.response = response;
  }
  override attr(name: string): unknown {
    switch (name) {
      case "_message":
        return this.response._message;
      case "code":
        return this.response.code ?? null;
      case "rows_affected":
        return this.response.rows_affected ?? null;
      case "query_id":
        return this.response.query_id ?? null;
    }
    return undefined;
  }
  override str(): string {
    return this.response._message;
  }
  override repr(): string {
    const text = (value: unknown) =>
      value === undefined ? "None" : typeof value === "string" ? `'${value}'` : `${value}`;
    const { _message, code, rows_affected, query_id } = this.response;
    return (
      `AdapterResponse(_message=${text(_message)}, code=${text(code)}, ` +
      `rows_affected=${text(rows_affected)}, query_id=${text(query_id)})`
    );
  }
}
