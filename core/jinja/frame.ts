import { Symbols } from "./symbols.ts";

/** What the code generator knows about the part of a template it is in. */
export class Frame {
  readonly symbols: Symbols;
  /** The variable that collects the output. */
  buffer = "";
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
