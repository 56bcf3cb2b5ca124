import { isBreak } from "./chars.ts";
import type { YamlProblem } from "./problem.ts";

/** The one-based line and column of an offset. */
export function lineAndColumn(source: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = source.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let i = 0; i < offset; i++) {
    const code = source.charCodeAt(i);
    if (!isBreak(code) || (code === 13 && source.charCodeAt(i + 1) === 10)) continue;
    line++;
    lineStart = i + 1;
  }
  return { line, column: [...source.slice(lineStart, offset)].length + 1 };
}

const lineOf = (source: string, line: number): string => source.split(/\r\n|[\n\r\x85\u2028\u2029]/)[line - 1] ?? "";

/** What to tell the user of a text that is no YAML: a code and what to do about it. */
export function explain(problem: YamlProblem, source: string): { code: string; hint: string | undefined } {
  const { message, kind } = problem;
  const { line } = lineAndColumn(source, problem.offset);
  const text = lineOf(source, line);
  const started = problem.contextOffset === undefined ? line : lineAndColumn(source, problem.contextOffset).line;
  const character = source[problem.offset];

  if (kind === "ReaderError") {
    return { code: "TD1108", hint: "Remove the control character, or write it as an escape in double quotes." };
  }
  const jinja = jinjaHint(lineOf(source, line)) ?? (started === line ? undefined : jinjaHint(lineOf(source, started)));
  if (jinja !== undefined && (kind !== "ComposerError" || character === "*")) return { code: "TD1105", hint: jinja };
  if (character === "\t" || message.includes("tab character")) {
    return { code: "TD1104", hint: "YAML is indented by spaces alone: replace the tab." };
  }
  if (message.includes("unexpected end of stream")) {
    return { code: "TD1102", hint: `The quote that opens in line ${started} is never closed.` };
  }
  if (message.includes("single document")) {
    return { code: "TD1107", hint: "Keep one document in a file: remove the second `---`." };
  }
  if (message.includes("undefined alias")) {
    return { code: "TD1106", hint: "A value that begins with `*` refers to an anchor `&`; quote it if it is text." };
  }
  if (message.includes("determine a constructor for the tag")) {
    if (message.includes("merge") || message.includes("value"))
      return { code: "TD1110", hint: "Quote it if it is text." };
    return { code: "TD1106", hint: "A value that begins with `!` names a type; quote it if it is text." };
  }
  if (kind === "ConstructorError" || kind === "ComposerError") {
    const hint = message.includes("unhashable") ? "A key must be a single text or number." : undefined;
    return { code: "TD1110", hint };
  }
  return {
    code: message.includes("expected key") ? "TD1103" : "TD1101",
    hint: syntaxHint(problem, text, line, started),
  };
}

function jinjaHint(text: string): string | undefined {
  const at = /(?:[:\-[,]\s+|[[,])(\{[{%].*?(?:[}%]\}|$))/.exec(text);
  if (!at || /^\s*#/.test(text)) return undefined;
  return `Quote the Jinja: "${at[1]!.replaceAll('"', "'")}"`;
}

function syntaxHint(problem: YamlProblem, text: string, line: number, started: number): string | undefined {
  const { message } = problem;
  if (message.includes("values are not allowed")) {
    return "A text with `: ` in it must be quoted; or is the line indented too far?";
  }
  if (message.includes("expected ':'")) {
    const missing = /^\s*(?:- )?([\w-]+):(\S.*)$/.exec(text) ?? undefined;
    return missing
      ? `Put a space after the colon: \`${missing[1]}: ${missing[2]}\``
      : "A `key: value` or a `- item` was expected here; is a colon missing?";
  }
  if (message.includes("expected key") || message.includes("'-' indicator")) {
    return `Line ${line} is not indented like the lines around it, which begin in line ${started}.`;
  }
  if (message.includes("entries are not allowed")) return "Begin the list on a line of its own.";
  if (message.includes("',' or"))
    return `The bracket that opens in line ${started} is not closed, or a comma is missing.`;
  const cannot = /^found character that cannot start any token/.exec(message);
  if (cannot) return `Quote a value that begins with \`${[...text.slice(text.search(/[@`%|>]/))][0] ?? ""}\`.`;
  if (message.includes("escape character"))
    return "In double quotes a backslash is written twice; or use single quotes.";
  return undefined;
}
