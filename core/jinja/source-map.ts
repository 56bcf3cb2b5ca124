import { JinjaError, type PythonType, recordLocation, type Span } from "./errors.ts";

/** The lines of a text: turns offsets into lines and columns. */
export class LineMap {
  private readonly starts: number[] = [0];
  constructor(source: string) {
    for (let i = source.indexOf("\n"); i >= 0; i = source.indexOf("\n", i + 1)) this.starts.push(i + 1);
  }
  /** One-based line and column of an offset. */
  position(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.starts[low] as number) + 1 };
  }
  span(start: number, end: number): Span {
    const a = this.position(start);
    const b = this.position(end);
    return { line: a.line, column: a.column, endLine: b.line, endColumn: b.column };
  }
}

/** The one-based line of an offset; for a single question, where a {@link LineMap} would not pay. */
export function spanOf(source: string, start: number, end: number): Span {
  return new LineMap(source).span(start, end);
}

/** A syntax error at a place in a template. */
export function syntaxError(
  message: string,
  source: string,
  name: string | undefined,
  start: number,
  end: number,
  pythonType: PythonType = "TemplateSyntaxError",
): JinjaError {
  const error = new JinjaError(pythonType, message);
  recordLocation(error, { template: name, source, span: spanOf(source, start, Math.max(start, end)) }, "template");
  return error;
}
