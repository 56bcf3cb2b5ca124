import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { useLater, useShared } from "../context.ts";
import { useTitle } from "../node-page.tsx";
import { NodeLink, Status } from "../parts.tsx";
import type { Place, Project } from "../project.ts";
import { goTo, hrefTo, type Route, replaceRoute } from "../route.ts";
import { TRAITS, type Trait } from "./colours.ts";
import { save, scenePng, sceneSvg } from "./export.ts";
import type { Drawing } from "./picture.tsx";
import type { Request } from "./scene.ts";
import { LineageView } from "./view.tsx";

type Query = Route["query"];

/** The lineage of one resource, of a selection, or where nothing is asked for, of the folders. */
export function LineagePage({ route }: { route: Route }): VNode {
  const { project, ask } = useShared();
  const { query } = route;
  const focus = route.target === "" ? undefined : project.placeOf(route.target);
  const select = query.select ?? "";
  const exclude = query.exclude ?? "";
  const hasSelection = select !== "" || exclude !== "";
  const { value: selected } = useLater(
    async () => (hasSelection ? ask("select", { select, exclude }) : null),
    [select, exclude],
  );
  const [chosen, setChosen] = useState<Place[] | null>(null);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  useTitle(focus === undefined ? "Lineage" : `Lineage of ${project.name(focus)}`);

  const change = (changes: Query) => {
    const next = Object.fromEntries(Object.entries({ ...query, ...changes }).filter(([, value]) => value !== ""));
    replaceRoute(hrefTo("lineage", route.target, next));
  };
  const request = useMemo(
    () => requestOf(project, query, focus, selected?.places),
    [JSON.stringify(query), focus, selected, project.size],
  );
  const open = (places: Place[]) => {
    const [place] = places as [Place];
    if (places.length > 1)
      goTo(hrefTo("lineage", "", { ...query, select: selectorOf(project, places), collapse: "0" }));
    else goTo(hrefTo("lineage", project.id(place), focus === undefined ? {} : query));
  };
  const waits = hasSelection && !selected;
  return (
    <div class="lineage-page">
      <h1 class="for-readers">Lineage</h1>
      <Toolbar route={route} focus={focus} onChange={change} drawing={drawing} />
      {selected?.error ? (
        <p class="error" role="alert">
          {selected.error}
        </p>
      ) : null}
      {waits ? (
        <p class="wait">Selecting …</p>
      ) : (
        <LineageView request={request} onOpen={open} onChoose={setChosen} onDrawn={setDrawing} />
      )}
      <section class="legend" aria-label="Colours">
        {drawing?.scene.colours.slice(0, 24).map(([value, colour]) => (
          <span>
            <Swatch colour={colour} />
            {value || "(none)"}
          </span>
        ))}
      </section>
      <div aria-live="polite">{chosen ? <Chosen places={chosen} query={query} /> : null}</div>
    </div>
  );
}

/** A selector for what a box of a folder holds. */
function selectorOf(project: Project, places: readonly Place[]): string {
  const [place] = places as [Place];
  const { source } = project.extra(place);
  return source ? `source:${source}` : `path:${project.path(place).split("/").slice(0, -1).join("/")}`;
}

const MOST_READABLE = 150;

/** Without a focus and a selection the folders are shown, where there are more resources than can be read. */
function requestOf(
  project: Project,
  query: Query,
  focus: Place | undefined,
  selected: readonly Place[] | undefined,
): Request {
  const request: Request = {
    colour: trait(query.colour) ?? "folder",
    lanes: trait(query.lanes) ?? "",
    collapse: query.collapse === "1",
    tests: query.tests === "1",
  };
  if (focus !== undefined) return { ...request, focus: [focus], up: steps(query.up), down: steps(query.down) };
  if (selected) return { ...request, places: selected };
  const all = Array.from({ length: project.size }, (_, place) => place);
  const places = request.tests ? all : all.filter((place) => project.isMember(place));
  return { ...request, places, ...(query.collapse === undefined ? { collapse: places.length > MOST_READABLE } : {}) };
}

function trait(name: string | undefined): Trait | undefined {
  return TRAITS.find((known) => known === name);
}

function steps(text: string | undefined): number {
  const number = Number(text ?? "1");
  return Number.isFinite(number) ? Math.max(0, Math.min(99, Math.floor(number))) : 1;
}

