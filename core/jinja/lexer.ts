import { numberValue } from "./literals.ts";
import { pyRepr } from "./runtime/repr.ts";
import { isSpace, strLength } from "./runtime/text.ts";
import { syntaxError } from "./source-map.ts";
import { unescapeString } from "./strings.ts";

/** The kinds of token, under Jinja2's names. */
export type TokenType =
  | "data"
  | "variable_begin"
  | "variable_end"
  | "block_begin"
  | "block_end"
  | "name"
  | "string"
  | "integer"
  | "float"
  | "eof"
  | OperatorType;

type OperatorType =
  | "add"
  | "assign"
  | "colon"
  | "comma"
  | "div"
  | "dot"
  | "eq"
  | "floordiv"
  | "gt"
  | "gteq"
  | "lbrace"
  | "lbracket"
  | "lparen"
  | "lt"
  | "lteq"
  | "mod"
  | "mul"
  | "ne"
  | "pipe"
  | "pow"
  | "rbrace"
  | "rbracket"
  | "rparen"
  | "semicolon"
  | "sub"
  | "tilde";

const OPERATORS: Record<OperatorType, string> = {
  add: "+",
  assign: "=",
  colon: ":",
  comma: ",",
  div: "/",
  dot: ".",
  eq: "==",
  floordiv: "//",
  gt: ">",
  gteq: ">=",
  lbrace: "{",
  lbracket: "[",
  lparen: "(",
  lt: "<",
  lteq: "<=",
  mod: "%",
  mul: "*",
  ne: "!=",
  pipe: "|",
  pow: "**",
  rbrace: "}",
  rbracket: "]",
  rparen: ")",
  semicolon: ";",
  sub: "-",
  tilde: "~",
};

const DESCRIPTIONS: Partial<Record<TokenType, string>> = {
  block_begin: "begin of statement block",
  block_end: "end of statement block",
  variable_begin: "begin of print statement",
  variable_end: "end of print statement",
  data: "template data / text",
  eof: "end of template",
  ...OPERATORS,
};

/** What messages call a token type. */
export function describeType(type: string): string {
  return DESCRIPTIONS[type as TokenType] ?? type;
}

const MINUS = 45;
const PLUS = 43;
const PERCENT = 37;
const OPEN = 123;
const CLOSE = 125;
const HASH = 35;

/** `source` with the newlines as Jinja2 reads them: `\r\n` and `\r` are `\n`. */
export function normalizeNewlines(source: string): string {
  return source.includes("\r") ? source.replace(/\r\n?/g, "\n") : source;
}

/** Where in `source` the character stands that {@link normalizeNewlines} put at `offset`. */
export function originalOffset(source: string, offset: number): number {
  let removed = 0;
  for (let at = source.indexOf("\r\n"); at !== -1 && at - removed < offset; at = source.indexOf("\r\n", at + 2))
    removed++;
  return offset + removed;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}
function isNameStart(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95;
}

/**
 * Jinja2's lexer, one token at a time: after {@link next} the current token is in `type`, `value`, `start` and `stop`.
 * The rules are those of jinja2/lexer.py with the default delimiters.
 */
export class Lexer {
  readonly source: string;
  readonly name: string | undefined;
  private readonly length: number;
  private pos: number;
  private state: 0 | 1 | 2 = 0;
  /** The closing brackets still expected in the current tag. */
  private balance = "";

  type: TokenType = "eof";
  /** Text of a name or string, number of a number, text of data. */
  value: unknown = "";
  start = 0;
  stop = 0;
  /** End of the token before the current one. */
  previousStop = 0;

  /** `source` must have been through {@link normalizeNewlines}; only the part from `from` to `to` is read. */
  constructor(source: string, name: string | undefined, from = 0, to = source.length) {
    this.source = source;
    this.name = name;
    this.pos = from;
    this.start = from;
    // One newline at the end of a template is dropped.
    this.length = to > from && source.charCodeAt(to - 1) === 10 ? to - 1 : to;
    this.next();
  }

  fail(message: string, start = this.start, stop = this.stop): never {
    throw syntaxError(message, this.source, this.name, start, Math.min(Math.max(stop, start), this.source.length));
  }

  /** Is the current token this name? */
  isName(value: string): boolean {
    return this.type === "name" && this.value === value;
  }

  describe(): string {
    return this.type === "name" ? (this.value as string) : describeType(this.type);
  }

  /** Steps over a token of the type given, or fails as Jinja2 does. */
  expect(type: TokenType): void {
    if (this.type !== type) this.failExpected(describeType(type));
    this.next();
  }
  expectName(value: string): void {
    if (!this.isName(value)) this.failExpected(value);
    this.next();
  }
  private failExpected(what: string): never {
    if (this.type === "eof") this.fail(`unexpected end of template, expected ${pyRepr(what)}.`);
    this.fail(`expected token ${pyRepr(what)}, got ${pyRepr(this.describe())}`);
  }
  skipIf(type: TokenType): boolean {
    if (this.type !== type) return false;
    this.next();
    return true;
  }
  skipIfName(value: string): boolean {
    if (this.type !== "name" || this.value !== value) return false;
    this.next();
    return true;
  }

