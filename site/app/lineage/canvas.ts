import { pushTo } from "../project.ts";
import { type Palette, paint, paintLaneNames, paintMarked, paletteOf, type View } from "./painter.ts";
import { BOX, type Scene } from "./scene.ts";

/** How far beyond its edges the picture is painted, in parts of the canvas: panning moves it, and paints anew only at its end. */
const MARGIN = 0.5;
const LEAST = 0.005;
const MOST = 3;

export interface Handlers {
  /** A box was chosen, or none. */
  onChoose(box: number | null): void;
  /** A box is to be opened. */
  onOpen(box: number): void;
}

/**
 * A lineage picture that can be moved. It is painted once into a buffer larger than the canvas; moving and zooming only
 * copy that, so that they stay smooth however many nodes there are, and when they stop it is painted sharp again.
 */
export class LineageCanvas {
  private readonly canvas: HTMLCanvasElement;
  private readonly handlers: Handlers;
  private readonly buffer = document.createElement("canvas");
  private buffered: View | null = null;
  private scene: Scene | null = null;
  private view: View = { x: 0, y: 0, scale: 1 };
  private palette: Palette;
  private marked: ReadonlySet<number> = new Set();
  private chosen: number | null = null;
  private frame = 0;
  private settle = 0;
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private hasMoved = false;
  private readonly stop = new AbortController();
  private readonly resize: ResizeObserver;
  private takesWheel = true;

  constructor(canvas: HTMLCanvasElement, handlers: Handlers, takesWheel: boolean) {
    this.canvas = canvas;
    this.handlers = handlers;
    this.takesWheel = takesWheel;
    this.palette = paletteOf(canvas);
    this.listen();
    this.resize = new ResizeObserver(() => {
      this.fitCanvas();
      this.fit();
    });
    this.resize.observe(canvas);
  }

