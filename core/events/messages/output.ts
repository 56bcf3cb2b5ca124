/** What `show` and `compile` print. */
import { dumpJson } from "../../python/json.ts";
import type { NewEvent } from "../event.ts";

interface Output {
  nodeName: string;
  uniqueId?: string;
  /** The SQL came by `--inline`. */
  inline: boolean;
  format: "text" | "json";
  quiet: boolean;
}

const named = ({ quiet, uniqueId = "" }: Output) => ({ quiet, unique_id: uniqueId });

/** The rows of `show`: a text table, or for `json` the rows as data. */
export function showNode(o: Output & { preview: string; rows?: unknown }): NewEvent {
  let message: string;
  if (o.format === "json") {
    message = dumpJson(o.inline ? { show: o.rows } : { node: o.nodeName, show: o.rows }, false, 2);
  } else if (o.quiet) message = o.preview;
  else message = `${o.inline ? "Previewing inline node" : `Previewing node '${o.nodeName}'`}:\n${o.preview}`;
  return {
    name: "ShowNode",
    code: "Q041",
    level: "info",
    message,
    data: { is_inline: o.inline, node_name: o.nodeName, output_format: o.format, preview: o.preview, ...named(o) },
  };
}

/** The SQL of `compile` for a single node. */
export function compiledNode(o: Output & { compiled: string }): NewEvent {
  let message: string;
  if (o.format === "json") {
    message = JSON.stringify(o.inline ? { compiled: o.compiled } : { node: o.nodeName, compiled: o.compiled }, null, 2);
  } else if (o.quiet) message = o.compiled;
  else message = `${o.inline ? "Compiled inline node" : `Compiled node '${o.nodeName}'`} is:\n${o.compiled}`;
  return {
    name: "CompiledNode",
    code: "Q042",
    level: "info",
    message,
    data: { compiled: o.compiled, is_inline: o.inline, node_name: o.nodeName, output_format: o.format, ...named(o) },
  };
}
