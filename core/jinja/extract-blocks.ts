import { JinjaError, recordLocation, type Span } from "./errors.ts";
import { isSpace } from "./runtime/text.ts";
import { LineMap } from "./source-map.ts";

/** A block such as `{% docs x %}…{% enddocs %}` at the top level of a file. */
export interface ExtractedBlock {
  blockType: string;
  /** The name behind the type; `undefined` where there is none. */
  blockName: string | undefined;
  /** The text between the tags. */
  contents: string;
  /** The text with the tags (and the space that a `{%-` takes before it). */
  fullBlock: string;
  /** Offsets of `fullBlock` and of `contents` in the file. */
  start: number;
  end: number;
  contentsStart: number;
  contentsEnd: number;
  span: Span;
}

export interface ExtractOptions {
  /** File name for errors. */
  name?: string | undefined;
  /** Called for tags at the top level that are no block asked for, with the tag's word. */
  onUnexpected?: (tag: string, span: Span) => void;
}

/** A tag of any kind, as far as finding blocks needs to know it. */
interface Tag {
  type: string;
  name: string | undefined;
  start: number;
  end: number;
}

const CONTROL: Record<string, string> = { if: "endif", for: "endfor" };
const CONTROL_END: Record<string, string> = { endif: "if", endfor: "for" };

/**
 * The blocks of the given types at the top level of a file, as dbt finds them: what stands outside of them need not be
 * valid Jinja. Throws a JinjaError of type CompilationError for blocks that are not closed, nested, or inside `if` or `for`.
 *
 *     extractBlocks(markdown, ["docs"])[0]?.contents
 */
export function extractBlocks(
  source: string,
  allowed: readonly string[],
  options: ExtractOptions = {},
): ExtractedBlock[] {
  return new BlockReader(source, allowed, options).read();
}

class BlockReader {
  private readonly text: string;
  private readonly allowed: readonly string[];
  private readonly options: ExtractOptions;
  private position = 0;
  private lines: LineMap | undefined;

  constructor(text: string, allowed: readonly string[], options: ExtractOptions) {
    this.text = text;
    this.allowed = allowed;
    this.options = options;
  }

  read(): ExtractedBlock[] {
    const blocks: ExtractedBlock[] = [];
    const control: string[] = [];
    let current: Tag | undefined;
    for (let tag = this.nextTag(); tag !== undefined; tag = this.nextTag()) {
      this.followControl(tag, control);
      if (this.allowed.includes(tag.type)) {
        if (control.length > 0)
          this.fail(
            `Got a block definition inside control flow at ${this.linePosition(tag.start)}. All dbt block definitions must be at the top level`,
            tag,
          );
        if (current !== undefined)
          this.fail(
            `Got nested tags: ${current.type} (started at ${current.start}) did not have a matching {{% end${current.type} %}} before a subsequent ${tag.type} was found (started at ${tag.start})`,
            tag,
          );
        current = tag;
      } else if (current !== undefined && tag.type === `end${current.type}`) {
        blocks.push(this.block(current, tag));
        current = undefined;
      } else if (current === undefined) {
        this.options.onUnexpected?.(tag.type, this.span(tag.start, tag.end));
      }
    }
    if (current !== undefined)
      this.fail(
        `Reached EOF without finding a close tag for ${current.type} (searched from line ${this.line(current.end)})`,
        current,
      );
    return blocks;
  }

  private followControl(tag: Tag, control: string[]): void {
    if (CONTROL[tag.type] !== undefined) {
      control.push(tag.type);
      return;
    }
    const opening = CONTROL_END[tag.type];
    if (opening === undefined) return;
    const found = control.pop();
    if (found === undefined)
      this.fail(
        `Got an unexpected control flow end tag, got ${tag.type} but never saw a preceeding ${opening} (@ ${this.linePosition(tag.start)})`,
        tag,
      );
    const expected = CONTROL[found];
    if (expected !== tag.type)
      this.fail(
        `Got an unexpected control flow end tag, got ${tag.type} but expected ${expected} next (@ ${this.linePosition(tag.start)})`,
        tag,
      );
  }

  private block(open: Tag, close: Tag): ExtractedBlock {
    return {
      blockType: open.type,
      blockName: open.name,
      contents: this.text.slice(open.end, close.start),
      fullBlock: this.text.slice(open.start, close.end),
      start: open.start,
      end: close.end,
      contentsStart: open.end,
      contentsEnd: close.start,
      span: this.span(open.start, close.end),
    };
  }