  /** The type and value of the token after the current one. */
  look(): { type: TokenType; value: unknown } {
    const { pos, state, balance, type, value, start, stop, previousStop } = this;
    this.next();
    const ahead = { type: this.type, value: this.value };
    Object.assign(this, { pos, state, balance, type, value, start, stop, previousStop });
    return ahead;
  }

  next(): void {
    this.previousStop = this.stop;
    if (this.state === 0) this.nextData();
    else this.nextInTag();
  }

  private set(type: TokenType, value: unknown, start: number, stop: number): void {
    this.type = type;
    this.value = value;
    this.start = start;
    this.stop = stop;
    this.pos = stop;
  }

  private eof(): void {
    // Jinja2 reports the end on the line of the last token.
    this.type = "eof";
    this.value = "";
    this.pos = this.length;
    this.stop = this.length;
  }

  private skipSpace(from: number): number {
    let i = from;
    while (i < this.length && isSpace(this.source.charCodeAt(i))) i++;
    return i;
  }

  private nextData(): void {
    const { source, length } = this;
    for (;;) {
      const from = this.pos;
      if (from >= length) {
        this.eof();
        return;
      }
      let open = from;
      let kind = 0;
      for (;;) {
        open = source.indexOf("{", open);
        if (open < 0 || open + 1 >= length) {
          this.set("data", source.slice(from, length), from, length);
          return;
        }
        kind = source.charCodeAt(open + 1);
        if (kind === OPEN || kind === PERCENT || kind === HASH) break;
        open++;
      }
      const sign = open + 2 < length ? source.charCodeAt(open + 2) : 0;
      if (open > from) {
        let stop = open;
        if (sign === MINUS) while (stop > from && isSpace(source.charCodeAt(stop - 1))) stop--;
        if (stop > from) {
          this.set("data", source.slice(from, stop), from, stop);
          this.pos = open;
          return;
        }
      }
      const signed = sign === MINUS || sign === PLUS;
      const inner = open + (signed ? 3 : 2);
      if (kind === HASH) {
        this.skipComment(open, inner);
      } else if (kind === OPEN) {
        this.set("variable_begin", "{{", open, inner);
        this.state = 2;
        return;
      } else {
        const raw = this.rawStart(inner);
        if (raw < 0) {
          this.set("block_begin", "{%", open, inner);
          this.state = 1;
          return;
        }
        if (this.rawContents(open, raw)) return;
      }
    }
  }

  private skipComment(open: number, inner: number): void {
    const { source, length } = this;
    if (inner >= length) {
      this.pos = length;
      return;
    }
    const close = source.indexOf("#}", inner);
    if (close < 0 || close + 2 > length) this.fail("Missing end of comment tag", open, open + 2);
    this.pos = close > inner && source.charCodeAt(close - 1) === MINUS ? this.skipSpace(close + 2) : close + 2;
  }

  /** Where the contents of a raw block begin, if `from` is behind the `{%` of one; else -1. */
  private rawStart(from: number): number {
    const i = this.skipSpace(from);
    if (!this.source.startsWith("raw", i)) return -1;
    const j = this.skipSpace(i + 3);
    if (this.source.startsWith("-%}", j) && j + 3 <= this.length) return this.skipSpace(j + 3);
    return this.source.startsWith("%}", j) && j + 2 <= this.length ? j + 2 : -1;
  }

  /** Reads to the `endraw`; answers whether there was any text. */
  private rawContents(open: number, from: number): boolean {
    const { source, length } = this;
    if (from >= length) {
      this.pos = length;
      return false;
    }
    for (let at = source.indexOf("{%", from); at >= 0 && at < length; at = source.indexOf("{%", at + 1)) {
      const sign = source.charCodeAt(at + 2);
      const i = this.skipSpace(at + (sign === MINUS || sign === PLUS ? 3 : 2));
      if (!source.startsWith("endraw", i)) continue;
      const j = this.skipSpace(i + 6);
      let after = -1;
      if (source.startsWith("%}", j)) after = j + 2;
      else if (source.startsWith("+%}", j)) after = j + 3;
      else if (source.startsWith("-%}", j)) after = this.skipSpace(j + 3);
      if (after < 0 || after > length) continue;
      let stop = at;
      if (sign === MINUS) while (stop > from && isSpace(source.charCodeAt(stop - 1))) stop--;
      if (stop === from) {
        this.pos = after;
        return false;
      }
      this.set("data", source.slice(from, stop), from, stop);
      this.pos = after;
      return true;
    }
    this.fail("Missing end of raw directive", from, from);
    return open > 0;
  }

  private nextInTag(): void {
    const { source, length } = this;
    let i = this.pos;
    for (;;) {
      if (i >= length) {
        this.eof();
        return;
      }
      const c = source.charCodeAt(i);
      if (this.balance === "" && this.tagEnd(c, i)) return;
      if (!isSpace(c)) break;
      i++;
    }
    const c = source.charCodeAt(i);
    if (isNameStart(c) || c > 127) this.nameToken(i, c);
    else if (isDigit(c)) this.numberToken(i);
    else if ((c !== 39 && c !== 34) || !this.stringToken(i, c)) this.operatorToken(i);
  }

