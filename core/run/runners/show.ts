import type { RuntimeConfigObject } from "../../context/execution/config.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import type { Runner } from "../job.ts";
import { compileRunner } from "./compile.ts";
import { contextOf, responseEntry } from "./materialize.ts";

/** `show`: the node's query with a limit, its rows kept. */
export const showRunner: Runner = {
  ...compileRunner,
  async execute(job) {
    const context = contextOf(job);
    const { limit } = job.run.options.flags;
    const config = context.member("config") as RuntimeConfigObject;
    const sql = pyStr(
      await context.executeMacro(
        "get_show_sql",
        [],
        new Map<string, unknown>([
          ["compiled_code", job.node.compiled_code ?? ""],
          ["sql_header", config.lookup("sql_header") ?? null],
          ["limit", typeof limit === "number" && limit >= 0 ? limit : null],
        ]),
      ),
    );
    job.node.compiled_code = sql;
    const connection = await job.connection.get();
    const { response, table } = await connection.execute(sql, { fetch: true });
    return { status: "success", message: null, adapter_response: responseEntry(response), table };
  },
};
