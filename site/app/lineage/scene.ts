import type { Graph, Layout } from "../../worker/protocol.ts";
import { kindTitle } from "../parts.tsx";
import type { Place, Project } from "../project.ts";
import { pushTo, within } from "../project.ts";
import { coloursOf, GREY, type Trait, traitOf } from "./colours.ts";

export const BOX = { width: 190, height: 34, across: 260, down: 48 };

/** Which part of the graph to show, and how. */
export interface Request {
  /** In the middle; with `up` and `down` steps around it. */
  focus?: readonly Place[];
  up?: number;
  down?: number;
  /** These instead of the steps. */
  places?: readonly Place[];
  colour?: Trait;
  lanes?: Trait | "";
  /** Folders as one box each. */
  collapse?: boolean;
  tests?: boolean;
}

export interface Box {
  /** Top left. */
  x: number;
  y: number;
  label: string;
  below: string;
  colour: string;
  isFocus: boolean;
  /** A resource, those of a folder, or the one that has the column. */
  places: Place[];
  /** Where columns are shown. */
  column?: string;
}

export interface Line {
  from: number;
  to: number;
  /** The heights at which it passes the columns between. */
  bends: number[];
}

export interface Scene {
  boxes: Box[];
  lines: Line[];
  lanes: { label: string; colour: string; top: number; bottom: number }[];
  width: number;
  height: number;
  colours: [value: string, colour: string][];
}

/** The resources that a request is about. */
export function placesOf(project: Project, request: Request): Place[] {
  const keep = (place: Place) =>
    project.isMember(place) || (request.tests === true && /test$/.test(project.kind(place)));
  if (request.places) return request.places.filter(keep);
  const focus = request.focus ?? [];
  const up = within(focus, request.up ?? 1, (place) => project.parents(place), keep);
  const down = within(focus, request.down ?? 1, (place) => project.children(place), keep);
  return [...new Set([...up, ...down])];
}

/** One box: its members and what it is called. */
interface Unit {
  places: Place[];
  folder?: string;
}

/** Makes the picture; `lay` lays out the graph. */
export async function makeScene(
  project: Project,
  request: Request,
  lay: (graph: Graph) => Promise<Layout>,
): Promise<Scene> {
  const places = placesOf(project, request);
  const units = unitsOf(project, places, request);
  const unitOf = new Map<Place, number>();
  units.forEach((unit, number) => {
    for (const place of unit.places) unitOf.set(place, number);
  });
  const edges = edgesBetween(project, places, unitOf);
  const trait = request.colour ?? "folder";
  const colours = coloursOf(project, places, trait);
  const laneNames = request.lanes ? lanesOf(project, places, request.lanes, units) : { names: [], of: [] };
  const layout = await lay({ count: units.length, edges, lanes: laneNames.of });
  const focus = new Set(request.focus);
  const { across, down, height } = BOX;
  const boxes = units.map((unit, number): Box => {
    const [first] = unit.places as [Place];
    const own = project.extra(first).color;
    return {
      x: layout.x[number]! * across,
      y: layout.y[number]! * down - height / 2,
      label: unit.folder ?? project.name(first),
      below: unit.folder === undefined ? belowOf(project, first) : `${unit.places.length} resources`,
      colour:
        (trait === "folder" && own && /^#[0-9a-f]{3,8}$/i.test(own)
          ? own
          : colours.get(traitOf(project, first, trait))) ?? GREY,
      isFocus: unit.places.some((place) => focus.has(place)),
      places: unit.places,
    };
  });
  const lines: Line[] = [];
  for (let edge = 0; edge < edges.length / 2; edge++) {
    const bends = [...layout.bends.subarray(layout.bendsFrom[edge], layout.bendsFrom[edge + 1])];
    lines.push({ from: edges[edge * 2]!, to: edges[edge * 2 + 1]!, bends: bends.map((row) => row * down) });
  }
  return {
    boxes,
    lines,
    lanes: laneNames.names.map((label, lane) => ({
      label: label || "(none)",
      colour: colours.get(label) ?? GREY,
      top: layout.lanes[lane]![0] * down - 10,
      bottom: layout.lanes[lane]![1] * down + 10,
    })),
    width: Math.max(1, layout.columns) * across - (across - BOX.width),
    height: Math.max(1, layout.rows) * down,
    colours: [...colours],
  };
}

