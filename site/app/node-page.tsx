import type { ComponentChildren, VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { SiteBody } from "../data/format.ts";
import { Code } from "./code.tsx";
import { ColumnTable } from "./columns.tsx";
import { useLater, useShared } from "./context.ts";
import { LineageView } from "./lineage/view.tsx";
import { Markdown, safeAddress } from "./markdown.tsx";
import { Kind, Moment, NodeLink, Scroll, Status, seconds } from "./parts.tsx";
import type { Place } from "./project.ts";
import { goTo, hrefTo, type Route, replaceRoute } from "./route.ts";

/** Everything about one resource. */
export function NodePage({ place, route }: { place: Place; route: Route }): VNode {
  const { project } = useShared();
  const { value: body, error } = useLater(() => project.body(place), [place]);
  const kind = project.kind(place);
  const tests = project.children(place).filter((child) => ["test", "unit_test"].includes(project.kind(child)));
  const users = project.children(place).filter((child) => !tests.includes(child));
  const extra = project.extra(place);
  return (
    <article class="node-page">
      <header>
        <p class="over">
          <Kind kind={kind} /> {project.packageName(place)}
          {project.folder(place) ? ` / ${project.folder(place).replaceAll("/", " / ")}` : ""}
        </p>
        <h1>{project.name(place)}</h1>
        <p class="chips">
          <Status status={project.status(place)} />
          {project.tags(place).map((tag) => (
            <a class="chip" href={hrefTo("lineage", "", { select: `tag:${tag}` })}>
              {tag}
            </a>
          ))}
        </p>
      </header>
      {extra.message ? <Code text={extra.message} language="text" label="message of the last run" /> : null}
      {error ? <p class="error">{error}</p> : null}
      {body ? <Description body={body} /> : <p class="wait">Loading …</p>}
      {body ? <Facts place={place} body={body} /> : null}
      {project.isMember(place) ? (
        <Section title="Lineage" id="lineage">
          <div class="mini">
            <LineageView
              request={{ focus: [place], up: 1, down: 1 }}
              onOpen={([other]) => goTo(hrefTo("node", project.id(other!)))}
              isSmall
            />
          </div>
          <p>
            <a href={hrefTo("lineage", project.id(place))}>Open the lineage view</a>
          </p>
        </Section>
      ) : null}
      {body?.columns ? (
        <Section title="Columns" id="columns">
          <ColumnTable place={place} columns={body.columns} tests={tests} chosen={route.query.column} />
        </Section>
      ) : null}
      {body?.arguments ? <Arguments list={body.arguments} /> : null}
      {tests.length > 0 ? <Tests place={place} tests={tests} /> : null}
      <Neighbours place={place} users={users} macros={body?.macros ?? []} />
      {body?.freshness ? <FreshnessPart freshness={body.freshness} /> : null}
      {body ? <Source body={body} route={route} /> : null}
      {body?.unitTest ? (
        <Section title="Definition" id="definition">
          <Code text={JSON.stringify(body.unitTest, null, 2)} language="text" label="definition" />
        </Section>
      ) : null}
      {body?.history ? <History history={body.history} /> : null}
      {body?.config ? (
        <Section title="Config" id="config">
          <KeyValues object={body.config} />
        </Section>
      ) : null}
      {body?.meta ? (
        <Section title="Meta" id="meta">
          <KeyValues object={body.meta} />
        </Section>
      ) : null}
    </article>
  );
}

export function Section({ title, id, children }: { title: string; id: string; children: ComponentChildren }): VNode {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}

function Description({ body }: { body: SiteBody }): VNode {
  return body.description ? <Markdown text={body.description} /> : <p class="quiet">No description.</p>;
}

function Facts({ place, body }: { place: Place; body: SiteBody }): VNode {
  const { project } = useShared();
  const last = body.history?.[0];
  const facts: [string, ComponentChildren][] = [...(body.facts ?? []), ...(body.stats ?? [])];
  if (body.owner) facts.push(["Owner", [body.owner.name, body.owner.email].filter(Boolean).join(", ")]);
  const address = body.url ? safeAddress(body.url) : null;
  if (address) {
    facts.push([
      "Address",
      <a href={address} rel="noopener noreferrer" target="_blank">
        {address}
      </a>,
    ]);
  }
  if (last) {
    facts.push(["Last run", <Moment at={project.index.runs[last.run]!.at} />]);
    facts.push(["Took", seconds(last.seconds)]);
    if (last.rows !== null) facts.push(["Rows of the last run", last.rows.toLocaleString()]);
  }
  if (project.path(place)) facts.push(["File", project.path(place)]);
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <div>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Tests({ place, tests }: { place: Place; tests: Place[] }): VNode {
  const { project } = useShared();
  const own = (test: Place) => project.extra(test).test?.on === place || project.extra(test).test === undefined;
  const sorted = [...tests].sort((a, b) => Number(own(b)) - Number(own(a)));
  return (
    <Section title={`Tests (${tests.length})`} id="tests">
      <ul class="rows">
        {sorted.map((test) => {
          const { test: about, failures } = project.extra(test);
          return (
            <li>
              <NodeLink place={test} />
              {about?.column ? <code>{about.column}</code> : null}
              {failures ? <span>{failures.toLocaleString()} rows</span> : null}
              <Status status={project.status(test)} />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function Neighbours({ place, users, macros }: { place: Place; users: Place[]; macros: string[] }): VNode {
  const { project } = useShared();
  const parents = project.parents(place);
  const known = macros.flatMap((id) => project.placeOf(id) ?? []).filter((macro) => !parents.includes(macro));
  const lists: [string, string, readonly Place[]][] = [
    ["Depends on", "depends-on", parents],
    ["Uses the macros", "macros", known],
    ["Used by", "used-by", users],
    ["Members", "members", project.members(place)],
  ];
  return (
    <>
      {lists
        .filter(([, , places]) => places.length > 0)
        .map(([title, id, places]) => (
          <Section title={`${title} (${places.length})`} id={id}>
            <ul class="rows">
              {places.slice(0, 500).map((other) => (
                <li>
                  <NodeLink place={other} withKind />
                  <span class="quiet">{project.about(other)}</span>
                </li>
              ))}
            </ul>
            {places.length > 500 ? <p class="quiet">and {places.length - 500} more</p> : null}
          </Section>
        ))}
    </>
  );
}

function Arguments({ list }: { list: NonNullable<SiteBody["arguments"]> }): VNode | null {
  if (list.length === 0) return null;
  return (
    <Section title="Arguments" id="arguments">
      <Scroll label="arguments">
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>Type</th>
              <th>Description</th>
            </tr>
          </thead>
          <tbody>
            {list.map(({ name, type, description }) => (
              <tr>
                <td>
                  <code>{name}</code>
                </td>
                <td>{type}</td>
                <td>{description ? <Markdown text={description} /> : null}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Section>
  );
}

function FreshnessPart({ freshness }: { freshness: NonNullable<SiteBody["freshness"]> }): VNode {
  const { warnAfter, errorAfter, field, status, maxLoadedAt, checkedAt, age } = freshness;
  return (
    <Section title="Freshness" id="freshness">
      <dl class="facts">
        <Fact label="Status" value={status} />
        <Fact label="Newest row" value={maxLoadedAt && <Moment at={maxLoadedAt} />} />
        <Fact label="Age then" value={age === null ? "" : seconds(age)} />
        <Fact label="Checked" value={checkedAt && <Moment at={checkedAt} />} />
        <Fact label="Warns after" value={warnAfter} />
        <Fact label="Fails after" value={errorAfter} />
        <Fact label="Field" value={field} />
      </dl>
    </Section>
  );
}

function Fact({ label, value }: { label: string; value: ComponentChildren }): VNode | null {
  return value ? (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  ) : null;
}

function Source({ body, route }: { body: SiteBody; route: Route }): VNode | null {
  const { raw, compiled } = body;
  if (!raw && !compiled) return null;
  const tabs = [
    ["source", "Source", raw],
    ["compiled", "Compiled", compiled],
  ].filter(([, , text]) => text) as [string, string, string][];
  const shown = tabs.find(([name]) => name === route.query.tab) ?? tabs[0]!;
  return (
    <Section title="Code" id="code">
      <fieldset class="tabs">
        <legend class="for-readers">Form of the code</legend>
        {tabs.map(([name, title]) => (
          <button
            type="button"
            aria-pressed={name === shown[0]}
            onClick={() => replaceRoute(hrefTo(route.page, route.target, { ...route.query, tab: name }))}
          >
            {title}
          </button>
        ))}
      </fieldset>
      <Code text={shown[2]} language={body.language === "python" ? "python" : "sql"} label={`${shown[1]} code`} />
    </Section>
  );
}

function History({ history }: { history: NonNullable<SiteBody["history"]> }): VNode {
  const { project } = useShared();
  const longest = Math.max(...history.map((entry) => entry.seconds), 0.001);
  return (
    <Section title="Runs" id="runs">
      <Scroll label="runs">
        <table>
          <thead>
            <tr>
              <th>When</th>
              <th>Command</th>
              <th>Status</th>
              <th>Took</th>
              <th>Rows</th>
              <th>Message</th>
            </tr>
          </thead>
          <tbody>
            {history.map(({ run, status, seconds: took, rows, failures, message }) => (
              <tr>
                <td>
                  <Moment at={project.index.runs[run]!.at} />
                </td>
                <td>{project.index.runs[run]!.command}</td>
                <td>
                  <Status status={status} />
                </td>
                <td>
                  <meter min={0} max={longest} value={took} aria-label={seconds(took)} /> {seconds(took)}
                </td>
                <td>{(rows ?? failures)?.toLocaleString()}</td>
                <td class="quiet">{message.slice(0, 300)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Section>
  );
}

function KeyValues({ object }: { object: { [key: string]: unknown } }): VNode {
  return (
    <dl class="facts">
      {Object.entries(object).map(([key, value]) => (
        <Fact label={key} value={typeof value === "string" ? value : JSON.stringify(value)} />
      ))}
    </dl>
  );
}

/** Sets the window's title to what the page shows. */
export function useTitle(title: string): void {
  const { project } = useShared();
  useEffect(() => {
    document.title = title ? `${title} · ${project.index.project}` : project.index.project;
  }, [title]);
}
