/** Python's `textwrap.wrap` with the options Jinja2 gives it. */

const SPACE = "[\\t\\n\\x0b\\f\\r ]";
const WORD = "[\\p{L}\\p{N}_]";
const LETTER = "(?:(?!\\p{Nd})[\\p{L}\\p{N}])";
const PUNCT = "[\\p{L}\\p{N}_!\"'&.,?]";
const CHUNK = new RegExp(
  `(${SPACE}+|(?<=${PUNCT})-{2,}(?=${WORD})|[^\\t\\n\\x0b\\f\\r ]+?(?:-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${PUNCT}-))(?=${LETTER}-?${LETTER})|(?=${SPACE}|$)|(?<=${PUNCT})(?=-{2,}${WORD})))`,
  "u",
);
const SIMPLE = new RegExp(`(${SPACE}+)`, "u");

/** Breaks a line into lines of at most `width` characters. */
export function wrapText(text: string, width: number, breakLongWords: boolean, breakOnHyphens: boolean): string[] {
  const chunks = text
    .split(breakOnHyphens ? CHUNK : SIMPLE)
    .filter((c) => c !== undefined && c !== "")
    .map((c) => Array.from(c));
  chunks.reverse();
  const lines: string[] = [];
  const isBlank = (chunk: string[] | undefined) => chunk !== undefined && chunk.join("").trim() === "";
  while (chunks.length > 0) {
    const line: string[][] = [];
    let used = 0;
    if (lines.length > 0 && isBlank(chunks.at(-1))) chunks.pop();
    for (let next = chunks.at(-1); next !== undefined && used + next.length <= width; next = chunks.at(-1)) {
      line.push(next);
      used += next.length;
      chunks.pop();
    }
    const long = chunks.at(-1);
    if (long !== undefined && long.length > width) {
      if (breakLongWords) {
        const room = width - used;
        let end = room;
        if (breakOnHyphens && long.length > room) {
          const hyphen = long.slice(0, Math.max(0, room)).lastIndexOf("-");
          if (hyphen > 0 && long.slice(0, hyphen).some((c) => c !== "-")) end = hyphen + 1;
        }
        line.push(long.slice(0, end));
        chunks[chunks.length - 1] = long.slice(end);
      } else if (line.length === 0) {
        line.push(long);
        chunks.pop();
      }
    }
    if (isBlank(line.at(-1))) line.pop();
    if (line.length > 0) lines.push(line.map((c) => c.join("")).join(""));
  }
  return lines;
}
