import { Symbols } from "./symbols.ts";

/** Where output is collected: a string, with an array before it where loops make many small pieces. */
export interface Buffer {
  /** The string (in native rendering of the template itself: an array of values). */
  text: string;
  /** The array of what was put out last; joined to the string now and then, since long chains of short strings are slow. */
  parts: string | undefined;
  native: boolean;
}

/** All a buffer holds, as one expression. */
export function contents(buffer: Buffer): string {
  return buffer.parts === undefined ? buffer.text : `(${buffer.text}+${buffer.parts}.join(""))`;
}

const NOWHERE: Buffer = { text: "", parts: undefined, native: false };

/** What the code generator knows about the part of a template it is in. */
export class Frame {
  readonly symbols: Symbols;
  buffer = NOWHERE;
  /** The root and the branches of its `if`s: what is assigned here others can see. */
  toplevel = false;
  /** Inside an `if` or a conditional expression: an unknown filter is an error only when reached. */
  soft_ = false;
  /** The variable that says whether output is escaped, inside `autoescape`. */
  escape: string | undefined;

  constructor(symbols: Symbols = new Symbols()) {
    this.symbols = symbols;
  }

  inner(): Frame {
    const frame = new Frame(new Symbols(this.symbols));
    frame.buffer = this.buffer;
    frame.escape = this.escape;
    return frame;
  }

  soft(): Frame {
    const frame = new Frame(this.symbols);
    frame.buffer = this.buffer;
    frame.toplevel = this.toplevel;
    frame.escape = this.escape;
    frame.soft_ = true;
    return frame;
  }
}