  /** Ends the tag if it ends at `i`. */
  private tagEnd(c: number, i: number): boolean {
    const { source } = this;
    const mark = this.state === 1 ? PERCENT : CLOSE;
    let at = i;
    let strip = false;
    if (c === MINUS || (c === PLUS && this.state === 1)) {
      strip = c === MINUS;
      at++;
    }
    if (source.charCodeAt(at) !== mark || source.charCodeAt(at + 1) !== CLOSE || at + 2 > this.length) return false;
    const type = this.state === 1 ? "block_end" : "variable_end";
    this.set(type, "", i, at + 2);
    if (strip) this.pos = this.skipSpace(at + 2);
    this.state = 0;
    return true;
  }

  private nameToken(from: number, first: number): void {
    const { source, length } = this;
    let i = from;
    let ascii = first <= 127;
    for (; i < length; i++) {
      const c = source.charCodeAt(i);
      if (isNameStart(c) || isDigit(c)) continue;
      if (c <= 127 || !NAME_PART.test(String.fromCodePoint(source.codePointAt(i) as number))) break;
      ascii = false;
      if (c >= 0xd800 && c <= 0xdbff) i++;
    }
    if (i === from) {
      this.operatorToken(from);
      return;
    }
    const text = source.slice(from, i);
    if (!ascii && !/^[\p{XIDS}_]\p{XIDC}*$/u.test(text)) this.fail("Invalid character in identifier", from, i);
    this.set("name", text, from, i);
  }

  private numberToken(from: number): void {
    const stop = numberEnd(this.source, from, this.length);
    this.set(
      stop.float ? "float" : "integer",
      numberValue(this.source.slice(from, stop.end), stop.float),
      from,
      stop.end,
    );
  }

  private stringToken(from: number, quote: number): boolean {
    const { source, length } = this;
    let escaped = false;
    for (let i = from + 1; i < length; i++) {
      const c = source.charCodeAt(i);
      if (c === quote) {
        const raw = source.slice(from + 1, i);
        this.set("string", escaped ? unescapeString(raw, (m) => this.fail(m, from, i + 1)) : raw, from, i + 1);
        return true;
      }
      if (c === 92) {
        escaped = true;
        i++;
      }
    }
    return false;
  }

  private operatorToken(i: number): void {
    const { source } = this;
    const c = source[i] as string;
    const d = i + 1 < this.length ? source[i + 1] : "";
    const two = d === "" ? undefined : TWO[c + d];
    if (two !== undefined) {
      this.set(two, c + d, i, i + 2);
      return;
    }
    const one = ONE[c];
    if (one === undefined) {
      const char = String.fromCodePoint(source.codePointAt(i) as number);
      this.fail(`unexpected char ${pyRepr(char)} at ${strLength(source.slice(0, i))}`, i, i + char.length);
    }
    if (c === "(") this.balance += ")";
    else if (c === "[") this.balance += "]";
    else if (c === "{") this.balance += "}";
    else if (c === ")" || c === "]" || c === "}") {
      if (this.balance === "") this.fail(`unexpected '${c}'`, i, i + 1);
      const expected = this.balance.at(-1) as string;
      this.balance = this.balance.slice(0, -1);
      if (expected !== c) this.fail(`unexpected '${c}', expected '${expected}'`, i, i + 1);
    }
    this.set(one, c, i, i + 1);
  }
}

const NAME_PART = /[\p{L}\p{N}\p{M}\p{Pc}\u00b7\u0387\u1369-\u1371\u19da]/u;

const ONE: Record<string, OperatorType> = {};
const TWO: Record<string, OperatorType> = {};
for (const [type, text] of Object.entries(OPERATORS)) (text.length === 1 ? ONE : TWO)[text] = type as OperatorType;

const FLOAT = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;

/** Where the number that begins at `from` ends, and whether it is a float. */
function numberEnd(source: string, from: number, length: number): { end: number; float: boolean } {
  // Plain digits first, which is nearly every number there is.
  let i = from;
  while (i < length && isDigit(source.charCodeAt(i))) i++;
  const c = i < length ? source.charCodeAt(i) : 0;
  const plain =
    c !== 46 &&
    c !== 95 &&
    c !== 101 &&
    c !== 69 &&
    c !== 120 &&
    c !== 88 &&
    c !== 98 &&
    c !== 66 &&
    c !== 111 &&
    c !== 79;
  if (plain && (source.charCodeAt(from) !== 48 || i === from + 1)) return { end: i, float: false };
  if (from === 0 || source.charCodeAt(from - 1) !== 46) {
    FLOAT.lastIndex = from;
    const m = FLOAT.exec(source);
    if (m !== null && FLOAT.lastIndex <= length) return { end: FLOAT.lastIndex, float: true };
  }
  INTEGER.lastIndex = from;
  INTEGER.exec(source);
  return { end: INTEGER.lastIndex, float: false };
}
