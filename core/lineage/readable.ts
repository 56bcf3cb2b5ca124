import { type Token, tokensOf } from "./tokens.ts";
import type { LineageDialect } from "./types.ts";

/** SQL as the parser reads it right, and where what stands in it stood before. */
export interface Readable {
  sql: string;
  /** The place in the SQL that was given, of a place in this one. */
  original(place: number): number;
}

/** Text in place of what stands from `start` to `end`: as long as that, or put in where the two are the same. */
interface Edit {
  start: number;
  end: number;
  text: string;
}

/** The SQL with what the parser does not know, or takes for something else, written in a way that it reads. */
export function readable(sql: string, dialect: LineageDialect): Readable {
  const tokens = tokensOf(sql, dialect);
  const edits = branches(tokens);
  if (dialect !== "clickhouse") {
    for (const rule of [hexadecimal, typedNumber, aliasWithoutAs, defaultOfJson, tableArgument]) {
      for (let i = 0; i < tokens.length; i++) edits.push(...rule(tokens, i));
    }
  }
  if (dialect === "duckdb") edits.push(...orderedArguments(tokens));
  return edits.length === 0 ? { sql, original: (place) => place } : edited(sql, edits);
}

function edited(sql: string, edits: Edit[]): Readable {
  edits.sort((a, b) => a.start - b.start || a.end - b.end);
  let text = "";
  let at = 0;
  for (const { start, end, text: by } of edits) {
    text += sql.slice(at, start) + by;
    at = end;
  }
  const original = (place: number): number => {
    let added = 0;
    for (const { start, end, text: by } of edits) {
      if (start !== end) continue;
      if (start + added + by.length > place) break;
      added += by.length;
    }
    return place - added;
  };
  return { sql: text + sql.slice(at), original };
}

const blank = ({ start, end }: { start: number; end: number }): Edit => ({ start, end, text: " ".repeat(end - start) });
const is = (token: Token | undefined, ...texts: readonly string[]): boolean =>
  token !== undefined && (token.kind === "word" || token.kind === "mark") && texts.includes(token.text);

/** `0x1f` is a zero called `x1f` to the parser. Long ones are bytes rather than numbers: what they amount to does not matter. */
function hexadecimal(tokens: readonly Token[], i: number): Edit[] {
  const { kind, text, start, end } = tokens[i]!;
  const digits = kind === "number" ? /^0[xX]([0-9a-fA-F_]*)$/.exec(text)?.[1]?.replaceAll("_", "") : undefined;
  if (digits === undefined) return [];
  const decimal = digits === "" || digits.length > 9 ? "0" : String(Number.parseInt(digits, 16));
  return [{ start, end, text: decimal.padStart(end - start) }];
}

const NUMBERS: ReadonlySet<string> = new Set(
  "bigint integer int smallint tinyint double real decimal int256 uint256".split(" "),
);

/** `bigint '1'`. Dune's Trino has types of its own. */
function typedNumber(tokens: readonly Token[], i: number): Edit[] {
  const [before, type, value] = [tokens[i - 1], tokens[i]!, tokens[i + 1]];
  if (type.kind !== "word" || !NUMBERS.has(type.text) || is(before, ".") || value?.kind !== "text") return [];
  const number = /^'(-?[\d.]+)'$/.exec(value.text)?.[1];
  return number === undefined ? [] : [blank(type), { start: value.start, end: value.end, text: ` ${number} ` }];
}

/** Words that the parser takes for an alias after `as` alone. */
const SHY: ReadonlySet<string> = new Set(
  (
    "after always before block body cache cluster comment commit current cycle database date datetime define domain each " +
    "execute final first following function generated grant groups identity ignore increment index input instead interval " +
    "key lambda language last load local match maxvalue measures minvalue namespace new next no of old operator others " +
    "output owned percent pragma preceding prepare preserve prior proc procedure range refresh replace restrict returns " +
    "revoke row rows running schema sequence settings start statement system temp temporary time timestamp transaction " +
    "trigger type unbounded update use view warehouse"
  ).split(" "),
);
/** Words after which a word is no alias, or not that of a table or an expression. */
const BEFORE_NAMES: ReadonlySet<string> = new Set(
  (
    "select distinct all by and or not as from join where on in then when else between like ilike similar is having limit " +
    "offset over nulls unbounded current with without escape ignore respect table fetch first next at to using set"
  ).split(" "),
);
const AFTER_ALIAS: ReadonlySet<string> = new Set(
  (
    "on using join inner left right full cross natural positional asof semi anti where group order having limit offset " +
    "fetch union intersect except qualify window tablesample from"
  ).split(" "),
);

