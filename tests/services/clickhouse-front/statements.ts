/** The statement behind the comments that stand before it. */
export function withoutLeadingComments(query: string): string {
  return query.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, "");
}

/** The settings that a SET statement gives; undefined for any other statement. */
export function settingsOf(statement: string): [string, string][] | undefined {
  const body = /^set\s+(?!role\b|transaction\b)([\s\S]+)$/i.exec(statement)?.[1];
  if (body === undefined || /^param_/i.test(body)) return undefined;
  return [...body.matchAll(/([\w.]+)\s*=\s*('(?:[^'\\]|\\.)*'|[^,;]+)/g)].map((m) => [m[1]!, unquoted(m[2]!)]);
}

/** The database that a USE statement names. */
export function databaseOf(statement: string): string | undefined {
  const named = /^use\s+(?:database\s+)?(`(?:[^`\\]|\\.)+`|"(?:[^"\\]|\\.)+"|\w+)\s*;?\s*$/i.exec(statement)?.[1];
  return named && unquoted(named);
}

/** A name or a text without its quotes. */
export function unquoted(text: string): string {
  const trimmed = text.trim();
  return /^(['"`])[\s\S]*\1$/.test(trimmed) ? trimmed.slice(1, -1).replace(/\\(.)/gs, "$1") : trimmed;
}

/** A text literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** A quoted name. */
export function identifier(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

const PIECES =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1|;/g;
const INSERT = /^insert\s/i;

/** Where a second statement begins behind the first one; inserts bring data that may hold anything. */
export function secondStatement(query: string): number | undefined {
  if (INSERT.test(withoutLeadingComments(query))) return undefined;
  for (const piece of query.matchAll(PIECES)) {
    if (piece[0] === ";" && withoutLeadingComments(query.slice(piece.index).replace(/^[;\s]+/, "")) !== "") {
      return piece.index;
    }
  }
  return undefined;
}
