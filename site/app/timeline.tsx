import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { STATUSES, type Timeline } from "../data/format.ts";
import { useLater, useShared } from "./context.ts";
import { paletteOf } from "./lineage/painter.ts";
import { useTitle } from "./node-page.tsx";
import { Moment, mood, NodeLink, Scroll, Status, seconds } from "./parts.tsx";
import type { Place, Project } from "./project.ts";
import { goTo, hrefTo } from "./route.ts";

const ROW = 26;
const MOODS = { good: "#2e9e5b", bad: "#d33f49", warn: "#d99a1c", none: "#94a3b8" };

/** When each resource of the last run began and ended, and what the end of the run waited for. */
export function TimelinePage(): VNode {
  const { project } = useShared();
  const { hasTimeline, runs } = project.index;
  const { value, error } = useLater(
    async () => (hasTimeline ? project.file<Timeline>("timeline.json") : null),
    [project],
  );
  useTitle("Last run");
  if (!hasTimeline) {
    return (
      <article>
        <h1>Last run</h1>
        <p>Nothing has run yet, or target/run_results.json is not there.</p>
      </article>
    );
  }
  const run = runs[0]!;
  return (
    <article>
      <h1>Last run</h1>
      <p>
        <code>{run.command}</code> <Moment at={run.at} />, {seconds(run.seconds)}
      </p>
      {error ? <p class="error">{error}</p> : null}
      {value && project.isWhole ? (
        <>
          <Chart timeline={value} />
          <HeldUp timeline={value} />
          <Slowest timeline={value} />
        </>
      ) : (
        <p class="wait">Loading …</p>
      )}
    </article>
  );
}

function Chart({ timeline }: { timeline: Timeline }): VNode {
  const { project } = useShared();
  const element = useRef<HTMLCanvasElement>(null);
  const [over, setOver] = useState<number | null>(null);
  const end = timeline.end.reduce((latest, time) => Math.max(latest, time), 1);
  const sight = useRef({ from: 0, to: end });
  const height = timeline.threads.length * ROW + 24;

  const draw = () => {
    const canvas = element.current;
    if (canvas) paintChart(canvas, timeline, sight.current, project);
  };
  useEffect(() => {
    sight.current = { from: 0, to: end };
    const resize = new ResizeObserver(draw);
    resize.observe(element.current!);
    addEventListener("themechange", draw);
    return () => {
      resize.disconnect();
      removeEventListener("themechange", draw);
    };
  }, [timeline]);

  const timeAt = (event: MouseEvent) => {
    const { from, to } = sight.current;
    return from + (event.offsetX / (element.current!.clientWidth || 1)) * (to - from);
  };
  const barAt = (event: MouseEvent): number | null => {
    const time = timeAt(event);
    const thread = Math.floor(event.offsetY / ROW);
    const near = ((sight.current.to - sight.current.from) / (element.current!.clientWidth || 1)) * 2;
    const found = timeline.node.findIndex(
      (_, i) => timeline.thread[i] === thread && timeline.start[i]! - near <= time && timeline.end[i]! + near >= time,
    );
    return found < 0 ? null : found;
  };
  const zoom = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    const at = timeAt(event);
    const factor = Math.exp((event.deltaY || event.deltaX) * 0.002);
    const { from, to } = sight.current;
    sight.current = { from: Math.max(0, at - (at - from) * factor), to: Math.min(end, at + (to - at) * factor) };
    draw();
  };
  return (
    <figure class="timeline">
      <canvas
        ref={element}
        height={height}
        role="img"
        aria-label={`${timeline.node.length} results on ${timeline.threads.length} threads; the tables below tell the same`}
        onMouseMove={(event) => setOver(barAt(event))}
        onMouseLeave={() => setOver(null)}
        onWheel={zoom}
        onClick={(event) => {
          const bar = barAt(event);
          if (bar !== null) goTo(hrefTo("node", project.id(timeline.node[bar]!)));
        }}
      />
      <figcaption>
        {over === null
          ? "A row a thread. Point at a bar to see its name; Ctrl and the wheel zoom."
          : `${project.name(timeline.node[over]!)}: ${seconds((timeline.end[over]! - timeline.start[over]!) / 1000)}, ${STATUSES[timeline.status[over]!]}`}
      </figcaption>
    </figure>
  );
}

