import type { Node } from "../manifest/resources.ts";
import { nodeError } from "./errors.ts";
import type { ParseState } from "./state.ts";

const CALL = /\bdbt\.(ref|source|config)\(([^()]*)\)/g;

/**
 * Reads `dbt.ref`, `dbt.source` and `dbt.config` calls with literal arguments off a Python model, so that the graph is
 * right. Running it needs Python, which tsdbt does not have.
 */
export function readPythonModel(state: ParseState, node: Node): void {
  if (!/^def\s+model\s*\(/m.test(node.raw_code)) {
    const message = "dbt allows exactly one model defined per python file, found 0";
    throw nodeError(state, node, "TD4560", "Parsing Error", message, "define `def model(dbt, session):`");
  }
  for (const [, name, text] of node.raw_code.matchAll(CALL)) {
    const args = [
      ...text!.matchAll(/(?:^|,)\s*(?:(\w+)\s*=\s*)?(?:"([^"]*)"|'([^']*)'|(True|False|-?\d+))\s*(?=,|$)/g),
    ].map(([, key, double, single, other]) => ({ key, value: double ?? single ?? literal(other!) }));
    if (name === "config")
      for (const { key, value } of args)
        if (key) (node.config_call_dict as never as { [k: string]: unknown })[key] = value;
    const names = args.filter((arg) => !arg.key).map((arg) => String(arg.value));
    if (name === "ref" && names.length > 0)
      node.refs.push({ name: names.at(-1)!, package: names.length > 1 ? names[0]! : null, version: null });
    if (name === "source" && names.length === 2) node.sources.push(names);
  }
}

function literal(text: string): unknown {
  return text === "True" ? true : text === "False" ? false : Number(text);
}
