import { drawLine } from "./curve.ts";
import { BOX, type Box, type Scene } from "./scene.ts";

export interface View {
  /** The scene's point at the canvas's top left, and how many pixels a unit of it takes. */
  x: number;
  y: number;
  scale: number;
}

export interface Palette {
  ground: string;
  box: string;
  text: string;
  quiet: string;
  line: string;
  strong: string;
}

/** Beyond so many lines in sight they are drawn straight and faint: their curves could not be told apart. */
const MANY_LINES = 4000;

/** The palette that the page's style sheet gives; which of its colours count is known once they are asked for. */
export function paletteOf(element: Element): Palette {
  const probe = element.ownerDocument.createElement("i");
  probe.hidden = true;
  element.after(probe);
  const style = getComputedStyle(probe);
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return style.color;
  };
  const palette = {
    ground: colour("ground"),
    box: colour("panel"),
    text: colour("text"),
    quiet: colour("quiet"),
    line: colour("line"),
    strong: colour("accent"),
  };
  probe.remove();
  return palette;
}

/** Paints what of the scene lies in `width` by `height` pixels. */
export function paint(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  view: View,
  size: { width: number; height: number },
  palette: Palette,
): void {
  const { width, height } = size;
  pen.fillStyle = palette.ground;
  pen.fillRect(0, 0, width, height);
  pen.save();
  pen.scale(view.scale, view.scale);
  pen.translate(-view.x, -view.y);
  const sight = { left: view.x, top: view.y, right: view.x + width / view.scale, bottom: view.y + height / view.scale };
  paintLanes(pen, scene, sight);
  paintLines(pen, scene, sight, view.scale, palette);
  for (const box of scene.boxes) if (isInSight(box, sight)) paintBox(pen, box, view.scale, palette);
  pen.restore();
}

interface Sight {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function isInSight(box: Box, sight: Sight): boolean {
  return (
    box.x < sight.right && box.x + BOX.width > sight.left && box.y < sight.bottom && box.y + BOX.height > sight.top
  );
}

function paintLanes(pen: CanvasRenderingContext2D, scene: Scene, sight: Sight): void {
  pen.globalAlpha = 0.1;
  for (const { colour, top, bottom } of scene.lanes) {
    pen.fillStyle = colour;
    pen.fillRect(sight.left, top, sight.right - sight.left, bottom - top);
  }
  pen.globalAlpha = 1;
}

/** The lanes' names, which stay at the left of what is in sight. */
export function paintLaneNames(pen: CanvasRenderingContext2D, scene: Scene, view: View, palette: Palette): void {
  pen.font = "600 12px system-ui, sans-serif";
  pen.textBaseline = "top";
  let free = Number.NEGATIVE_INFINITY;
  for (const { label, top, bottom } of scene.lanes) {
    const [from, to] = [(top - view.y) * view.scale, (bottom - view.y) * view.scale];
    const y = Math.max(from + 4, Math.min(8, to - 16), free);
    if (y + 12 > Math.max(to, from + 16)) continue;
    pen.fillStyle = palette.text;
    pen.fillText(label, 10, y);
    free = y + 14;
  }
}

function paintLines(pen: CanvasRenderingContext2D, scene: Scene, sight: Sight, scale: number, palette: Palette): void {
  const seen = scene.lines.filter(({ from, to, bends }) => {
    const [a, b] = [scene.boxes[from]!, scene.boxes[to]!];
    if (a.x > sight.right || b.x + BOX.width < sight.left) return false;
    const heights = [a.y, b.y, ...bends];
    return Math.min(...heights) < sight.bottom && Math.max(...heights) + BOX.height > sight.top;
  });
  const isCrowded = seen.length > MANY_LINES;
  pen.strokeStyle = palette.line;
  pen.lineWidth = Math.max(1.2, 0.6 / scale);
  pen.globalAlpha = isCrowded ? 0.25 : 1;
  pen.beginPath();
  for (const line of seen) {
    if (!isCrowded) drawLine(scene, line, pen);
    else {
      const [a, b] = [scene.boxes[line.from]!, scene.boxes[line.to]!];
      pen.moveTo(a.x + BOX.width, a.y + BOX.height / 2);
      pen.lineTo(b.x, b.y + BOX.height / 2);
    }
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

/** Marks boxes and the lines between them. */
export function paintMarked(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  view: View,
  marked: ReadonlySet<number>,
  chosen: number | null,
  palette: Palette,
): void {
  pen.save();
  pen.scale(view.scale, view.scale);
  pen.translate(-view.x, -view.y);
  pen.strokeStyle = palette.strong;
  pen.lineWidth = Math.max(2, 1.5 / view.scale);
  pen.beginPath();
  for (const line of scene.lines) if (marked.has(line.from) && marked.has(line.to)) drawLine(scene, line, pen);
  pen.stroke();
  for (const number of marked) paintBox(pen, scene.boxes[number]!, view.scale, palette, number === chosen);
  pen.restore();
}

function paintBox(pen: CanvasRenderingContext2D, box: Box, scale: number, palette: Palette, isChosen = false): void {
  const { width, height } = BOX;
  if (scale < 0.14) {
    const least = Math.max(height, 2 / scale);
    pen.fillStyle = box.colour;
    pen.fillRect(box.x, box.y + (height - least) / 2, width, least);
    return;
  }
  pen.fillStyle = palette.box;
  pen.beginPath();
  pen.roundRect(box.x, box.y, width, height, 6);
  pen.fill();
  pen.lineWidth = isChosen || box.isFocus ? 2.5 : 1;
  pen.strokeStyle = isChosen || box.isFocus ? palette.strong : box.colour;
  pen.stroke();
  pen.fillStyle = box.colour;
  pen.beginPath();
  pen.roundRect(box.x, box.y, 6, height, [6, 0, 0, 6]);
  pen.fill();
  if (scale < 0.35) return;
  pen.textBaseline = "middle";
  pen.font = "500 12.5px system-ui, sans-serif";
  pen.fillStyle = palette.text;
  pen.fillText(fitted(pen, box.label, width - 22), box.x + 14, box.y + height / 2 - 6);
  pen.font = "10.5px system-ui, sans-serif";
  pen.fillStyle = palette.quiet;
  pen.fillText(fitted(pen, box.below, width - 22), box.x + 14, box.y + height / 2 + 9);
}

const fits = new Map<string, string>();

/** The text, cut in its middle where it is too long: names differ at both ends. */
function fitted(pen: CanvasRenderingContext2D, text: string, width: number): string {
  const key = `${pen.font} ${text}`;
  const known = fits.get(key);
  if (known !== undefined) return known;
  let shown = text;
  for (let kept = Math.min(text.length, 60); pen.measureText(shown).width > width && kept > 4; kept--) {
    shown = `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(text.length - Math.floor(kept / 2))}`;
  }
  if (fits.size > 20_000) fits.clear();
  fits.set(key, shown);
  return shown;
}
