import { Table } from "../agate/table.ts";
import type { NodeResult } from "../artifacts/results.ts";
import { compiledNode, formatting, note, print, showNode } from "../events/messages/index.ts";
import type { Node } from "../manifest/resources.ts";
import { loadJson } from "../python/json.ts";
import type { Run } from "./run.ts";

/** Results that the command names: the inline query, or nodes selected by their name. */
function named(run: Run): NodeResult[] {
  if (run.options.flags.inline) return run.results.filter((result) => result.node.name === "inline_query");
  const [first] = run.options.flags.select;
  if (first === undefined) return [];
  const words = run.options.flags.select.join(" ");
  return run.results.filter((result) => {
    if (words.includes(result.node.name)) return true;
    run.env.events.emit(note(`Excluded node '${result.node.name}' from results`, "debug"));
    return false;
  });
}

/** `compile` of named nodes prints their SQL. */
export function printCompiled(run: Run): void {
  const { flags } = run.options;
  for (const { node } of named(run)) {
    run.env.events.emit(
      compiledNode({
        nodeName: node.name,
        uniqueId: node.unique_id,
        compiled: (node as Node).compiled_code ?? "",
        inline: Boolean(flags.inline),
        format: flags.output === "json" ? "json" : "text",
        quiet: flags.quiet,
      }),
    );
  }
}

/** `show` prints the rows of named nodes, `seed --show` those of every seed. */
export function printRows(run: Run, options: { seeds?: boolean } = {}): void {
  const { flags } = run.options;
  if (options.seeds) {
    for (const result of run.results) if (result.table) printSeed(run, result.node as Node, result.table);
    return;
  }
  for (const { node, table } of named(run)) {
    if (!table) continue;
    const version = (node as Node).version;
    run.env.events.emit(
      showRows(table, {
        nodeName: version ? `${node.name}.v${String(version)}` : node.name,
        uniqueId: node.unique_id,
        inline: Boolean(flags.inline),
        format: flags.output === "json" ? "json" : "text",
        quiet: flags.quiet,
      }),
    );
  }
}

/** The event that shows a table, as text or as JSON. */
export function showRows(
  table: Table,
  about: { nodeName: string; uniqueId?: string; inline: boolean; format: "text" | "json"; quiet: boolean },
) {
  const json = about.format === "json";
  const preview = json ? table.toJson() : table.print({ maxRows: null });
  return showNode({ ...about, preview, ...(json ? { rows: loadJson(preview) } : {}) });
}

function shuffled(table: Table): Table {
  const keys = new Map(table.rows.map((row) => [row, Math.random()]));
  const rows = [...table.rows].sort((a, b) => keys.get(a)! - keys.get(b)!);
  return new Table(rows, table.names, table.columnTypes);
}

function printSeed(run: Run, node: Node, table: Table): void {
  const { events } = run.env;
  const header = `Random sample of table: ${node.schema}.${node.alias}`;
  events.emit(formatting(""));
  events.emit({ name: "SeedHeader", code: "Q004", level: "info", message: header, data: { header } });
  events.emit(formatting("-".repeat(header.length)));
  events.emit(print(shuffled(table).print({ maxRows: 10, maxColumns: null }).replace(/\n$/, "")));
  events.emit(formatting(""));
}
