import { resolveScalar } from "../resolve.ts";
import { type Analysis, analyze, isBreakCharacter } from "./analyze.ts";
import type { MappingNode, Node, SequenceNode } from "./represent.ts";

const BEST_WIDTH = 80;
const INDENT = 2;
/** A key longer than this, tag and anchor included, is written with `?`. */
const LONGEST_SIMPLE_KEY = 128;

type ScalarNode = Extract<Node, { kind: "scalar" }>;
type Style = "plain" | "single" | "double" | "literal";

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "0",
  "\x07": "a",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
  "\x1b": "e",
  '"': '"',
  "\\": "\\",
  "\x85": "N",
  "\xa0": "_",
  "\u2028": "L",
  "\u2029": "P",
};

/** Where a node stands. */
interface Context {
  root: boolean;
  mapping: boolean;
  simpleKey: boolean;
}
const ROOT: Context = { root: true, mapping: false, simpleKey: false };
const ITEM: Context = { root: false, mapping: false, simpleKey: false };
const VALUE: Context = { root: false, mapping: true, simpleKey: false };
const SIMPLE_KEY: Context = { root: false, mapping: true, simpleKey: true };

/** Writes nodes in block style, with PyYAML's choice of quotes and line breaks at a width of 80. */
export class Emitter {
  private text = "";
  private column = 0;
  private indent = -1;
  /** Was the last thing written white space? */
  private whitespace = true;
  /** Has the line nothing but spaces and the indicators `-`, `?`, `:` so far? */
  private indention = true;
  /** Would more text be read as part of what was written? Then the document needs its end `...`. */
  private openEnded = false;
  private readonly written = new Set<Node>();
  /** Are lists below a key indented? PyYAML leaves them where the key stands. */
  private readonly indentSequences: boolean;

  constructor(indentSequences = false) {
    this.indentSequences = indentSequences;
  }

  emit(root: Node): string {
    this.node(root, ROOT);
    this.indent = -1;
    this.writeIndent();
    if (this.openEnded) {
      this.indicator("...", true);
      this.writeIndent();
    }
    return this.text;
  }

  private node(node: Node, context: Context): void {
    if (this.written.has(node)) {
      this.indicator(`*${node.anchor}`, true);
      return;
    }
    this.written.add(node);
    if (node.anchor !== undefined) this.indicator(`&${node.anchor}`, true);
    if (node.kind === "scalar") {
      this.scalar(node, context);
    } else {
      if (node.tag === "set") this.indicator("!!set", true);
      if (node.kind === "sequence") this.sequence(node, context);
      else this.mapping(node);
    }
  }

  private sequence(node: SequenceNode, context: Context): void {
    if (node.items.length === 0) {
      this.indicator("[", true, true);
      this.indicator("]", false);
      return;
    }
    const outer = this.indent;
    if (outer < 0) this.indent = 0;
    else if (this.indentSequences || !(context.mapping && !this.indention)) this.indent += INDENT;
    for (const item of node.items) {
      this.writeIndent();
      this.indicator("-", true, false, true);
      this.node(item, ITEM);
    }
    this.indent = outer;
  }

  private mapping(node: MappingNode): void {
    if (node.entries.length === 0) {
      this.indicator("{", true, true);
      this.indicator("}", false);
      return;
    }
    const outer = this.indent;
    this.indent = outer < 0 ? 0 : outer + INDENT;
    for (const [key, value] of node.entries) {
      this.writeIndent();
      if (this.isSimpleKey(key)) {
        this.node(key, SIMPLE_KEY);
        this.indicator(":", false);
      } else {
        this.indicator("?", true, false, true);
        this.node(key, VALUE);
        this.writeIndent();
        this.indicator(":", true, false, true);
      }
      this.node(value, VALUE);
    }
    this.indent = outer;
  }

  private isSimpleKey(node: Node): boolean {
    const isAlias = this.written.has(node);
    let length = node.anchor?.length ?? 0;
    if (isAlias) return length < LONGEST_SIMPLE_KEY;
    length += node.tag.length + 2;
    if (node.kind === "scalar") {
      const characters = [...node.text];
      const { empty, multiline } = analyze(characters);
      return length + characters.length < LONGEST_SIMPLE_KEY && !empty && !multiline;
    }
    const count = node.kind === "sequence" ? node.items.length : node.entries.length;
    return length < LONGEST_SIMPLE_KEY && count === 0;
  }

  private scalar(node: ScalarNode, context: Context): void {
    const characters = [...node.text];
    const analysis = analyze(characters);
    const isImplicit = resolveScalar(node.text) === node.tag;
    const style = chooseStyle(node, analysis, isImplicit, context);
    const needsTag = style === "plain" ? !isImplicit : node.tag !== "str";
    if (needsTag) this.indicator(`!!${node.tag}`, true);
    const outer = this.indent;
    this.indent = outer < 0 ? INDENT : outer + INDENT;
    const split = !context.simpleKey;
    if (style === "plain") this.plain(characters, split, context.root);
    else if (style === "single") this.singleQuoted(characters, split);
    else if (style === "double") this.doubleQuoted(characters, split);
    else this.literal(characters);
    this.indent = outer;
  }

  private put(text: string): void {
    this.text += text;
    this.column += text.length;
  }

