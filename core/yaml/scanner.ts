import { isBreak, isBreakOrEnd, isSpaceOrEnd } from "./chars.ts";
import { YamlProblem } from "./problem.ts";
import { scanBlockScalar, scanPlain, scanQuoted } from "./scan-scalars.ts";
import { scanAnchor, scanDirective, scanTag } from "./scan-tokens.ts";
import {
  ALIAS,
  ANCHOR,
  BLOCK_END,
  BLOCK_ENTRY,
  BLOCK_MAPPING_START,
  BLOCK_SEQUENCE_START,
  DOCUMENT_END,
  DOCUMENT_START,
  FLOW_ENTRY,
  FLOW_MAPPING_END,
  FLOW_MAPPING_START,
  FLOW_SEQUENCE_END,
  FLOW_SEQUENCE_START,
  KEY,
  STREAM_END,
  type Token,
  VALUE,
} from "./tokens.ts";

/** A token that may turn out to be a key once a `:` follows on the same line. */
interface SimpleKey {
  tokenNumber: number;
  /** Nothing but a key can stand here, so a missing `:` is an error. */
  required: boolean;
  offset: number;
  line: number;
  column: number;
}

/** A simple key is at most this long. */
const LONGEST_KEY = 1024;

const UNPRINTABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/**
 * Turns YAML 1.1 into tokens by PyYAML's rules: indentation becomes BLOCK tokens, and keys without a `?` get their KEY token
 * as soon as the `:` is seen. The rules are those of https://yaml.org/spec/1.1/, with PyYAML's liberties.
 *
 * With `libyaml` it keeps to the C loader instead, which dbt uses: tabs may stand between tokens, `?` in a flow scalar, …
 */
export class Scanner {
  readonly source: string;
  readonly libyaml: boolean;
  position = 0;
  line = 0;
  lineStart = 0;
  flowLevel = 0;
  indent = -1;
  allowSimpleKey = true;
  private readonly indents: number[] = [];
  private tokens: Token[] = [];
  private head = 0;
  private tokensTaken = 0;
  private done = false;
  /** The possible simple key of each flow level. */
  private readonly simpleKeys: (SimpleKey | undefined)[] = [];
  private simpleKeyCount = 0;

  constructor(source: string, libyaml: boolean) {
    this.source = `${source}\0`;
    this.libyaml = libyaml;
    const unprintable = UNPRINTABLE.exec(source);
    if (unprintable) {
      const code = source.charCodeAt(unprintable.index);
      const shown = `#x${code.toString(16).padStart(4, "0")}`;
      throw new YamlProblem(
        "ReaderError",
        `unacceptable character ${shown}: special characters are not allowed`,
        unprintable.index,
      );
    }
    if (source.charCodeAt(0) === 0xfeff) {
      this.position = 1;
      this.lineStart = 1;
    }
  }

  /** The next token, left in place. */
  peek(): Token {
    while (this.needsMore()) this.fetchMore();
    return this.tokens[this.head]!;
  }

  /** Takes the next token. */
  next(): Token {
    const token = this.peek();
    this.head++;
    this.tokensTaken++;
    if (this.head === this.tokens.length) {
      this.tokens.length = 0;
      this.head = 0;
    }
    return token;
  }

  get column(): number {
    return this.position - this.lineStart;
  }

  /** Steps over a line break at the position, if there is one; answers what it counts as. */
  skipBreak(): string {
    const code = this.source.charCodeAt(this.position);
    if (!isBreak(code)) return "";
    this.position += code === 13 && this.source.charCodeAt(this.position + 1) === 10 ? 2 : 1;
    this.line++;
    this.lineStart = this.position;
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : "\n";
  }

  /** Is there a `---` or `...` at the position? Asked only at the start of a line. */
  atDocumentSeparator(): boolean {
    const code = this.source.charCodeAt(this.position);
    return (
      (code === 45 || code === 46) &&
      this.source.charCodeAt(this.position + 1) === code &&
      this.source.charCodeAt(this.position + 2) === code &&
      isSpaceOrEnd(this.source.charCodeAt(this.position + 3))
    );
  }

  fail(message: string, context?: string, contextOffset?: number, offset = this.position): never {
    throw new YamlProblem("ScannerError", message, offset, context, contextOffset);
  }

  push(kind: number, start: number, end: number, value = "", plain = false, handle: string | null = null): void {
    this.tokens.push({ kind, start, end, value, plain, handle });
  }

  private needsMore(): boolean {
    if (this.done) return false;
    if (this.head === this.tokens.length) return true;
    if (this.simpleKeyCount === 0) return false;
    this.dropStaleKeys();
    return this.nextPossibleKey() === this.tokensTaken;
  }

