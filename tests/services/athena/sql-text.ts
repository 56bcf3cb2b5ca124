/** The statement without comments around it and without the last semicolon. */
export function bareStatement(sql: string): string {
  let text = sql;
  for (;;) {
    const shorter = text
      .replace(/^\s+/, "")
      .replace(/^--[^\n]*(\n|$)/, "")
      .replace(/^\/\*[\s\S]*?\*\//, "");
    if (shorter === text) break;
    text = shorter;
  }
  const end = /(?:\s|;|--[^\n]*$|\/\*(?:(?!\*\/)[\s\S])*\*\/)+$/;
  for (;;) {
    const shorter = text.replace(end, "");
    if (shorter === text) return text;
    text = shorter;
  }
}

/** The index behind the bracket that closes the one at `open`, quoted text passed over. */
export function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const char = text[i]!;
    if (char === "'" || char === '"' || char === "`") {
      i = text.indexOf(char, i + 1);
      if (i < 0) return text.length;
    } else if (char === "-" && text[i + 1] === "-") {
      const line = text.indexOf("\n", i);
      if (line < 0) return text.length;
      i = line;
    } else if ("([<{".includes(char)) depth++;
    else if (")]>}".includes(char) && !(char === ">" && text[i - 1] === "-") && --depth === 0) return i + 1;
  }
  return text.length;
}

/** The parts between commas that stand in no bracket and in no quotes. */
export function commaParts(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === "'" || char === '"' || char === "`") {
      const end = text.indexOf(char, i + 1);
      i = end < 0 ? text.length : end;
    } else if ("([<{".includes(char)) depth++;
    else if (")]>}".includes(char)) depth--;
    else if (char === "," && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** A name of one, two or three parts at the start of `text`, and what stands behind it. */
export function leadingName(text: string): { parts: string[]; rest: string } {
  const parts: string[] = [];
  let rest = text.trimStart();
  for (;;) {
    const match = /^(?:"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|([A-Za-z0-9_$]+))\s*/.exec(rest);
    if (!match) throw new SyntaxError(`no name at '${rest.slice(0, 40)}'`);
    parts.push(match[1]?.replaceAll('""', '"') ?? match[2]?.replaceAll("``", "`") ?? match[3]!);
    rest = rest.slice(match[0].length);
    if (!rest.startsWith(".")) return { parts, rest };
    rest = rest.slice(1).trimStart();
  }
}

/** The text within single quotes. */
export function unquoted(text: string): string {
  const match = /^\s*'((?:[^']|'')*)'\s*$/.exec(text);
  return match ? match[1]!.replaceAll("''", "'") : text.trim();
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
