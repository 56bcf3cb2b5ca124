import type { VNode } from "preact";
import { useLater, useShared } from "./context.ts";
import { LineageView } from "./lineage/view.tsx";
import { Markdown } from "./markdown.tsx";
import { useTitle } from "./node-page.tsx";
import { KINDS, kindTitle, Moment, mood, NodeLink, Status, seconds } from "./parts.tsx";
import type { Place } from "./project.ts";
import { goTo, hrefTo } from "./route.ts";

/** The first page: what there is, how the last run went, what is broken. */
export function Home(): VNode {
  const { project } = useShared();
  const { index } = project;
  useTitle("");
  const counts = new Map<string, number>();
  for (const kind of index.nodes.kind) {
    const name = index.kinds[kind]!;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (index.testCount > 0) counts.set("test", index.testCount);
  const failing = index.nodes.id.flatMap((_, place) =>
    ["bad", "warn"].includes(mood(project.status(place))) ? [place] : [],
  );
  const [run] = index.runs;
  const members = index.nodes.id.flatMap((_, place) => (project.isMember(place) ? [place] : []));
  return (
    <article>
      <h1>{index.project}</h1>
      <p class="quiet">
        {index.adapter} · written <Moment at={index.generatedAt} />
      </p>
      <ul class="cards">
        {KINDS.filter((kind) => counts.has(kind)).map((kind) => (
          <li>
            <a href={hrefTo("list", kind)}>
              <strong>{counts.get(kind)!.toLocaleString()}</strong> {kindTitle(kind, counts.get(kind)).toLowerCase()}
            </a>
          </li>
        ))}
      </ul>
      {run ? (
        <p>
          Last run: <code>{run.command}</code> <Moment at={run.at} />, {seconds(run.seconds)}.{" "}
          {index.hasTimeline ? <a href={hrefTo("timeline")}>Time line</a> : null}
        </p>
      ) : null}
      {failing.length > 0 ? <Failing places={failing} /> : null}
      {index.overview ? <Markdown text={index.overview} /> : null}
      {members.length > 0 ? (
        <section aria-labelledby="shape">
          <h2 id="shape">Lineage</h2>
          <div class="mini tall">
            <LineageView
              request={{ places: members, collapse: members.length > 40, colour: "folder", lanes: "" }}
              onOpen={([place, ...more]) =>
                goTo(more.length > 0 ? hrefTo("lineage") : hrefTo("node", project.id(place!)))
              }
              isSmall
            />
          </div>
          <p>
            <a href={hrefTo("lineage")}>Open the lineage view</a>
          </p>
        </section>
      ) : null}
    </article>
  );
}

function Failing({ places }: { places: Place[] }): VNode {
  const { project } = useShared();
  return (
    <section aria-labelledby="failing">
      <h2 id="failing">Not well ({places.length})</h2>
      <ul class="rows">
        {places.slice(0, 100).map((place) => (
          <li>
            <NodeLink place={place} withKind /> <Status status={project.status(place)} />
            <span class="quiet">{project.extra(place).message?.slice(0, 200)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** All resources of a kind. */
export function KindPage({ kind }: { kind: string }): VNode {
  const { project } = useShared();
  const { value: places } = useLater(async () => project.ofKind(kind), [kind]);
  useTitle(kindTitle(kind, 2));
  return (
    <article>
      <h1>{kindTitle(kind, 2)}</h1>
      <ul class="rows">
        {(places ?? []).slice(0, 1000).map((place) => (
          <li>
            <NodeLink place={place} /> <Status status={project.status(place)} />
            <span class="quiet">{project.about(place)}</span>
          </li>
        ))}
      </ul>
      {(places?.length ?? 0) > 1000 ? (
        <p class="quiet">The first 1,000 of {places!.length.toLocaleString()}: search finds the others.</p>
      ) : null}
    </article>
  );
}
