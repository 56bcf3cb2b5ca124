import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { ColumnLineage } from "../data/format.ts";
import { useLater, useShared } from "./context.ts";
import { ColumnGraph, type ColumnRef, columnScene, keyOf, relatedColumns } from "./lineage/column-scene.ts";
import { Picture } from "./lineage/picture.tsx";
import { useTitle } from "./node-page.tsx";
import { NodeLink } from "./parts.tsx";
import type { Place } from "./project.ts";
import { goTo, hrefTo, type Route } from "./route.ts";

const MEANINGS: { [kind: string]: string } = {
  direct: "the value of another column",
  derived: "computed",
  aggregate: "an aggregate of many rows",
  constant: "no column goes into it",
  unknown: "not known",
};

/** Where a column comes from, and what it reaches. */
export function ColumnPage({ place, route }: { place: Place; route: Route }): VNode {
  const { project } = useShared();
  const column = route.query.column ?? "";
  useTitle(`${project.name(place)}.${column}`);
  const { value: graph, error } = useLater(
    async () =>
      project.index.hasColumnLineage ? new ColumnGraph(await project.file<ColumnLineage>("columns.json")) : null,
    [project],
  );
  return (
    <article class="column-page">
      <p class="over">
        <NodeLink place={place} withKind />
      </p>
      <h1>{column}</h1>
      {error ? <p class="error">{error}</p> : null}
      {graph === null ? <p>There is no column lineage: tsdbt docs generate --column-lineage makes it.</p> : null}
      {graph ? <Lineage graph={graph} start={{ table: place, column }} /> : null}
    </article>
  );
}

function Lineage({ graph, start }: { graph: ColumnGraph; start: ColumnRef }): VNode {
  const { project, ask } = useShared();
  const origin = graph.origin(start);
  const open = ({ places, column }: { places: Place[]; column?: string }) => {
    if (places[0] !== undefined) goTo(hrefTo("column", project.id(places[0]), { column: column ?? "" }));
  };
  return (
    <>
      <p>
        <span class={`chip origin-${origin?.kind ?? "unknown"}`}>{origin?.kind ?? "unknown"}</span>{" "}
        {origin?.reason ?? (origin ? MEANINGS[origin.kind] : "nothing is known of this column")}
      </p>
      <div class="mini tall">
        <Picture
          of={keyOf(start)}
          make={() => columnScene(project, graph, start, (asked) => ask("layout", asked))}
          label={(scene) =>
            `Lineage of the column: ${scene?.boxes.length ?? 0} columns, the same as in the lists below`
          }
          onOpen={open}
          isSmall
        />
      </div>
      <Steps graph={graph} start={start} />
    </>
  );
}

function Steps({ graph, start }: { graph: ColumnGraph; start: ColumnRef }): VNode {
  const { sources, ends } = useMemo(() => {
    const { columns } = relatedColumns(graph, start);
    const others = [...columns.values()].filter((column) => keyOf(column) !== keyOf(start));
    return {
      sources: others.filter((column) => graph.above(column).length === 0),
      ends: others.filter((column) => graph.below(column).length === 0),
    };
  }, [graph, keyOf(start)]);
  const lists: [string, string, ColumnRef[]][] = [
    ["Made of", "made-of", graph.above(start)],
    ["In the end of", "in-the-end", sources.filter((column) => !isIn(column, graph.above(start)))],
    ["Goes into", "goes-into", graph.below(start)],
    ["Reaches in the end", "reaches", ends.filter((column) => !isIn(column, graph.below(start)))],
  ];
  return (
    <>
      {lists
        .filter(([, , columns]) => columns.length > 0)
        .map(([title, id, columns]) => (
          <section aria-labelledby={id}>
            <h2 id={id}>
              {title} ({columns.length})
            </h2>
            <ul class="rows">
              {columns.map((column) => (
                <li>
                  <ColumnLink column={column} />
                  <span class="quiet">{graph.origin(column)?.kind}</span>
                </li>
              ))}
            </ul>
          </section>
        ))}
    </>
  );
}

function isIn(column: ColumnRef, list: readonly ColumnRef[]): boolean {
  return list.some((other) => keyOf(other) === keyOf(column));
}

function ColumnLink({ column: { table, column } }: { column: ColumnRef }): VNode {
  const { project } = useShared();
  if (typeof table === "string") {
    return (
      <code>
        {table}.{column}
      </code>
    );
  }
  return (
    <a href={hrefTo("column", project.id(table), { column })}>
      <code>
        {project.name(table)}.{column}
      </code>
    </a>
  );
}
