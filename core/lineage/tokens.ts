import type { LineageDialect } from "./types.ts";

/** A piece of SQL between spaces and comments. */
export interface Token {
  kind: "word" | "quoted" | "text" | "number" | "mark";
  /** Of a word in lower case, of a mark the one character, else as it is written. */
  text: string;
  start: number;
  end: number;
}

const COMMENT = String.raw`(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)`;
const NUMBER = String.raw`(?<number>\d[\w.]*)`;
const WORD = String.raw`(?<word>[\p{L}_$][\p{L}\p{N}_$]*)`;
const MARK = String.raw`(?<mark>\S)`;
const TEXT = String.raw`(?<text>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$)`;
const QUOTED = '(?<quoted>"(?:[^"]|"")*")';
const TEXT_OF_CLICKHOUSE = String.raw`(?<text>'(?:[^'\\]|\\[\s\S]|'')*')`;
const QUOTED_OF_CLICKHOUSE = String.raw`(?<quoted>"(?:[^"\\]|\\[\s\S]|"")*"|${"`"}(?:[^${"`"}\\]|\\[\s\S])*${"`"})`;

const pattern = (...parts: readonly string[]): RegExp => new RegExp(parts.join("|"), "gu");
const STANDARD = pattern(COMMENT, TEXT, QUOTED, NUMBER, WORD, MARK);
const CLICKHOUSE = pattern(COMMENT, TEXT_OF_CLICKHOUSE, QUOTED_OF_CLICKHOUSE, NUMBER, WORD, MARK);
const KINDS = ["word", "quoted", "text", "number", "mark"] as const;

/** The tokens of SQL, comments left out. */
export function tokensOf(sql: string, dialect: LineageDialect): Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(dialect === "clickhouse" ? CLICKHOUSE : STANDARD)) {
    const groups = match.groups!;
    const kind = KINDS.find((one) => groups[one] !== undefined);
    if (!kind) continue;
    const [text] = match;
    const { index: start } = match;
    tokens.push({ kind, text: kind === "word" ? text.toLowerCase() : text, start, end: start + text.length });
  }
  return tokens;
}