  private indicator(text: string, needSpace: boolean, whitespace = false, indention = false): void {
    const data = this.whitespace || !needSpace ? text : ` ${text}`;
    this.whitespace = whitespace;
    this.indention = this.indention && indention;
    this.openEnded = false;
    this.put(data);
  }

  private writeIndent(): void {
    const indent = Math.max(this.indent, 0);
    if (!this.indention || this.column > indent || (this.column === indent && !this.whitespace)) this.writeBreak("\n");
    if (this.column < indent) {
      this.whitespace = true;
      this.put(" ".repeat(indent - this.column));
    }
  }

  private writeBreak(text: string): void {
    this.text += text;
    this.whitespace = true;
    this.indention = true;
    this.column = 0;
  }

  private plain(characters: readonly string[], split: boolean, root: boolean): void {
    if (root) this.openEnded = true;
    if (characters.length === 0) return;
    if (!this.whitespace) this.put(" ");
    this.whitespace = false;
    this.indention = false;
    this.words(characters, split, () => {
      this.writeIndent();
      this.whitespace = false;
      this.indention = false;
    });
  }

  /** Writes words and the spaces between them, breaking a line that is too long at a single space. */
  private words(characters: readonly string[], split: boolean, breakLine: () => void): void {
    const count = characters.length;
    let start = 0;
    while (start < count) {
      let end = start;
      const isSpace = characters[start] === " ";
      while (end < count && (characters[end] === " ") === isSpace) end++;
      if (isSpace && end === start + 1 && this.column > BEST_WIDTH && split && start > 0 && end < count) breakLine();
      else this.put(characters.slice(start, end).join(""));
      start = end;
    }
  }

  private singleQuoted(characters: readonly string[], split: boolean): void {
    this.indicator("'", true);
    const count = characters.length;
    let start = 0;
    while (start < count) {
      let end = start;
      const c = characters[start]!;
      if (isBreakCharacter(c)) {
        while (end < count && isBreakCharacter(characters[end])) end++;
        if (c === "\n") this.writeBreak("\n");
        for (let i = start; i < end; i++) this.writeBreak(characters[i]!);
        this.writeIndent();
      } else if (c === " ") {
        while (end < count && characters[end] === " ") end++;
        const breaks = end === start + 1 && this.column > BEST_WIDTH && split && start > 0 && end < count;
        if (breaks) this.writeIndent();
        else this.put(" ".repeat(end - start));
      } else if (c === "'") {
        this.put("''");
        end++;
      } else {
        while (end < count && characters[end] !== " " && characters[end] !== "'" && !isBreakCharacter(characters[end]))
          end++;
        this.put(characters.slice(start, end).join(""));
      }
      start = end;
    }
    this.indicator("'", false);
  }

  private doubleQuoted(characters: readonly string[], split: boolean): void {
    this.indicator('"', true);
    const count = characters.length;
    let start = 0;
    for (let end = 0; end <= count; end++) {
      const c = characters[end];
      const isEscaped = c === undefined || c < " " || c > "~" || c === '"' || c === "\\" || c.length > 1;
      if (isEscaped) {
        if (start < end) {
          this.put(characters.slice(start, end).join(""));
          start = end;
        }
        if (c !== undefined) {
          this.put(escapeCharacter(c));
          start = end + 1;
        }
      }
      const mayBreak = end > 0 && end < count - 1 && (c === " " || start >= end);
      if (mayBreak && split && this.column + (end - start) > BEST_WIDTH) {
        this.put(`${characters.slice(start, end).join("")}\\`);
        if (start < end) start = end;
        this.writeIndent();
        this.whitespace = false;
        this.indention = false;
        if (characters[start] === " ") this.put("\\");
      }
    }
    this.indicator('"', false);
  }

  private literal(characters: readonly string[]): void {
    const last = characters[characters.length - 1];
    let hints = characters[0] === " " || isBreakCharacter(characters[0]) ? String(INDENT) : "";
    if (!isBreakCharacter(last)) hints += "-";
    else if (characters.length === 1 || isBreakCharacter(characters[characters.length - 2])) hints += "+";
    this.indicator(`|${hints}`, true);
    if (hints.endsWith("+")) this.openEnded = true;
    this.writeBreak("\n");
    let isFirst = true;
    for (const line of characters.join("").split("\n")) {
      if (!isFirst) this.writeBreak("\n");
      if (line !== "") {
        this.writeIndent();
        this.put(line);
      }
      isFirst = false;
    }
    if (!isBreakCharacter(last)) this.writeBreak("\n");
  }
}

function chooseStyle(node: ScalarNode, analysis: Analysis, isImplicit: boolean, context: Context): Style {
  const { simpleKey } = context;
  if (!node.literal && isImplicit && analysis.plain && !(simpleKey && (analysis.empty || analysis.multiline)))
    return "plain";
  if (node.literal && !simpleKey && analysis.block) return "literal";
  if (!node.literal && analysis.singleQuoted && !(simpleKey && analysis.multiline)) return "single";
  return "double";
}

function escapeCharacter(character: string): string {
  const short = ESCAPES[character];
  if (short !== undefined) return `\\${short}`;
  const code = character.codePointAt(0)!;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