  private span(start: number, end: number): Span {
    this.lines ??= new LineMap(this.text);
    let from = start;
    while (from < end && isSpace(this.text.charCodeAt(from))) from++;
    return this.lines.span(from, end);
  }
  private line(offset: number): number {
    this.lines ??= new LineMap(this.text);
    return this.lines.position(offset).line;
  }
  private linePosition(offset: number): string {
    this.lines ??= new LineMap(this.text);
    const { line, column } = this.lines.position(offset);
    return `${line}:${column - 1}`;
  }

  private fail(message: string, tag: { start: number; end: number }): never {
    const error = new JinjaError("CompilationError", message);
    const { text: source } = this;
    recordLocation(error, { template: this.options.name, source, span: this.span(tag.start, tag.end) }, undefined);
    throw error;
  }

  private failEof(expected: string, from: number): never {
    this.fail(`unexpected EOF, expected ${expected}, got "${this.text.slice(from)}"`, {
      start: from,
      end: Math.min(this.text.length, from + 2),
    });
  }

  private skipSpace(from: number): number {
    let i = from;
    while (i < this.text.length && isSpace(this.text.charCodeAt(i))) i++;
    return i;
  }

  /** The next `{% word …` tag; steps over comments, expressions and raw blocks. */
  private nextTag(): Tag | undefined {
    const { text } = this;
    for (;;) {
      const open = text.indexOf("{", this.position);
      if (open < 0) return undefined;
      const kind = text[open + 1];
      if (kind === "#") {
        const close = text.indexOf("#}", open + 2);
        if (close < 0) this.failEof("#}", open + 2);
        this.position = close + 2;
      } else if (kind === "{") {
        this.position = this.skipExpression(this.skipSpace(open + 2));
      } else if (kind === "%") {
        const tag = this.tag(open);
        if (tag === undefined) this.position = open + 2;
        else if (tag.type !== "raw") return tag;
      } else {
        this.position = open + 1;
      }
    }
  }

  /** The offset behind the `}}` that ends an expression; strings may hide one. */
  private skipExpression(from: number): number {
    const { text } = this;
    let searched = from;
    for (let i = from; i < text.length; i++) {
      const c = text[i];
      if (c === "}" && text[i + 1] === "}") return i + 2;
      if (c === "'" || c === '"') {
        searched = this.skipString(i, searched);
        i = searched - 1;
      }
    }
    return this.failEof("}}", searched);
  }

  /** The offset behind a string; one that does not end is passed over for the next one, as in dbt. */
  private skipString(from: number, searched: number): number {
    const { text } = this;
    for (let start = from; start < text.length; start++) {
      const quote = text[start];
      if (quote !== "'" && quote !== '"') continue;
      for (let i = start + 1; i < text.length; i++) {
        if (text[i] === "\\") i++;
        else if (text[i] === quote) return i + 1;
      }
    }
    return this.failEof("string", searched);
  }

  /** The tag that begins at `open`, if it has a name; leaves the position behind it. */
  private tag(open: number): Tag | undefined {
    const { text } = this;
    const dashed = text[open + 2] === "-";
    let start = open;
    if (dashed) while (start > this.position && isSpace(text.charCodeAt(start - 1))) start--;
    const at = this.skipSpace(open + (dashed ? 3 : 2));
    const type = wordAt(text, at);
    if (type === "") return undefined;
    let end = at + type.length;
    if (type === "raw") {
      const stop = this.rawEnd(end);
      if (stop === undefined) this.failEof("{% raw %}...{% endraw %}", open);
      this.position = stop;
      return { type, name: undefined, start, end: stop };
    }
    const nameAt = this.skipSpace(end);
    const name = nameAt > end ? wordAt(text, nameAt) : "";
    if (name !== "") end = nameAt + name.length;
    this.position = this.tagEnd(end);
    return { type, name: name === "" ? undefined : name, start, end: this.position };
  }

  /** The offset behind the `%}` (and the space a `-%}` takes); strings may hide one. */
  private tagEnd(from: number): number {
    const { text } = this;
    let searched = from;
    for (let i = from; i < text.length; i++) {
      const c = text[i];
      if (c === "%" && text[i + 1] === "}") return text[i - 1] === "-" && i > from ? this.skipSpace(i + 2) : i + 2;
      if (c === "'" || c === '"') {
        searched = this.skipString(i, i);
        i = searched - 1;
      }
    }
    return this.failEof('tag close ("%}")', searched);
  }

  private rawEnd(from: number): number | undefined {
    const pattern = /\{%-?\s*endraw\s*(-%\}\s*|%\})/g;
    pattern.lastIndex = from;
    return pattern.exec(this.text) === null ? undefined : pattern.lastIndex;
  }
}

const WORD = /[A-Za-z_][A-Za-z_0-9]*/y;

function wordAt(text: string, from: number): string {
  WORD.lastIndex = from;
  return WORD.exec(text)?.[0] ?? "";
}
