import { literalEval } from "../jinja/index.ts";

/** A call of one of the functions that dbt gives to a Python model: `dbt.ref("orders", v=2)`. */
export interface PythonCall {
  /** `ref`, `source`, `config`, `get` or `meta_get`. */
  name: string;
  /** As written, up to its last argument. */
  text: string;
  args: unknown[];
  kwargs: Map<string, unknown>;
  /** The first argument that is no literal, as written, if there is one. */
  unreadable: string | undefined;
}

/** What a Python file defines as its model. */
export interface PythonFunction {
  parameters: string[];
  /** Whether its body ends with `return` and one value. */
  returnsOne: boolean;
}

const TOKEN = /#[^\n]*|(?<![\w.])([rRbBuUfF]{0,2})("""|'''|"|')|[([{]|[)\]}]/g;
const CALL = /(?<![\w.])dbt\.(ref|source|config\.get|config\.meta_get|config)[ \t]*\(/g;

/** Python code in which only code is left: comments and the insides of strings are blanks, all stands where it stood. */
export function blankTexts(code: string): string {
  let out = "";
  let from = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(code); match; match = TOKEN.exec(code)) {
    const [text, prefix, quote] = match;
    if (quote === undefined && text[0] !== "#") continue;
    const inside = match.index + text.length;
    const end = quote === undefined ? inside : endOfString(code, inside, quote);
    const shown = prefix !== undefined && /f/i.test(prefix) ? blankLiterals(code.slice(inside, end)) : undefined;
    out +=
      code.slice(from, match.index) + (shown === undefined ? blank(code.slice(match.index, end)) : blank(text) + shown);
    from = end;
    TOKEN.lastIndex = end;
  }
  return out + code.slice(from);
}

/** The calls of dbt's functions in the order in which they are written. */
export function pythonCalls(code: string, bare: string): PythonCall[] {
  return [...bare.matchAll(CALL)].map((match) => {
    const ranges = argumentsAt(bare, match.index + match[0].length);
    const call: PythonCall = {
      name: match[1]!.slice(match[1]!.indexOf(".") + 1),
      text: code.slice(match.index, ranges.at(-1)?.[1] ?? match.index + match[0].length),
      args: [],
      kwargs: new Map(),
      unreadable: undefined,
    };
    for (const [start, end] of ranges) {
      const keyword = /^\s*(\w+)\s*=(?!=)/.exec(bare.slice(start, end));
      const text = code.slice(start + (keyword?.[0].length ?? 0), end);
      const value = literalEval(text.trim());
      if (value === undefined) call.unreadable ??= text.trim();
      else if (keyword) call.kwargs.set(keyword[1]!, value);
      else call.args.push(value);
    }
    return call;
  });
}

/** The functions named `model`, those inside of other functions left out. */
export function modelFunctions(bare: string): PythonFunction[] {
  return [...bare.matchAll(/^def[ \t]+model[ \t]*\(/gm)].map((match) => {
    const open = match.index + match[0].length;
    const ranges = argumentsAt(bare, open);
    const parameters = ranges.map(([start, end]) => /\w*/.exec(bare.slice(start, end).trimStart())![0]);
    return { parameters, returnsOne: endsWithReturn(bare, ranges.at(-1)?.[1] ?? open) };
  });
}

/** Whether the last statement of the function whose parameters end at `at` returns something that is no tuple. */
function endsWithReturn(bare: string, at: number): boolean {
  const lines = logicalLines(bare.slice(bare.indexOf(":", at) + 1));
  const first = lines.find((line) => line.trim() !== "") ?? "";
  const indent = indentOf(first);
  let last = first;
  for (const line of lines.slice(lines.indexOf(first) + 1)) {
    if (line.trim() === "") continue;
    const depth = indentOf(line);
    if (depth === 0) break;
    if (depth === indent) last = line;
  }
  const value = /^\s*return\b([\s\S]*)/.exec(last)?.[1];
  return value !== undefined && !isTuple(value.trim());
}

/** `a, b`, `(a, b)`, `a,` or `()`. */
function isTuple(bare: string): boolean {
  if (argumentsAt(`${bare})`, 0).length > 1 || bare.endsWith(",")) return true;
  const inner = bare.startsWith("(") ? argumentsAt(bare, 1) : undefined;
  if (inner === undefined) return false;
  const closed = bare.indexOf(")", inner.at(-1)?.[1] ?? 1) === bare.length - 1;
  return closed && (inner.length === 0 || isTuple(bare.slice(1, -1).trim()));
}

const indentOf = (line: string): number => /^[ \t]*/.exec(line)![0].length;

/** Lines as Python counts them: what is within brackets, or follows a backslash, belongs to the line before. */
function logicalLines(bare: string): string[] {
  const lines: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= bare.length; i++) {
    const char = bare[i];
    if (char !== undefined && "([{".includes(char)) depth++;
    else if (char !== undefined && ")]}".includes(char)) depth--;
    else if (char === undefined || (char === "\n" && depth <= 0 && bare[i - 1] !== "\\")) {
      lines.push(bare.slice(from, i));
      from = i + 1;
    }
  }
  return lines;
}

/** Where each argument begins and ends, in code whose opening bracket ends at `open`. */
function argumentsAt(bare: string, open: number): [number, number][] {
  const ranges: [number, number][] = [];
  let depth = 0;
  let from = open;
  const add = (end: number) => {
    if (bare.slice(from, end).trim() !== "") ranges.push([from, end]);
    from = end + 1;
  };
  for (let i = open; i < bare.length; i++) {
    const char = bare[i]!;
    if ("([{".includes(char)) depth++;
    else if (")]}".includes(char)) {
      if (depth-- === 0) {
        add(i);
        return ranges;
      }
    } else if (char === "," && depth === 0) add(i);
  }
  return ranges;
}

function endOfString(code: string, from: number, quote: string): number {
  for (let i = from; i < code.length; i++) {
    if (code[i] === "\\") i++;
    else if (code.startsWith(quote, i)) return i + quote.length;
    else if (code[i] === "\n" && quote.length === 1) return i;
  }
  return code.length;
}

/** An f-string's inside, of which only what stands in braces is code. */
function blankLiterals(text: string): string {
  return text.replace(/\{\{|\}\}|\{([^{}]*)\}|[^{}\n]/g, (found, code: string | undefined) =>
    code === undefined ? blank(found) : ` ${blankTexts(code)} `,
  );
}

/** Blanks where text was; its quotes stay as one letter, so that a string is still an argument. */
function blank(text: string): string {
  return text.replace(/[^\n]/g, text[0] === "#" ? " " : "_");
}
