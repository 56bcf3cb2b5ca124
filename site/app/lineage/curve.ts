import { BOX, type Line, type Scene } from "./scene.ts";

/** What draws a curve: a canvas's path, or a text that gathers an SVG path. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void;
}

/** Draws a line from a box's right side to another's left one, past its bends. */
export function drawLine(scene: Scene, line: Line, pen: Pen): void {
  const [from, to] = [scene.boxes[line.from]!, scene.boxes[line.to]!];
  let x = from.x + BOX.width;
  let y = from.y + BOX.height / 2;
  pen.moveTo(x, y);
  line.bends.forEach((height, i) => {
    const left = from.x + (i + 1) * BOX.across;
    curve(pen, x, y, left, height);
    pen.lineTo(left + BOX.width, height);
    [x, y] = [left + BOX.width, height];
  });
  curve(pen, x, y, to.x, to.y + BOX.height / 2);
}

function curve(pen: Pen, x: number, y: number, toX: number, toY: number): void {
  const middle = (x + toX) / 2;
  pen.bezierCurveTo(middle, y, middle, toY, toX, toY);
}
