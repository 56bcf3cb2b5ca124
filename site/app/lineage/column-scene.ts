import type { ColumnLineage } from "../../data/format.ts";
import type { Graph, Layout } from "../../worker/protocol.ts";
import type { Place, Project } from "../project.ts";
import { GREY } from "./colours.ts";
import { BOX, type Box, type Scene } from "./scene.ts";

/** A column of a resource, or of a table that is none. */
export interface ColumnRef {
  table: Place | string;
  column: string;
}

/** Which columns go into which, both ways. Names of columns are compared without their case. */
export class ColumnGraph {
  private readonly lineage: ColumnLineage;
  private readonly uses = new Map<string, ColumnRef[]>();

  constructor(lineage: ColumnLineage) {
    this.lineage = lineage;
    for (const [place, { columns }] of Object.entries(lineage)) {
      for (const [column, { from }] of Object.entries(columns)) {
        for (const [table, name] of from) {
          const key = keyOf({ table, column: name });
          const known = this.uses.get(key);
          const user = { table: Number(place), column };
          if (known) known.push(user);
          else this.uses.set(key, [user]);
        }
      }
    }
  }

  origin({ table, column }: ColumnRef): ColumnLineage[number]["columns"][string] | undefined {
    if (typeof table === "string") return undefined;
    const columns = this.lineage[table]?.columns ?? {};
    return (
      columns[column] ?? Object.entries(columns).find(([name]) => name.toLowerCase() === column.toLowerCase())?.[1]
    );
  }
  above(column: ColumnRef): ColumnRef[] {
    return (this.origin(column)?.from ?? []).map(([table, name]) => ({ table, column: name }));
  }
  below(column: ColumnRef): ColumnRef[] {
    return this.uses.get(keyOf(column)) ?? [];
  }
}

export function keyOf({ table, column }: ColumnRef): string {
  return `${table}\n${column.toLowerCase()}`;
}

/** All columns that one comes from and that it reaches, step by step, itself among them. */
export function relatedColumns(
  graph: ColumnGraph,
  start: ColumnRef,
): { columns: Map<string, ColumnRef>; edges: [from: string, to: string][] } {
  const columns = new Map([[keyOf(start), start]]);
  const edges = new Set<string>();
  for (const direction of ["above", "below"] as const) {
    const open = [start];
    const seen = new Set([keyOf(start)]);
    for (let column = open.pop(); column; column = open.pop()) {
      for (const other of graph[direction](column)) {
        const [from, to] = direction === "above" ? [other, column] : [column, other];
        edges.add(JSON.stringify([keyOf(from), keyOf(to)]));
        if (seen.has(keyOf(other))) continue;
        seen.add(keyOf(other));
        columns.set(keyOf(other), columns.get(keyOf(other)) ?? other);
        open.push(other);
      }
    }
  }
  return { columns, edges: [...edges].map((edge) => JSON.parse(edge) as [string, string]) };
}

const COLOURS: { [kind: string]: string } = {
  direct: "#3b7dd8",
  derived: "#7a6ff0",
  aggregate: "#d9822b",
  constant: GREY,
  unknown: "#d33f49",
};

/** The picture of a column's lineage: a box a column, coloured by how it is made. */
export async function columnScene(
  project: Project,
  graph: ColumnGraph,
  start: ColumnRef,
  lay: (graph: Graph) => Promise<Layout>,
): Promise<Scene> {
  const { columns, edges } = relatedColumns(graph, start);
  const numbers = new Map([...columns.keys()].map((key, number) => [key, number]));
  const flat = edges.flatMap(([from, to]) => [numbers.get(from)!, numbers.get(to)!]);
  const layout = await lay({ count: columns.size, edges: flat, lanes: [] });
  const boxes = [...columns.values()].map((column, number): Box => {
    const { table } = column;
    return {
      x: layout.x[number]! * BOX.across,
      y: layout.y[number]! * BOX.down - BOX.height / 2,
      label: column.column,
      below: typeof table === "string" ? table : project.name(table),
      colour: COLOURS[graph.origin(column)?.kind ?? ""] ?? GREY,
      isFocus: number === 0,
      places: typeof table === "string" ? [] : [table],
      column: column.column,
    };
  });
  return {
    boxes,
    lines: edges.map((_, edge) => ({
      from: flat[edge * 2]!,
      to: flat[edge * 2 + 1]!,
      bends: [...layout.bends.subarray(layout.bendsFrom[edge], layout.bendsFrom[edge + 1])].map(
        (row) => row * BOX.down,
      ),
    })),
    lanes: [],
    width: layout.columns * BOX.across - (BOX.across - BOX.width),
    height: Math.max(1, layout.rows) * BOX.down,
    colours: Object.entries(COLOURS),
  };
}
