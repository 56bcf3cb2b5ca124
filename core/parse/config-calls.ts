import type * as ast from "../jinja/ast.ts";
import { type Data, toData } from "../jinja/index.ts";
import type { JsonObject, Node } from "../manifest/resources.ts";
import { addConfigCall, ConfigProblem, type Dict } from "./config/index.ts";
import { configError } from "./nodes.ts";
import type { ParseState } from "./state.ts";
import { unrenderedConfigCall } from "./unrendered-config.ts";

/** Notes the `config(...)` calls of a node's template on the node, rendered and as written. */
export function configSink(
  state: ParseState,
  node: Node,
  template?: ast.Template,
): (call: Map<string, unknown>) => void {
  const calls = (node.config_call_dict ?? {}) as Dict;
  node.config_call_dict = calls as JsonObject;
  const written = (node.unrendered_config_call_dict ?? {}) as Dict;
  node.unrendered_config_call_dict = written as JsonObject;
  return (call) => {
    if (node.raw_code.includes("config("))
      Object.assign(written, unrenderedConfigCall(template ?? state.templates.parse(node.raw_code, node)));
    const data: Dict = {};
    for (const [key, value] of call) data[key.trim()] = toData(value) as Data;
    try {
      addConfigCall(calls, data);
    } catch (error) {
      throw error instanceof ConfigProblem ? configError(state, node, error) : error;
    }
  };
}
