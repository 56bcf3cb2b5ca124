import { Table } from "../../agate/table.ts";
import { defineFunction, PyDict } from "../../jinja/index.ts";
import { type PyCallable, Tuple } from "../../jinja/runtime/values.ts";
import { type Described, templateError } from "../shared/index.ts";

/** What statements of one node have stored by name: `load_result`, `store_result` and `store_raw_result`. */
export class StatementResults {
  /** As `_sql_results` of templates. */
  readonly stored = new PyDict();
  private readonly node: Described;
  private made: ResultFunctions | undefined;
  constructor(node: Described) {
    this.node = node;
  }

  /** A result; each but `main` can be had once. `null` where nothing was stored. */
  load(name: string): PyDict | null {
    const result = this.stored.get(name) as PyDict | null | undefined;
    if (result === undefined) return null;
    if (result === null) {
      throw templateError(
        "TD3020",
        `The 'statement' result named '${name}' has already been loaded into a variable`,
        this.node,
      );
    }
    if (name !== "main") this.stored.set(name, null);
    return result;
  }

  store(name: string, response: unknown, table: unknown): void {
    const rows = table instanceof Table ? table : Table.empty();
    this.stored.set(name, new ResultDict(response, rows));
  }

  /** The template's functions; `makeResponse` makes what `store_raw_result` is told into a response. */
  functions(makeResponse: (message: unknown, code: unknown, rowsAffected: unknown) => unknown): ResultFunctions {
    this.made ??= {
      load: defineFunction("load_result(name)", (name: string) => this.load(name)),
      store: defineFunction("store_result(name, response, agate_table=None)", (name: string, response, table) => {
        this.store(name, response, table);
        return "";
      }),
      storeRaw: defineFunction(
        "store_raw_result(name, message=None, code=None, rows_affected=None, agate_table=None)",
        (name: string, message, code, rowsAffected, table) => {
          this.store(name, makeResponse(message, code, rowsAffected), table);
          return "";
        },
      ),
    };
    return this.made;
  }
}

interface ResultFunctions {
  load: PyCallable;
  store: PyCallable;
  storeRaw: PyCallable;
}

/** `{response, data, table}`; the tuples of `data` are made when it is asked for. */
class ResultDict extends PyDict {
  private pending: Table | null;
  constructor(response: unknown, table: Table) {
    super();
    this.pending = table;
    this.set("response", response);
    this.set("data", null);
    this.set("table", table);
  }
  private complete(): void {
    if (this.pending === null) return;
    const { rows } = this.pending;
    this.pending = null;
    this.set(
      "data",
      rows.map((row) => new Tuple([...row.values])),
    );
  }
  override get(key: unknown): unknown {
    if (key === "data") this.complete();
    return super.get(key);
  }
  override values(): Generator<unknown> {
    this.complete();
    return super.values();
  }
  override entries(): Generator<[unknown, unknown]> {
    this.complete();
    return super.entries();
  }
}