  private nextPossibleKey(): number {
    if (this.simpleKeyCount > 0) {
      for (const key of this.simpleKeys) if (key) return key.tokenNumber;
    }
    return -1;
  }

  private dropStaleKeys(): void {
    if (this.simpleKeyCount === 0) return;
    for (let level = 0; level < this.simpleKeys.length; level++) {
      const key = this.simpleKeys[level];
      if (key && (key.line !== this.line || this.position - key.offset > LONGEST_KEY)) {
        if (key.required) this.fail("could not find expected ':'", "while scanning a simple key", key.offset);
        this.simpleKeys[level] = undefined;
        this.simpleKeyCount--;
      }
    }
  }

  private saveSimpleKey(): void {
    if (!this.allowSimpleKey) return;
    const required = this.flowLevel === 0 && this.indent === this.column;
    this.removeSimpleKey();
    this.simpleKeys[this.flowLevel] = {
      tokenNumber: this.tokensTaken + this.tokens.length - this.head,
      required,
      offset: this.position,
      line: this.line,
      column: this.column,
    };
    this.simpleKeyCount++;
  }

  private removeSimpleKey(): void {
    if (this.simpleKeyCount === 0) return;
    const key = this.simpleKeys[this.flowLevel];
    if (!key) return;
    if (key.required) this.fail("could not find expected ':'", "while scanning a simple key", key.offset);
    this.simpleKeys[this.flowLevel] = undefined;
    this.simpleKeyCount--;
  }