/** `from orders new` to `from orders as new`. */
function aliasWithoutAs(tokens: readonly Token[], i: number): Edit[] {
  const [before, alias, after] = [tokens[i - 1], tokens[i]!, tokens[i + 1]];
  if (alias.kind !== "word" || !SHY.has(alias.text) || !before) return [];
  const named = before.kind === "word" ? !BEFORE_NAMES.has(before.text) : before.kind === "quoted" || is(before, ")");
  const ends = after === undefined || (after.kind === "word" ? AFTER_ALIAS.has(after.text) : is(after, ",", ")", ";"));
  return named && ends ? [{ start: alias.start, end: alias.start, text: "as " }] : [];
}

/** `json_value(x, 'lax $.a' default '' on empty)`: no column goes into the default. */
function defaultOfJson(tokens: readonly Token[], i: number): Edit[] {
  const [first, value, on, last] = tokens.slice(i, i + 4);
  if (!is(first, "default") || !is(on, "on") || !is(last, "empty", "error")) return [];
  if (value!.kind !== "text" && value!.kind !== "number" && !is(value, "null")) return [];
  return [first!, value!, on!, last!].map(blank);
}

/** `input => table(select …)`: a query given to a table function. */
function tableArgument(tokens: readonly Token[], i: number): Edit[] {
  const [equals, more, table, open, query] = tokens.slice(i, i + 5);
  const found = is(equals, "=") && is(more, ">") && is(table, "table") && is(open, "(") && is(query, "select", "with");
  return found ? [blank(table!)] : [];
}

/** Functions of DuckDB in whose arguments the parser knows no `order by`, though all of its aggregates may have one. */
const UNORDERED: ReadonlySet<string> = new Set(
  (
    "approx_top_k arg_max_nulls_last arg_min_nulls_last corr count count_if countif covar_pop covar_samp dense_rank fill " +
    "kurtosis lag lead listagg mean nth_value rank_dense regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope " +
    "regr_sxx regr_sxy regr_syy row_number sum_no_overflow"
  ).split(" "),
);

/** `listagg(a, ',' order by b)` to `listagg(a, ',') within group (order by b)`. */
function orderedArguments(tokens: readonly Token[]): Edit[] {
  const edits: Edit[] = [];
  const opened: number[] = [];
  for (const [i, token] of tokens.entries()) {
    if (is(token, "(")) opened.push(i);
    else if (is(token, ")")) opened.pop();
    else if (is(token, "order") && is(tokens[i + 1], "by") && opened.length > 0) {
      const [before, name] = [tokens[opened.at(-1)! - 2], tokens[opened.at(-1)! - 1]];
      if (name?.kind !== "word" || !UNORDERED.has(name.text) || is(before, ".")) continue;
      edits.push({ start: token.start, end: token.start, text: ") within group (" });
    }
  }
  return edits;
}

/** One pair of parentheses, or all of the text. */
interface Level {
  /** It holds a query. */
  query: boolean;
  /** Where the `select` between two set operations begins. */
  branch: number | null;
  /** What was closed last within it held a query. */
  closedQuery: boolean;
}

/**
 * The parser gives what follows a subquery to that subquery: `select a from t where b = (select 1) union select c from u` is to it
 * `… = ((select 1) union select c from u)`. A branch that ends so is put into parentheses.
 */
function branches(tokens: readonly Token[]): Edit[] {
  const edits: Edit[] = [];
  const levels: Level[] = [{ query: true, branch: null, closedQuery: false }];
  for (const [i, token] of tokens.entries()) {
    const level = levels.at(-1)!;
    if (is(token, "(")) {
      levels.push({
        query: is(tokens[i + 1], "select", "with", "values", "from", "("),
        branch: null,
        closedQuery: false,
      });
    } else if (is(token, ")")) {
      if (levels.length > 1) levels.pop();
      levels.at(-1)!.closedQuery = level.query;
    } else if (is(token, "select", "from", "values")) level.branch ??= token.start;
    else if (isSetOperation(tokens, i)) {
      const before = tokens[i - 1];
      if (level.branch !== null && before && is(before, ")") && level.closedQuery) {
        edits.push(
          { start: level.branch, end: level.branch, text: "(" },
          { start: before.end, end: before.end, text: ")" },
        );
      }
      level.branch = null;
    }
  }
  return edits;
}

/** Not the `except` of a star. */
function isSetOperation(tokens: readonly Token[], i: number): boolean {
  if (!is(tokens[i], "union", "intersect", "except", "minus")) return false;
  const [, next, second] = tokens.slice(i, i + 3);
  return is(next, "(")
    ? is(second, "select", "with", "values", "from", "(")
    : is(next, "select", "all", "distinct", "by", "with", "values", "from");
}
