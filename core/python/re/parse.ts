import { strRepr } from "../../jinja/runtime/text.ts";
import { raise } from "../support.ts";
import { type At, FLAG, type ReNode, widthOf } from "./ast.ts";
import { type Category, CharSet, otherCases, type SetItem } from "./charset.ts";

/** A parsed pattern. */
export interface Parsed {
  node: ReNode;
  groups: number;
  names: Map<string, number>;
  flags: number;
}

/** Throws Python's `re.error` with its position. */
export function reError(message: string, pattern: string, position: number): never {
  const before = [...pattern].slice(0, position).join("");
  const lines = before.split("\n");
  const where = pattern.includes("\n")
    ? ` (line ${lines.length}, column ${[...lines[lines.length - 1]!].length + 1})`
    : "";
  return raise("ValueError", `${message} at position ${position}${where}`);
}

const CATEGORIES: Readonly<Record<string, Category>> = { d: "digit", s: "space", w: "word" };
const LETTER_ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };
const INLINE_FLAGS: Readonly<Record<string, number>> = {
  i: FLAG.I,
  L: FLAG.L,
  m: FLAG.M,
  s: FLAG.S,
  x: FLAG.X,
  a: FLAG.A,
  u: FLAG.U,
};
const HEX_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Parses a pattern of Python's `re`: https://docs.python.org/3.11/library/re.html#regular-expression-syntax. */
export function parsePattern(pattern: string, flags: number): Parsed {
  return new Parser(pattern, flags).parse();
}

class Parser {
  private readonly text: readonly string[];
  private readonly pattern: string;
  private position = 0;
  private flags: number;
  private globalFlags: number;
  private groupCount = 0;
  private readonly names = new Map<string, number>();
  private readonly open = new Set<number>();
  private readonly widths = new Map<number, [number, number]>();
  /** How many groups there were before the look-behind that is being read. */
  private groupsBefore: number | undefined;
  private hasOpenLookBehind = false;
  /** How many `|` were passed, at any depth. */
  private branches = 0;
  /** The groups that conditions name, and where. */
  private readonly conditions: [number, number][] = [];

  constructor(pattern: string, flags: number) {
    this.pattern = pattern;
    this.text = [...pattern];
    this.flags = flags;
    this.globalFlags = flags;
  }

  parse(): Parsed {
    const node = this.choice(0);
    if (this.position < this.text.length) this.fail("unbalanced parenthesis", this.position);
    for (const [number, at] of this.conditions) {
      if (number > this.groupCount) this.fail(`invalid group reference ${number}`, at);
    }
    if (this.hasOpenLookBehind) raise("ValueError", "look-behind requires fixed-width pattern");
    const flags = this.globalFlags & FLAG.A ? this.globalFlags : this.globalFlags | FLAG.U;
    return { node, groups: this.groupCount, names: this.names, flags };
  }

  private fail(message: string, position: number): never {
    return reError(message, this.pattern, position);
  }

  private take(): string | undefined {
    return this.text[this.position++];
  }

