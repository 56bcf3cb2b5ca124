export interface Cte {
  id: string;
  /** ` __dbt__cte__x as (\n…\n)` */
  sql: string;
}

/** The name an ephemeral model has inside the SQL of those that use it. */
export function cteName(identifier: string): string {
  return `__dbt__cte__${identifier}`;
}

/**
 * Puts CTEs in front of a query, to the letter as dbt writes it: after an own `with` (or `with recursive`), or before the
 * first token. What follows the first statement is dropped, as there.
 * `injectCtes("select 1", [{ id: "m", sql: " __dbt__cte__m as (\nselect 2\n)" }])`
 */
export function injectCtes(sql: string, ctes: readonly Cte[]): string {
  if (ctes.length === 0) return sql;
  const { end, withEnd, first } = scan(sql);
  const statement = sql.slice(0, end);
  const joined = ctes.map((cte) => cte.sql).join(", ");
  if (withEnd === -1) return `${statement.slice(0, first)}with${joined} ${statement.slice(first)}`;
  let at = withEnd;
  while (at < statement.length && isSpace(statement.charCodeAt(at))) at++;
  return `${statement.slice(0, at)}${joined}, ${statement.slice(at)}`;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36 ||
    code > 127
  );
}

/**
 * Finds the first statement's end, the end of its own `with [recursive]` outside parentheses (-1 where there is none) and
 * where its first token stands.
 */
function scan(sql: string): { end: number; withEnd: number; first: number } {
  let depth = 0;
  let withEnd = -1;
  /** Just behind a `with`, where a `recursive` may stand. */
  let afterWith = false;
  let first = -1;
  let i = 0;
  while (i < sql.length) {
    const code = sql.charCodeAt(i);
    if (isSpace(code)) {
      i++;
      continue;
    }
    if (first === -1) first = i;
    const start = i;
    const skipped = skipQuoted(sql, i);
    if (skipped > i) {
      i = skipped;
      afterWith = false;
      continue;
    }
    if (isWord(code)) {
      while (i < sql.length && isWord(sql.charCodeAt(i))) i++;
      const word = i - start > 9 ? "" : sql.slice(start, i).toLowerCase();
      if (afterWith) {
        afterWith = false;
        if (word === "recursive") withEnd = i;
      } else if (withEnd === -1 && depth === 0 && word === "with" && sql[start - 1] !== ".") {
        withEnd = i;
        afterWith = true;
      }
      continue;
    }
    afterWith = false;
    if (code === 40) depth++;
    else if (code === 41) depth--;
    else if (code === 59 && depth <= 0) return { end: statementEnd(sql, i + 1), withEnd, first };
    i++;
  }
  return { end: sql.length, withEnd, first: first === -1 ? sql.length : first };
}

/** Behind a string, quoted name or comment that starts at `i`; `i` itself where none does. */
function skipQuoted(sql: string, i: number): number {
  const c = sql[i];
  const next = sql[i + 1];
  if (c === "'" || c === '"' || c === "`") {
    let at = i + 1;
    while (at < sql.length) {
      if (sql[at] === "\\" && c === "'") at += 2;
      else if (sql[at] !== c) at++;
      else if (sql[at + 1] === c) at += 2;
      else return at + 1;
    }
    return sql.length;
  }
  if ((c === "-" && next === "-") || (c === "#" && next === " ")) {
    const at = sql.indexOf("\n", i);
    return at === -1 ? sql.length : at + 1;
  }
  if (c === "/" && next === "*") {
    const at = sql.indexOf("*/", i + 2);
    return at === -1 ? sql.length : at + 2;
  }
  if (c === "$") {
    const tag = /^\$[A-Za-z_]*\$/.exec(sql.slice(i, i + 64))?.[0];
    if (tag) {
      const at = sql.indexOf(tag, i + tag.length);
      return at === -1 ? sql.length : at + tag.length;
    }
  }
  return i;
}

/** The statement keeps the blanks and line comments that follow its semicolon on the line. */
function statementEnd(sql: string, at: number): number {
  let i = at;
  for (;;) {
    if (sql[i] === " " || sql[i] === "\t") i++;
    else if (sql.startsWith("--", i)) {
      const end = sql.indexOf("\n", i);
      i = end === -1 ? sql.length : end + 1;
    } else return i;
  }
}