function Toolbar(props: {
  route: Route;
  focus: Place | undefined;
  onChange(changes: Query): void;
  drawing: Drawing | null;
}): VNode {
  const { project } = useShared();
  const { query } = props.route;
  const { focus, onChange, drawing } = props;
  const draw = async (form: "svg" | "png") => {
    if (!drawing) return;
    const { scene, canvas } = drawing;
    const name = `${focus === undefined ? project.index.project : project.name(focus)}-lineage.${form}`;
    const content =
      form === "svg"
        ? new Blob([sceneSvg(scene, canvas.colours)], { type: "image/svg+xml" })
        : await scenePng(scene, canvas.colours);
    save(name, content);
  };
  return (
    <div class="toolbar" role="toolbar" aria-label="lineage">
      {focus === undefined ? (
        <SelectForm key={`${query.select} ${query.exclude}`} query={query} />
      ) : (
        <>
          <span>
            Around <NodeLink place={focus} />
          </span>
          <Steps label="Up" name="up" query={query} onChange={onChange} />
          <Steps label="Down" name="down" query={query} onChange={onChange} />
          <a class="button" href={hrefTo("lineage")}>
            All
          </a>
        </>
      )}
      <Choice label="Colour" name="colour" first="folder" query={query} onChange={onChange} />
      <Choice label="Lanes" name="lanes" first="" query={query} onChange={onChange} />
      <Toggle
        label="Folders"
        name="collapse"
        isOn={
          query.collapse === undefined && drawing
            ? drawing.scene.boxes.some((box) => box.places.length > 1)
            : query.collapse === "1"
        }
        onChange={onChange}
      />
      <Toggle label="Tests" name="tests" isOn={query.tests === "1"} onChange={onChange} />
      <span class="group">
        <button type="button" onClick={() => drawing?.canvas.zoom(1.4)} aria-label="Zoom in">
          +
        </button>
        <button type="button" onClick={() => drawing?.canvas.zoom(1 / 1.4)} aria-label="Zoom out">
          −
        </button>
        <button type="button" onClick={() => drawing?.canvas.fit()}>
          Fit
        </button>
      </span>
      <span class="group">
        <button type="button" onClick={() => draw("svg")}>
          SVG
        </button>
        <button type="button" onClick={() => draw("png")}>
          PNG
        </button>
      </span>
    </div>
  );
}

function SelectForm({ query }: { query: Query }): VNode {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const next: Query = { ...query, select: String(form.get("select")), exclude: String(form.get("exclude")) };
    goTo(hrefTo("lineage", "", Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ""))));
  };
  return (
    <form onSubmit={submit as never} class="select-form">
      <label>
        Select{" "}
        <input
          name="select"
          defaultValue={query.select ?? ""}
          placeholder="+orders tag:gold,config.materialized:table"
          spellcheck={false}
        />
      </label>
      <label>
        Exclude <input name="exclude" defaultValue={query.exclude ?? ""} class="narrow" spellcheck={false} />
      </label>
      <button type="submit">Show</button>
    </form>
  );
}

interface Field {
  label: string;
  name: string;
  query: Query;
  onChange(changes: Query): void;
}

function Steps({ label, name, query, onChange }: Field): VNode {
  return (
    <label>
      {label}{" "}
      <input
        type="number"
        min={0}
        max={99}
        value={query[name] ?? "1"}
        onChange={(event) => onChange({ [name]: event.currentTarget.value })}
      />
    </label>
  );
}

function Choice({ label, name, first, query, onChange }: Field & { first: string }): VNode {
  return (
    <label>
      {label}{" "}
      <select value={query[name] ?? first} onChange={(event) => onChange({ [name]: event.currentTarget.value })}>
        {first === "" ? <option value="">none</option> : null}
        {TRAITS.map((known) => (
          <option value={known}>{known}</option>
        ))}
      </select>
    </label>
  );
}

function Toggle(props: { label: string; name: string; isOn: boolean; onChange(changes: Query): void }): VNode {
  return (
    <button
      type="button"
      aria-pressed={props.isOn}
      onClick={() => props.onChange({ [props.name]: props.isOn ? "0" : "1" })}
    >
      {props.label}
    </button>
  );
}

function Chosen({ places, query }: { places: Place[]; query: Query }): VNode {
  const { project } = useShared();
  const [place] = places as [Place];
  if (places.length > 1) return <p class="chosen">{places.length} resources: a double click shows them</p>;
  return (
    <p class="chosen">
      <NodeLink place={place} withKind /> <Status status={project.status(place)} />
      <span class="quiet">{project.about(place)}</span>
      <a class="button" href={hrefTo("lineage", project.id(place), query.select ? {} : query)}>
        Focus
      </a>
    </p>
  );
}

/** A patch of colour: set by script, since the page's policy takes no style from markup. */
function Swatch({ colour }: { colour: string }): VNode {
  return <span class="swatch" style={{ background: colour }} />;
}