function paintChart(
  canvas: HTMLCanvasElement,
  timeline: Timeline,
  sight: { from: number; to: number },
  project: Project,
): void {
  const density = devicePixelRatio || 1;
  const width = canvas.clientWidth || 1;
  const height = timeline.threads.length * ROW + 24;
  canvas.width = width * density;
  canvas.height = height * density;
  const pen = canvas.getContext("2d")!;
  const palette = paletteOf(canvas);
  pen.scale(density, density);
  const across = (time: number) => ((time - sight.from) / (sight.to - sight.from)) * width;
  pen.font = "11px system-ui, sans-serif";
  pen.textBaseline = "middle";
  timeline.threads.forEach((_, thread) => {
    pen.fillStyle = palette.box;
    pen.fillRect(0, thread * ROW + 1, width, ROW - 2);
  });
  timeline.node.forEach((node, i) => {
    const [left, right] = [across(timeline.start[i]!), across(timeline.end[i]!)];
    if (right < 0 || left > width) return;
    const top = timeline.thread[i]! * ROW + 3;
    pen.fillStyle = MOODS[mood(STATUSES[timeline.status[i]!]!)];
    pen.fillRect(left, top, Math.max(1, right - left - 0.5), ROW - 6);
    const name = project.name(node);
    if (right - left > 8 + name.length * 6.5) {
      pen.fillStyle = "#fff";
      pen.fillText(name, left + 4, top + (ROW - 6) / 2);
    }
  });
  pen.fillStyle = palette.quiet;
  for (let part = 0; part <= 4; part++) {
    const time = sight.from + ((sight.to - sight.from) * part) / 4;
    pen.textAlign = part === 0 ? "left" : part === 4 ? "right" : "center";
    pen.fillText(seconds(time / 1000), (width * part) / 4, height - 10);
  }
}

interface Step {
  bar: number;
  /** Milliseconds between the end of what it waited for and its begin. */
  wait: number;
}

/** From the last end backwards: of each resource the parent that ended last. Its time is the least the run could take. */
export function criticalPath(project: Project, timeline: Timeline): Step[] {
  const bars = new Map<Place, number>(timeline.node.map((node, bar) => [node, bar]));
  const lastOf = (candidates: readonly number[]) =>
    candidates.reduce<number | undefined>(
      (best, bar) => (best === undefined || timeline.end[bar]! > timeline.end[best]! ? bar : best),
      undefined,
    );
  const path: Step[] = [];
  let bar = lastOf([...bars.values()]);
  while (bar !== undefined) {
    const parents = project.parents(timeline.node[bar]!).flatMap((parent) => bars.get(parent) ?? []);
    const before = lastOf(parents);
    path.push({ bar, wait: timeline.start[bar]! - (before === undefined ? 0 : timeline.end[before]!) });
    bar = before;
  }
  return path.reverse();
}

function HeldUp({ timeline }: { timeline: Timeline }): VNode {
  const { project } = useShared();
  const path = useMemo(() => criticalPath(project, timeline), [timeline]);
  return (
    <section aria-labelledby="held-up">
      <h2 id="held-up">What held up what</h2>
      <p class="quiet">
        Backwards from what ended last: each line waited for the one above it, which of all it depends on ended last.
      </p>
      <BarTable timeline={timeline} rows={path} showsWait />
    </section>
  );
}

function Slowest({ timeline }: { timeline: Timeline }): VNode {
  const rows = useMemo(() => {
    const took = (bar: number) => timeline.end[bar]! - timeline.start[bar]!;
    return timeline.node
      .map((_, bar) => ({ bar, wait: 0 }))
      .sort((a, b) => took(b.bar) - took(a.bar))
      .slice(0, 20);
  }, [timeline]);
  return (
    <section aria-labelledby="slowest">
      <h2 id="slowest">Slowest</h2>
      <BarTable timeline={timeline} rows={rows} />
    </section>
  );
}

function BarTable(props: { timeline: Timeline; rows: readonly Step[]; showsWait?: boolean }): VNode {
  const { timeline, rows, showsWait } = props;
  return (
    <Scroll label="results">
      <table>
        <thead>
          <tr>
            <th>Resource</th>
            <th>Status</th>
            <th>Began at</th>
            <th>Took</th>
            {showsWait ? <th>After waiting</th> : null}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ bar, wait }) => (
            <tr>
              <td>
                <NodeLink place={timeline.node[bar]!} withKind />
              </td>
              <td>
                <Status status={STATUSES[timeline.status[bar]!]!} />
              </td>
              <td>{seconds(timeline.start[bar]! / 1000)}</td>
              <td>{seconds((timeline.end[bar]! - timeline.start[bar]!) / 1000)}</td>
              {showsWait ? <td>{seconds(Math.max(0, wait) / 1000)}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