  private takeIf(character: string): boolean {
    if (this.text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private choice(depth: number): ReNode {
    const items = [this.sequence(depth)];
    while (this.takeIf("|")) {
      this.branches++;
      items.push(this.sequence(depth));
    }
    return items.length === 1 ? items[0]! : { kind: "choice", items };
  }

  private sequence(depth: number): ReNode {
    const items: ReNode[] = [];
    for (;;) {
      const c = this.text[this.position];
      if (c === undefined || c === "|" || c === ")") break;
      const start = this.position++;
      if (this.flags & FLAG.X) {
        if (/\s/.test(c)) continue;
        if (c === "#") {
          while (this.position < this.text.length && this.text[this.position] !== "\n") this.position++;
          continue;
        }
      }
      const node = this.item(c, start, depth, items);
      if (node) items.push(node);
    }
    return items.length === 1 ? items[0]! : { kind: "sequence", items };
  }

  private item(c: string, start: number, depth: number, items: ReNode[]): ReNode | undefined {
    switch (c) {
      case "\\":
        return this.escape(start);
      case "[":
        return this.set(start);
      case "*":
      case "+":
      case "?":
      case "{":
        return this.repeat(c, start, items);
      case ".":
        return { kind: "any", newline: (this.flags & FLAG.S) !== 0 };
      case "(":
        return this.group(start, depth, items);
      case "^":
        return { kind: "at", at: this.flags & FLAG.M ? "lineStart" : "start" };
      case "$":
        return { kind: "at", at: this.flags & FLAG.M ? "lineEnd" : "endOrNewline" };
    }
    return this.literal(c.codePointAt(0)!);
  }

  private get ascii(): boolean {
    return (this.flags & FLAG.A) !== 0;
  }

  private literal(code: number): ReNode {
    if (!(this.flags & FLAG.I) || otherCases(code, this.ascii).length === 0) return { kind: "char", code };
    return { kind: "set", set: new CharSet([{ from: code, to: code }], false, true, this.ascii) };
  }

  private category(letter: string): SetItem {
    return { category: CATEGORIES[letter.toLowerCase()]!, negated: letter !== letter.toLowerCase() };
  }

  private escape(start: number): ReNode {
    const c = this.take();
    if (c === undefined) return this.fail("bad escape (end of pattern)", start);
    if (/^[dDsSwW]$/.test(c)) {
      return { kind: "set", set: new CharSet([this.category(c)], false, false, this.ascii) };
    }
    const at: Readonly<Record<string, At>> = {
      A: "start",
      Z: "end",
      b: this.ascii ? "asciiBoundary" : "boundary",
      B: this.ascii ? "asciiNonBoundary" : "nonBoundary",
    };
    if (Object.hasOwn(at, c)) return { kind: "at", at: at[c]! };
    if (c >= "1" && c <= "9") return this.reference(c, start);
    return this.literal(this.characterEscape(c, start));
  }

  private reference(first: string, start: number): ReNode {
    let digits = first;
    const next = this.text[this.position];
    if (next !== undefined && /[0-9]/.test(next)) {
      const third = this.text[this.position + 1];
      if (/[0-3]/.test(first) && /[0-7]/.test(next) && third !== undefined && /[0-7]/.test(third)) {
        this.position += 2;
        const code = Number.parseInt(first + next + third, 8);
        if (code > 0o377) this.fail(`octal escape value \\${first}${next}${third} outside of range 0-0o377`, start);
        return this.literal(code);
      }
      digits += next;
      this.position++;
    }
    const number = Number(digits);
    if (number > this.groupCount) this.fail(`invalid group reference ${number}`, start + 1);
    this.checkReference(number, start);
    return { kind: "reference", number, ignoreCase: (this.flags & FLAG.I) !== 0 };
  }

  private checkReference(number: number, position: number): void {
    if (this.open.has(number)) this.fail("cannot refer to an open group", position);
    this.checkLookBehind(number);
  }

  private checkLookBehind(number: number): void {
    if (this.groupsBefore === undefined) return;
    if (number > this.groupCount || this.open.has(number)) this.fail("cannot refer to an open group", this.position);
    if (number > this.groupsBefore) {
      this.fail("cannot refer to group defined in the same lookbehind subpattern", this.position);
    }
  }

  /** An escape that stands for one character, within a set or outside. */
  private characterEscape(c: string, start: number): number {
    const simple = LETTER_ESCAPES[c];
    if (simple !== undefined) return simple;
    const length = HEX_LENGTHS[c];
    if (length !== undefined) {
      let digits = "";
      while (digits.length < length && /^[0-9a-fA-F]$/.test(this.text[this.position] ?? "")) digits += this.take();
      if (digits.length !== length) this.fail(`incomplete escape \\${c}${digits}`, start);
      const code = Number.parseInt(digits, 16);
      if (code > 0x10ffff) this.fail(`bad escape \\${c}${digits}`, start);
      return code;
    }
    if (c >= "0" && c <= "7") {
      let digits = c;
      while (digits.length < 3 && /^[0-7]$/.test(this.text[this.position] ?? "")) digits += this.take();
      const code = Number.parseInt(digits, 8);
      if (code > 0o377) this.fail(`octal escape value \\${digits} outside of range 0-0o377`, start);
      return code;
    }
    if (/^[A-Za-z0-9]$/.test(c)) this.fail(`bad escape \\${c}`, start);
    return c.codePointAt(0)!;
  }

  private set(start: number): ReNode {
    const negated = this.takeIf("^");
    const items: SetItem[] = [];
    for (let isFirst = true; ; isFirst = false) {
      const at = this.position;
      const c = this.take();
      if (c === undefined) return this.fail("unterminated character set", start);
      if (c === "]" && !isFirst) break;
      const low = c === "\\" ? this.setEscape(at, start) : c.codePointAt(0)!;
      if (!this.takeIf("-")) {
        items.push(typeof low === "number" ? { from: low, to: low } : low);
        continue;
      }
      const highAt = this.position;
      const high = this.take();
      if (high === undefined) return this.fail("unterminated character set", start);
      if (high === "]") {
        items.push(typeof low === "number" ? { from: low, to: low } : low, { from: 45, to: 45 });
        break;
      }
      const to = high === "\\" ? this.setEscape(highAt, start) : high.codePointAt(0)!;
      if (typeof low !== "number" || typeof to !== "number" || to < low) {
        const range = this.text.slice(at, this.position).join("");
        return this.fail(`bad character range ${range}`, at);
      }
      items.push({ from: low, to });
    }
    const set = new CharSet(items, negated, (this.flags & FLAG.I) !== 0, this.ascii);
    return { kind: "set", set };
  }

  private setEscape(start: number, setStart: number): number | SetItem {
    const c = this.take();
    if (c === undefined) return this.fail("unterminated character set", setStart);
    if (/^[dDsSwW]$/.test(c)) return this.category(c);
    return this.characterEscape(c, start);
  }

  private repeat(c: string, start: number, items: ReNode[]): ReNode | undefined {
    let min = c === "+" ? 1 : 0;
    let max = c === "?" ? 1 : Number.POSITIVE_INFINITY;
    if (c === "{") {
      const bounds = /^(\d*)(?:(,)(\d*))?\}/.exec(this.text.slice(this.position, this.position + 50).join(""));
      if (!bounds || (bounds[1] === "" && bounds[2] === undefined)) return this.literal(123);
      this.position += bounds[0].length;
      min = Number(bounds[1] || 0);
      if (bounds[2] === undefined) max = min;
      else if (bounds[3] !== "") max = Number(bounds[3]);
      if (max < min) this.fail("min repeat greater than max repeat", start + 1);
    }
    const item = items.pop();
    if (!item || item.kind === "at") return this.fail("nothing to repeat", start);
    if (item.kind === "repeat") this.fail("multiple repeat", start);
    const mode = this.takeIf("?") ? "lazy" : this.takeIf("+") ? "possessive" : "greedy";
    return { kind: "repeat", min, max, mode, item };
  }

  private group(start: number, depth: number, items: ReNode[]): ReNode | undefined {
    if (!this.takeIf("?")) return this.capture(undefined, start, depth);
    const c = this.take();
    switch (c) {
      case undefined:
        return this.fail("unexpected end of pattern", this.text.length);
      case "P":
        return this.pythonGroup(start, depth);
      case ":":
        return this.scoped(this.flags, start, depth);
      case "#": {
        while (this.text[this.position] !== ")") {
          if (this.position >= this.text.length) this.fail("missing ), unterminated comment", start);
          this.position++;
        }
        this.position++;
        return undefined;
      }
      case "=":
      case "!":
        return this.look(false, c === "!", start, depth);
      case "<": {
        const next = this.take();
        if (next === undefined) return this.fail("unexpected end of pattern", this.text.length);
        if (next !== "=" && next !== "!") return this.fail(`unknown extension ?<${next}`, start + 1);
        return this.look(true, next === "!", start, depth);
      }
      case "(":
        return this.condition(start, depth);
      case ">": {
        const item = this.choice(depth + 1);
        this.close(start);
        return { kind: "atomic", item };
      }
    }
    if (c !== "-" && !Object.hasOwn(INLINE_FLAGS, c))
      this.fail(`unknown extension ?${c === "\\" ? c + (this.take() ?? "") : c}`, start + 1);
    return this.inlineFlags(c, start, depth, items);
  }

  private close(start: number): void {
    if (!this.takeIf(")")) this.fail("missing ), unterminated subpattern", start);
  }

  private scoped(flags: number, start: number, depth: number): ReNode {
    const outer = this.flags;
    this.flags = flags;
    const item = this.choice(depth + 1);
    this.close(start);
    this.flags = outer;
    // A sequence of its own, so that `(?:a*)*` is a repeat of a group and no `multiple repeat`.
    return { kind: "sequence", items: [item] };
  }

  private capture(name: string | undefined, start: number, depth: number): ReNode {
    const number = ++this.groupCount;
    if (name !== undefined) {
      const before = this.names.get(name);
      if (before !== undefined) {
        this.fail(`redefinition of group name ${strRepr(name)} as group ${number}; was group ${before}`, start + 4);
      }
      this.names.set(name, number);
    }
    this.open.add(number);
    const outer = this.flags;
    const item = this.choice(depth + 1);
    this.close(start);
    this.flags = outer;
    this.open.delete(number);
    this.widths.set(number, widthOf(item, this.widths));
    return { kind: "group", number, item };
  }

  private pythonGroup(start: number, depth: number): ReNode {
    if (this.takeIf("<")) {
      const name = this.identifier(">");
      return this.capture(name, start, depth);
    }
    if (this.takeIf("=")) {
      const at = this.position;
      const name = this.identifier(")");
      const number = this.names.get(name);
      if (number === undefined) return this.fail(`unknown group name ${strRepr(name)}`, at);
      this.checkReference(number, at);
      return { kind: "reference", number, ignoreCase: (this.flags & FLAG.I) !== 0 };
    }
    const c = this.take();
    if (c === undefined) return this.fail("unexpected end of pattern", this.text.length);
    return this.fail(`unknown extension ?P${c}`, start + 1);
  }

  private name(closer: string): string {
    const at = this.position;
    let name = "";
    for (;;) {
      const c = this.take();
      if (c === undefined)
        return this.fail(name === "" ? "missing group name" : `missing ${closer}, unterminated name`, at);
      if (c === closer) break;
      name += c;
    }
    if (name === "") this.fail("missing group name", at);
    return name;
  }

  private identifier(closer: string): string {
    const at = this.position;
    const name = this.name(closer);
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) this.fail(`bad character in group name ${strRepr(name)}`, at);
    return name;
  }

