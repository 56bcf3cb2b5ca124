import type { VNode } from "preact";
import type { SiteColumn } from "../data/format.ts";
import { useShared } from "./context.ts";
import { Markdown } from "./markdown.tsx";
import { mood, Scroll, Status } from "./parts.tsx";
import type { Place } from "./project.ts";
import { hrefTo } from "./route.ts";

/** Columns with their types, and how their tests ended last. */
export function ColumnTable(props: {
  place: Place;
  columns: readonly SiteColumn[];
  tests: readonly Place[];
  chosen: string | undefined;
}): VNode {
  const { project } = useShared();
  const testsOf = (name: string) =>
    props.tests.filter((test) => {
      const about = project.extra(test).test;
      return about?.on === props.place && about.column?.toLowerCase() === name.toLowerCase();
    });
  return (
    <Scroll label="columns">
      <table class="columns">
        <thead>
          <tr>
            <th>Name</th>
            <th>Type</th>
            <th>Description</th>
            <th>Tests</th>
          </tr>
        </thead>
        <tbody>
          {props.columns.map(({ name, type, description, tags, constraints }) => (
            <tr class={name === props.chosen ? "chosen" : ""}>
              <td>
                <ColumnName place={props.place} name={name} />
              </td>
              <td class="type">{type}</td>
              <td>
                {description ? <Markdown text={description} /> : null}
                {[...(tags ?? []), ...(constraints ?? [])].map((tag) => (
                  <span class="chip">{tag}</span>
                ))}
              </td>
              <td>
                {testsOf(name).map((test) => (
                  <a class={`chip test ${mood(project.status(test))}`} href={hrefTo("node", project.id(test))}>
                    {project.extra(test).test!.name} <Status status={project.status(test)} />
                  </a>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function ColumnName({ place, name }: { place: Place; name: string }): VNode {
  const { project } = useShared();
  if (!project.index.hasColumnLineage) return <code>{name}</code>;
  return (
    <a href={hrefTo("column", project.id(place), { column: name })}>
      <code>{name}</code>
    </a>
  );
}