  close(): void {
    this.stop.abort();
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.settle);
  }

  show(scene: Scene): void {
    this.scene = scene;
    this.marked = new Set();
    this.chosen = null;
    this.fitCanvas();
    this.fit();
  }

  get colours(): Palette {
    return this.palette;
  }

  /** Takes the page's colours again. */
  recolour(): void {
    this.palette = paletteOf(this.canvas);
    this.repaint();
  }

  /** All of it, or as much around the focus as can be read. */
  fit(): void {
    const { scene } = this;
    if (!scene) return;
    const { width, height } = this.size();
    const space = 24;
    const whole = Math.min((width - 2 * space) / scene.width, (height - 2 * space) / scene.height, 1.15);
    const focus = scene.boxes.find((box) => box.isFocus);
    const scale = Math.max(LEAST, focus ? Math.max(whole, 0.45) : whole);
    this.view = {
      scale,
      x: centre(scene.width, width / scale, focus && focus.x + BOX.width / 2, space / scale),
      y: centre(scene.height, height / scale, focus && focus.y + BOX.height / 2, space / scale),
    };
    this.repaint();
  }

  zoom(factor: number, at = this.middle()): void {
    const scale = Math.min(MOST, Math.max(LEAST, this.view.scale * factor));
    const { x, y } = this.view;
    this.view = {
      scale,
      x: x + at.x / this.view.scale - at.x / scale,
      y: y + at.y / this.view.scale - at.y / scale,
    };
    this.draw();
    this.repaintSoon();
  }

  pan(dx: number, dy: number): void {
    this.view = { ...this.view, x: this.view.x - dx / this.view.scale, y: this.view.y - dy / this.view.scale };
    this.draw();
    this.repaintSoon();
  }

  /** Chooses a box, marks what it is joined to, and brings it into sight. */
  choose(box: number | null, doesShow = false): void {
    this.chosen = box;
    this.marked = box === null || !this.scene ? new Set() : reach(this.scene, box);
    if (box !== null && doesShow) this.bringIntoSight(box);
    this.handlers.onChoose(box);
    this.draw();
  }

  private bringIntoSight(number: number): void {
    const box = this.scene!.boxes[number]!;
    const { width, height } = this.size();
    const { scale, x, y } = this.view;
    const [left, top] = [(box.x - x) * scale, (box.y - y) * scale];
    if (left > 0 && top > 0 && left + BOX.width * scale < width && top + BOX.height * scale < height) return;
    this.view = { scale, x: box.x + BOX.width / 2 - width / scale / 2, y: box.y + BOX.height / 2 - height / scale / 2 };
    this.repaint();
  }

  private size(): { width: number; height: number } {
    return { width: this.canvas.clientWidth || 1, height: this.canvas.clientHeight || 1 };
  }
  private middle(): { x: number; y: number } {
    const { width, height } = this.size();
    return { x: width / 2, y: height / 2 };
  }

  private fitCanvas(): void {
    const { width, height } = this.size();
    const density = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * density);
    this.canvas.height = Math.round(height * density);
    this.buffer.width = Math.round(width * (1 + 2 * MARGIN) * density);
    this.buffer.height = Math.round(height * (1 + 2 * MARGIN) * density);
    this.buffered = null;
  }

  private repaintSoon(): void {
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.repaint(), 120) as unknown as number;
  }
  private repaint(): void {
    clearTimeout(this.settle);
    this.buffered = null;
    this.draw();
  }
  private draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.drawNow());
  }

  private drawNow(): void {
    const { scene, view } = this;
    if (!scene) return;
    const { width, height } = this.size();
    const density = this.canvas.width / width;
    if (!this.covers(width, height)) this.paintBuffer(scene, width, height, density);
    const pen = this.canvas.getContext("2d")!;
    const buffered = this.buffered!;
    const factor = view.scale / buffered.scale;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = this.palette.ground;
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    // Between pixels, letters would blur.
    const place = (distance: number) => {
      const pixels = distance * view.scale * density;
      return factor === 1 ? Math.round(pixels) : pixels;
    };
    pen.drawImage(
      this.buffer,
      place(buffered.x - view.x),
      place(buffered.y - view.y),
      this.buffer.width * factor,
      this.buffer.height * factor,
    );
    pen.setTransform(density, 0, 0, density, 0, 0);
    if (this.marked.size > 0) paintMarked(pen, scene, view, this.marked, this.chosen, this.palette);
    paintLaneNames(pen, scene, view, this.palette);
  }

  /** Whether the buffer reaches over what is in sight. While zooming it may be a bit coarse, but not without end. */
  private covers(width: number, height: number): boolean {
    const { buffered, view } = this;
    if (!buffered) return false;
    const factor = view.scale / buffered.scale;
    if (factor > 4 || factor < 0.25) return false;
    const right = buffered.x + (width * (1 + 2 * MARGIN)) / buffered.scale;
    const bottom = buffered.y + (height * (1 + 2 * MARGIN)) / buffered.scale;
    const isInside =
      view.x >= buffered.x &&
      view.y >= buffered.y &&
      view.x + width / view.scale <= right &&
      view.y + height / view.scale <= bottom;
    return isInside || factor < 1;
  }

  private paintBuffer(scene: Scene, width: number, height: number, density: number): void {
    const { x, y, scale } = this.view;
    this.buffered = { scale, x: x - (width * MARGIN) / scale, y: y - (height * MARGIN) / scale };
    const pen = this.buffer.getContext("2d", { alpha: false })!;
    pen.setTransform(density, 0, 0, density, 0, 0);
    const size = { width: width * (1 + 2 * MARGIN), height: height * (1 + 2 * MARGIN) };
    paint(pen, scene, this.buffered, size, this.palette);
  }

  private listen(): void {
    const { canvas, stop } = this;
    const on = <K extends keyof HTMLElementEventMap>(name: K, handle: (event: HTMLElementEventMap[K]) => void) =>
      canvas.addEventListener(name, handle, { signal: stop.signal, passive: false });
    on("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, at(event));
      this.hasMoved = false;
    });
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => {
      this.pointers.delete(event.pointerId);
      if (!this.hasMoved) this.choose(this.boxAt(at(event)));
    });
    on("pointercancel", (event) => this.pointers.delete(event.pointerId));
    on("dblclick", (event) => {
      const box = this.boxAt(at(event));
      if (box !== null) this.handlers.onOpen(box);
    });
    on("wheel", (event) => {
      if (!this.takesWheel && !event.ctrlKey) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0018)), at(event));
    });
    on("keydown", (event) => this.press(event));
  }

  private move(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    const now = at(event);
    if (!before) {
      this.canvas.classList.toggle("over-box", this.boxAt(now) !== null);
      return;
    }
    if (!this.hasMoved && Math.hypot(now.x - before.x, now.y - before.y) < 4) return;
    this.hasMoved = true;
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    if (!other) {
      this.pan(now.x - before.x, now.y - before.y);
      return;
    }
    const apart = (point: { x: number; y: number }) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
    this.zoom(apart(now) / apart(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  }

  private press(event: KeyboardEvent): void {
    const { scene, chosen } = this;
    if (!scene || event.ctrlKey || event.metaKey || event.altKey) return;
    const go = (box: number | undefined) => box !== undefined && this.choose(box, true);
    const focus = Math.max(
      0,
      scene.boxes.findIndex((box) => box.isFocus),
    );
    const first = chosen ?? focus;
    const actions: { [key: string]: () => unknown } = {
      "+": () => this.zoom(1.3),
      "-": () => this.zoom(1 / 1.3),
      "0": () => this.fit(),
      Enter: () => chosen !== null && this.handlers.onOpen(chosen),
      Escape: () => this.choose(null),
      ArrowLeft: () => go(chosen === null ? focus : scene.lines.find(({ to }) => to === first)?.from),
      ArrowRight: () => go(chosen === null ? focus : scene.lines.find(({ from }) => from === first)?.to),
      ArrowUp: () => go(chosen === null ? focus : beside(scene, first, -1)),
      ArrowDown: () => go(chosen === null ? focus : beside(scene, first, 1)),
    };
    const action = actions[event.key];
    if (!action || scene.boxes.length === 0) return;
    event.preventDefault();
    action();
  }

  private boxAt(point: { x: number; y: number }): number | null {
    const { scene, view } = this;
    if (!scene) return null;
    const [x, y] = [view.x + point.x / view.scale, view.y + point.y / view.scale];
    const found = scene.boxes.findIndex(
      (box) => x >= box.x && x <= box.x + BOX.width && y >= box.y && y <= box.y + BOX.height,
    );
    return found < 0 ? null : found;
  }
}

function at(event: MouseEvent): { x: number; y: number } {
  return { x: event.offsetX, y: event.offsetY };
}

/** Where to begin so that all is centred, or where it is too large, the middle is. */
function centre(all: number, seen: number, middle: number | undefined, space: number): number {
  if (all <= seen || middle === undefined) return (all - seen) / 2;
  return Math.min(Math.max(middle - seen / 2, -space), all - seen + space);
}

/** The next box above or below in the same column. */
function beside(scene: Scene, number: number, direction: 1 | -1): number | undefined {
  const box = scene.boxes[number]!;
  let best: number | undefined;
  scene.boxes.forEach((other, i) => {
    if (other.x !== box.x || (other.y - box.y) * direction <= 0) return;
    if (best === undefined || (other.y - scene.boxes[best]!.y) * direction < 0) best = i;
  });
  return best;
}

/** All boxes that lead to one, and those it leads to. */
function reach(scene: Scene, start: number): Set<number> {
  const next: number[][] = [];
  const previous: number[][] = [];
  for (const { from, to } of scene.lines) {
    pushTo(next, from, to);
    pushTo(previous, to, from);
  }
  const found = new Set([start]);
  for (const lists of [next, previous]) {
    const open = [start];
    const seen = new Set(open);
    for (let box = open.pop(); box !== undefined; box = open.pop()) {
      for (const other of lists[box] ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        found.add(other);
        open.push(other);
      }
    }
  }
  return found;
}