  private look(behind: boolean, negated: boolean, start: number, depth: number): ReNode {
    const outer = this.groupsBefore;
    if (behind) this.groupsBefore ??= this.groupCount;
    const item = this.choice(depth + 1);
    this.groupsBefore = outer;
    this.close(start);
    if (!behind) return { kind: "look", behind: undefined, negated, item };
    const [least, most] = widthOf(item, this.widths);
    if (least !== most) this.hasOpenLookBehind = true;
    return { kind: "look", behind: least, negated, item };
  }

  private condition(start: number, depth: number): ReNode {
    const at = this.position;
    const name = this.name(")");
    let number: number;
    if (/^\p{Nd}+$/u.test(name)) {
      number = Number(name);
      if (number === 0) this.fail("bad group number", at);
      if (number > 1_000_000) this.fail(`invalid group reference ${number}`, at);
    } else {
      if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) this.fail(`bad character in group name ${strRepr(name)}`, at);
      const known = this.names.get(name);
      if (known === undefined) return this.fail(`unknown group name ${strRepr(name)}`, at);
      number = known;
    }
    this.conditions.push([number, at]);
    this.checkLookBehind(number);
    const yes = this.sequence(depth + 1);
    const no = this.takeIf("|") ? this.sequence(depth + 1) : undefined;
    if (this.text[this.position] === "|") this.fail("conditional backref with more than two branches", this.position);
    this.close(start);
    return { kind: "condition", number, yes, no };
  }

  private inlineFlags(first: string, start: number, depth: number, items: ReNode[]): ReNode | undefined {
    let on = 0;
    let off = 0;
    let c: string | undefined = first;
    while (c !== "-" && c !== ")" && c !== ":") {
      const flag: number | undefined = c === undefined ? undefined : INLINE_FLAGS[c];
      if (flag === undefined) {
        if (c === undefined) return this.fail("missing -, : or )", this.text.length);
        return this.fail(/^[a-z]$/i.test(c) ? "unknown flag" : "missing -, : or )", this.position - 1);
      }
      if (flag === FLAG.L) this.fail("bad inline flags: cannot use 'L' flag with a str pattern", this.position);
      on |= flag;
      if ((on & FLAG.A && on & FLAG.U) !== 0)
        this.fail("bad inline flags: flags 'a', 'u' and 'L' are incompatible", this.position);
      c = this.take();
    }
    if (c === ")") {
      if (depth > 0 || this.branches > 0 || items.length > 0) {
        this.fail("global flags not at the start of the expression", start);
      }
      this.flags |= on;
      this.globalFlags |= on;
      return undefined;
    }
    if (c === "-") {
      c = this.take();
      if (c === undefined) return this.fail("missing flag", this.text.length);
      if (INLINE_FLAGS[c] === undefined) {
        return this.fail(/^[a-z]$/i.test(c) ? "unknown flag" : "missing flag", this.position - 1);
      }
      while (c !== ":") {
        const flag: number | undefined = c === undefined ? undefined : INLINE_FLAGS[c];
        if (c === undefined) return this.fail("missing :", this.text.length);
        if (flag === undefined) return this.fail(/^[a-z]$/i.test(c) ? "unknown flag" : "missing :", this.position - 1);
        if (flag & (FLAG.A | FLAG.U | FLAG.L)) {
          this.fail("bad inline flags: cannot turn off flags 'a', 'u' and 'L'", this.position);
        }
        off |= flag;
        c = this.take();
      }
    }
    if (on & off) this.fail("bad inline flags: flag turned on and off", this.position - 1);
    let flags = this.flags;
    if (on & FLAG.U) flags &= ~FLAG.A;
    return this.scoped((flags | on) & ~off, start, depth);
  }
}
