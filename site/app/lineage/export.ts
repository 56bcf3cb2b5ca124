import { drawLine, type Pen } from "./curve.ts";
import { type Palette, paint, paintLaneNames } from "./painter.ts";
import { BOX, type Scene } from "./scene.ts";

const MARGIN = 24;
/** Browsers refuse larger pictures. */
const LARGEST = 8192;

/** The scene as an SVG document of its own. */
export function sceneSvg(scene: Scene, palette: Palette): string {
  const [width, height] = [scene.width + 2 * MARGIN, scene.height + 2 * MARGIN];
  const lanes = scene.lanes.map(
    ({ label, colour, top, bottom }) =>
      `<rect x="${-MARGIN}" y="${top}" width="${width}" height="${bottom - top}" fill="${xml(colour)}" opacity="0.1"/>` +
      `<text x="${10 - MARGIN}" y="${top + 16}" font-size="13" font-weight="600" fill="${xml(colour)}">${xml(label)}</text>`,
  );
  const lines = scene.lines.map((line) => {
    const pen = new SvgPath();
    drawLine(scene, line, pen);
    return `<path d="${pen.text}" fill="none" stroke="${xml(palette.line)}" stroke-width="1.2"/>`;
  });
  const boxes = scene.boxes.map(
    ({ x, y, label, below, colour, isFocus }) =>
      `<g transform="translate(${round(x)} ${round(y)})"><title>${xml(label)}</title>` +
      `<rect width="${BOX.width}" height="${BOX.height}" rx="6" fill="${xml(palette.box)}" stroke="${xml(isFocus ? palette.strong : colour)}"/>` +
      `<rect width="6" height="${BOX.height}" rx="3" fill="${xml(colour)}"/>` +
      `<text x="14" y="15" font-size="12.5" fill="${xml(palette.text)}">${xml(short(label))}</text>` +
      `<text x="14" y="28" font-size="10.5" fill="${xml(palette.quiet)}">${xml(below)}</text></g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="${-MARGIN} ${-MARGIN} ${round(width)} ${round(height)}" font-family="system-ui, sans-serif">`,
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="100%" height="100%" fill="${xml(palette.ground)}"/>`,
    ...lanes,
    ...lines,
    ...boxes,
    "</svg>\n",
  ].join("\n");
}

/** The scene as a PNG, twice as sharp as the screen where it is not too large for that. */
export async function scenePng(scene: Scene, palette: Palette): Promise<Blob> {
  const [width, height] = [scene.width + 2 * MARGIN, scene.height + 2 * MARGIN];
  const scale = Math.min(2, LARGEST / width, LARGEST / height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const pen = canvas.getContext("2d")!;
  const view = { x: -MARGIN, y: -MARGIN, scale };
  paint(pen, scene, view, canvas, palette);
  paintLaneNames(pen, scene, view, palette);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png"),
  );
}

/** Has the browser save a file. */
export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

class SvgPath implements Pen {
  text = "";
  moveTo(x: number, y: number): void {
    this.text += `M${round(x)} ${round(y)}`;
  }
  lineTo(x: number, y: number): void {
    this.text += `L${round(x)} ${round(y)}`;
  }
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.text += `C${round(x1)} ${round(y1)} ${round(x2)} ${round(y2)} ${round(x)} ${round(y)}`;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function short(label: string): string {
  return label.length > 26 ? `${label.slice(0, 13)}…${label.slice(-12)}` : label;
}

function xml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