  private unwindIndent(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.indent = this.indents.pop()!;
      this.push(BLOCK_END, this.position, this.position);
    }
  }

  private addIndent(column: number): boolean {
    if (this.indent >= column) return false;
    this.indents.push(this.indent);
    this.indent = column;
    return true;
  }

  private skipToToken(): void {
    const { source } = this;
    for (;;) {
      let code = source.charCodeAt(this.position);
      while (code === 32 || (code === 9 && this.libyaml && (this.flowLevel > 0 || !this.allowSimpleKey))) {
        code = source.charCodeAt(++this.position);
      }
      if (code === 35) {
        do code = source.charCodeAt(++this.position);
        while (!isBreakOrEnd(code));
      }
      if (this.skipBreak() === "") return;
      if (this.flowLevel === 0) this.allowSimpleKey = true;
    }
  }

  private fetchMore(): void {
    this.skipToToken();
    this.dropStaleKeys();
    const column = this.column;
    if (this.indent > column) this.unwindIndent(column);
    const code = this.source.charCodeAt(this.position);
    if (code === 0) this.fetchStreamEnd();
    else if (!(column === 0 && this.fetchAtLineStart(code)) && !this.fetchIndicator(code)) this.fetchPlain(code);
  }

  /** A directive or a document separator; answers whether there was one. */
  private fetchAtLineStart(code: number): boolean {
    if (code === 37) this.fetchDirective();
    else if ((code === 45 || code === 46) && this.atDocumentSeparator()) {
      this.fetchDocumentSeparator(code === 45 ? DOCUMENT_START : DOCUMENT_END);
    } else return false;
    return true;
  }

  /** Anything that shows by its first character what it is; answers whether there was such a thing. */
  private fetchIndicator(code: number): boolean {
    switch (code) {
      case 91:
        this.fetchFlowStart(FLOW_SEQUENCE_START);
        return true;
      case 123:
        this.fetchFlowStart(FLOW_MAPPING_START);
        return true;
      case 93:
        this.fetchFlowEnd(FLOW_SEQUENCE_END);
        return true;
      case 125:
        this.fetchFlowEnd(FLOW_MAPPING_END);
        return true;
      case 44:
        this.fetchFlowEntry();
        return true;
      case 45:
        if (!this.spaceFollows()) return false;
        this.fetchBlockEntry();
        return true;
      case 63:
        if (this.flowLevel === 0 && !this.spaceFollows()) return false;
        this.fetchKey();
        return true;
      case 58:
        if (this.flowLevel === 0 && !this.spaceFollows()) return false;
        this.fetchValue();
        return true;
      case 42:
      case 38:
        this.beginPossibleKey();
        scanAnchor(this, code === 42 ? ALIAS : ANCHOR);
        return true;
      case 33:
        this.beginPossibleKey();
        scanTag(this);
        return true;
      case 124:
      case 62:
        if (this.flowLevel > 0) return false;
        this.allowSimpleKey = true;
        this.removeSimpleKey();
        scanBlockScalar(this, code === 62);
        return true;
      case 39:
      case 34:
        this.beginPossibleKey();
        scanQuoted(this, code);
        return true;
    }
    return false;
  }

  private fetchPlain(code: number): void {
    if (!this.startsPlain(code)) {
      this.fail("found character that cannot start any token", "while scanning for the next token");
    }
    this.beginPossibleKey();
    scanPlain(this);
  }

  private spaceFollows(): boolean {
    return isSpaceOrEnd(this.source.charCodeAt(this.position + 1));
  }

  private beginPossibleKey(): void {
    this.saveSimpleKey();
    this.allowSimpleKey = false;
  }

  private startsPlain(code: number): boolean {
    switch (code) {
      case 45:
      case 63:
      case 58:
        return !this.spaceFollows() && (code === 45 || this.flowLevel === 0);
      case 9:
      case 35:
      case 37:
      case 62:
      case 64:
      case 96:
      case 124:
        return false;
    }
    return true;
  }

  private fetchStreamEnd(): void {
    this.unwindIndent(-1);
    this.removeSimpleKey();
    this.allowSimpleKey = false;
    this.simpleKeys.length = 0;
    this.simpleKeyCount = 0;
    this.push(STREAM_END, this.position, this.position);
    this.done = true;
  }

  private fetchDirective(): void {
    this.unwindIndent(-1);
    this.removeSimpleKey();
    this.allowSimpleKey = false;
    scanDirective(this);
  }

  private fetchDocumentSeparator(kind: number): void {
    this.unwindIndent(-1);
    this.removeSimpleKey();
    this.allowSimpleKey = false;
    this.push(kind, this.position, this.position + 3);
    this.position += 3;
  }

  private fetchFlowStart(kind: number): void {
    this.saveSimpleKey();
    this.flowLevel++;
    this.allowSimpleKey = true;
    this.pushIndicator(kind);
  }

  private fetchFlowEnd(kind: number): void {
    this.removeSimpleKey();
    // A `]` too many is the parser's to refuse.
    if (this.flowLevel > 0) this.flowLevel--;
    this.allowSimpleKey = false;
    this.pushIndicator(kind);
  }

  private fetchFlowEntry(): void {
    this.allowSimpleKey = true;
    this.removeSimpleKey();
    this.pushIndicator(FLOW_ENTRY);
  }

  private fetchBlockEntry(): void {
    if (this.flowLevel === 0) {
      if (!this.allowSimpleKey) this.fail("block sequence entries are not allowed in this context");
      if (this.addIndent(this.column)) this.push(BLOCK_SEQUENCE_START, this.position, this.position);
    }
    this.allowSimpleKey = true;
    this.removeSimpleKey();
    this.pushIndicator(BLOCK_ENTRY);
  }

  private fetchKey(): void {
    if (this.flowLevel === 0) {
      if (!this.allowSimpleKey) this.fail("mapping keys are not allowed in this context");
      if (this.addIndent(this.column)) this.push(BLOCK_MAPPING_START, this.position, this.position);
    }
    this.allowSimpleKey = this.flowLevel === 0;
    this.removeSimpleKey();
    this.pushIndicator(KEY);
  }

  private fetchValue(): void {
    const key = this.simpleKeyCount > 0 ? this.simpleKeys[this.flowLevel] : undefined;
    if (key) {
      this.simpleKeys[this.flowLevel] = undefined;
      this.simpleKeyCount--;
      const at = this.head + key.tokenNumber - this.tokensTaken;
      this.insert(at, KEY, key.offset);
      if (this.flowLevel === 0 && this.addIndent(key.column)) this.insert(at, BLOCK_MAPPING_START, key.offset);
      this.allowSimpleKey = false;
    } else {
      if (this.flowLevel === 0) {
        if (!this.allowSimpleKey) this.fail("mapping values are not allowed in this context");
        if (this.addIndent(this.column)) this.push(BLOCK_MAPPING_START, this.position, this.position);
      }
      this.allowSimpleKey = this.flowLevel === 0;
      this.removeSimpleKey();
    }
    this.pushIndicator(VALUE);
  }

  private pushIndicator(kind: number): void {
    this.push(kind, this.position, this.position + 1);
    this.position++;
  }

  private insert(at: number, kind: number, offset: number): void {
    const token: Token = { kind, start: offset, end: offset, value: "", plain: false, handle: null };
    const { tokens } = this;
    tokens.push(token);
    for (let i = tokens.length - 1; i > at; i--) tokens[i] = tokens[i - 1]!;
    tokens[at] = token;
  }
}