function belowOf(project: Project, place: Place): string {
  const kind = project.kind(place);
  return kind === "model" ? String(project.config(place).materialized ?? "model") : kindTitle(kind).toLowerCase();
}

function unitsOf(project: Project, places: readonly Place[], request: Request): Unit[] {
  const focus = new Set(request.focus);
  if (!request.collapse) return places.map((place) => ({ places: [place] }));
  const folders = new Map<string, Unit>();
  const units: Unit[] = [];
  for (const place of places) {
    const name = folderName(project, place);
    if (focus.has(place) || name === "") {
      units.push({ places: [place] });
      continue;
    }
    let unit = folders.get(name);
    if (!unit) {
      unit = { places: [], folder: name };
      folders.set(name, unit);
      units.push(unit);
    }
    unit.places.push(place);
  }
  return units;
}

function folderName(project: Project, place: Place): string {
  const folder = project.folder(place);
  const kind = project.kind(place);
  if (kind === "source") return project.extra(place).source ?? folder;
  return folder === "" ? "" : `${folder}/`;
}

/** Edges between units, each once; folders that use each other would go in circles, so edges back are left out. */
function edgesBetween(project: Project, places: readonly Place[], unitOf: ReadonlyMap<Place, number>): number[] {
  const seen = new Set<number>();
  const edges: number[] = [];
  const next: number[][] = [];
  const count = unitOf.size;
  for (const place of places) {
    const to = unitOf.get(place)!;
    for (const parent of project.parents(place)) {
      const from = unitOf.get(parent);
      if (from === undefined || from === to || seen.has(from * count + to)) continue;
      seen.add(from * count + to);
      edges.push(from, to);
      pushTo(next, from, to);
    }
  }
  return new Set(unitOf.values()).size === places.length ? edges : withoutCircles(edges, next);
}

function withoutCircles(edges: readonly number[], next: number[][]): number[] {
  const state = new Map<number, "open" | "done">();
  const back = new Set<string>();
  const visit = (start: number) => {
    const stack: [unit: number, at: number][] = [[start, 0]];
    state.set(start, "open");
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const other = next[top[0]]?.[top[1]++];
      if (other === undefined) {
        state.set(top[0], "done");
        stack.pop();
      } else if (state.get(other) === "open") back.add(`${top[0]} ${other}`);
      else if (!state.has(other)) {
        state.set(other, "open");
        stack.push([other, 0]);
      }
    }
  };
  for (const unit of edges) if (!state.has(unit)) visit(unit);
  const kept: number[] = [];
  for (let i = 0; i < edges.length; i += 2) {
    if (!back.has(`${edges[i]} ${edges[i + 1]}`)) kept.push(edges[i]!, edges[i + 1]!);
  }
  return kept;
}

/** Lanes in the order of the data: those come first whose members stand nearest to the sources. */
function lanesOf(
  project: Project,
  places: readonly Place[],
  trait: Trait,
  units: readonly Unit[],
): { names: string[]; of: number[] } {
  const depth = depths(project, places);
  const sums = new Map<string, [sum: number, count: number]>();
  for (const place of places) {
    const name = traitOf(project, place, trait);
    const [sum, count] = sums.get(name) ?? [0, 0];
    sums.set(name, [sum + depth.get(place)!, count + 1]);
  }
  const mean = (name: string) => sums.get(name)![0] / sums.get(name)![1];
  const names = [...sums.keys()].sort((a, b) => mean(a) - mean(b) || (a < b ? -1 : 1));
  return { names, of: units.map((unit) => names.indexOf(traitOf(project, unit.places[0]!, trait))) };
}

function depths(project: Project, places: readonly Place[]): Map<Place, number> {
  const among = new Set(places);
  const open = new Map<Place, number>();
  for (const place of places) open.set(place, project.parents(place).filter((parent) => among.has(parent)).length);
  const depth = new Map<Place, number>(places.map((place) => [place, 0]));
  const sorted = places.filter((place) => open.get(place) === 0);
  for (let i = 0; i < sorted.length; i++) {
    for (const child of project.children(sorted[i]!)) {
      if (!among.has(child)) continue;
      depth.set(child, Math.max(depth.get(child)!, depth.get(sorted[i]!)! + 1));
      open.set(child, open.get(child)! - 1);
      if (open.get(child) === 0) sorted.push(child);
    }
  }
  return depth;
}
