const cache = new Map<string, RegExp>();

/** Whether a pattern has a wildcard at all. */
export function hasWildcard(pattern: string): boolean {
  return /[*?[\]]/.test(pattern);
}

/**
 * Python's `fnmatch.fnmatch` on POSIX: `*` any text, `?` one character, `[abc]`, `[a-z]`, `[!a]`; the whole text must match.
 * https://docs.python.org/3/library/fnmatch.html
 */
export function fnmatch(text: string, pattern: string): boolean {
  if (pattern === "*") return true;
  if (!hasWildcard(pattern)) return text === pattern;
  let regex = cache.get(pattern);
  if (!regex) {
    regex = new RegExp(`^(?:${translate(pattern)})$`, "su");
    if (cache.size > 500) cache.clear();
    cache.set(pattern, regex);
  }
  return regex.test(text);
}

function translate(pattern: string): string {
  const chars = [...pattern];
  let out = "";
  for (let i = 0; i < chars.length; ) {
    const c = chars[i++]!;
    if (c === "*") {
      while (chars[i] === "*") i++;
      out += ".*";
    } else if (c === "?") out += ".";
    else if (c === "[") {
      const set = readSet(chars, i);
      if (set) {
        out += set.regex;
        i = set.next;
      } else out += "\\[";
    } else out += escaped(c);
  }
  return out;
}

/** `[…]` from behind its bracket; null where it is not closed, so that the bracket stands for itself. */
function readSet(chars: string[], start: number): { regex: string; next: number } | null {
  let end = start;
  if (chars[end] === "!") end++;
  if (chars[end] === "]") end++;
  while (end < chars.length && chars[end] !== "]") end++;
  if (end >= chars.length) return null;
  let members = chars.slice(start, end);
  const negated = members[0] === "!";
  if (negated) members = members.slice(1);
  const parts: string[] = [];
  for (let i = 0; i < members.length; i++) {
    if (members[i + 1] === "-" && i + 2 < members.length) {
      const [low, high] = [members[i]!, members[i + 2]!];
      // An empty range such as `[z-a]` matches nothing.
      if (low.codePointAt(0)! <= high.codePointAt(0)!) parts.push(`${inSet(low)}-${inSet(high)}`);
      i += 2;
    } else parts.push(inSet(members[i]!));
  }
  const next = end + 1;
  if (parts.length === 0) return { regex: negated ? "." : "(?!)", next };
  return { regex: `[${negated ? "^" : ""}${parts.join("")}]`, next };
}

function escaped(c: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c;
}

function inSet(c: string): string {
  return /[\\\]^[-]/.test(c) ? `\\${c}` : c;
}
