import { float } from "../jinja/runtime/values.ts";
import type { RefArgs } from "../manifest/resources.ts";

/** What a template says without being rendered. */
export interface StaticResult {
  refs: RefArgs[];
  sources: [string, string][];
  /** Key and value of every `config(...)` argument, in order. */
  configs: [string, unknown][];
}

type Expression =
  | { kind: "string"; value: string }
  | { kind: "number"; value: unknown }
  | { kind: "bool"; value: boolean }
  | { kind: "list"; items: Expression[] }
  | { kind: "dict"; entries: [string, Expression][] }
  | { kind: "call"; name: string; args: Argument[] };

type Argument = { keyword: string | null; value: Expression };

/**
 * Reads a model's refs, sources and config straight from its text, where it holds nothing but text, comments and
 * `{{ }}` with literals and calls of `ref`, `source` and `config`. Answers `undefined` for anything richer, which then
 * has to be rendered.
 *
 * The grammar is deliberately that of dbt's own static parser, to the letter (`True` but not `true`, no `{{-`, no
 * numbers in configs, no hooks): which models it accepts shows in `unrendered_config`.
 */
export function extractStatic(source: string, anyKeyword = false): StaticResult | undefined {
  const result: StaticResult = { refs: [], sources: [], configs: [] };
  let at = 0;
  for (;;) {
    at = source.indexOf("{", at);
    if (at < 0) return result;
    const next = source.charCodeAt(at + 1);
    if (next === 37 /* % */ || Number.isNaN(next)) return undefined;
    if (next === 35 /* # */) {
      at = source.indexOf("#}", at + 2);
      if (at < 0) return undefined;
      at += 2;
    } else if (next === 123 /* { */) {
      const reader = new ExpressionReader(source, at + 2);
      const expression = reader.expression();
      if (expression === undefined || !reader.close()) return undefined;
      if (!collect(expression, result, anyKeyword)) return undefined;
      at = reader.at;
    } else at += 1;
  }
}

/**
 * The target of an expression such as `ref('orders')` or `source('raw', 'orders')`, as it stands in a snapshot's
 * `relation` or a foreign key's `to`; `undefined` when it is nothing of the kind. `anyKeyword`: a project's own `ref` may take
 * keywords that do not name what is referred to.
 */
export function parseRefOrSource(
  expression: string,
  { anyKeyword = false } = {},
): RefArgs | [string, string] | undefined {
  const result = extractStatic(`{{ ${expression} }}`, anyKeyword);
  return result?.refs[0] ?? result?.sources[0];
}

class ExpressionReader {
  at: number;
  private readonly source: string;
  constructor(source: string, at: number) {
    this.source = source;
    this.at = at;
  }

  close(): boolean {
    this.skip();
    if (!this.source.startsWith("}}", this.at)) return false;
    this.at += 2;
    return true;
  }

  expression(): Expression | undefined {
    this.skip();
    const code = this.source.charCodeAt(this.at);
    if (code === 39 || code === 34) return this.string();
    if (code === 91 /* [ */) return this.list();
    if (code === 123 /* { */) return this.dict();
    if (isDigit(code) || code === 45 /* - */) return this.number();
    const name = this.name();
    if (name === undefined) return undefined;
    if (name === "True" || name === "False") return { kind: "bool", value: name === "True" };
    return this.call(name);
  }

  private call(name: string): Expression | undefined {
    this.skip();
    if (!this.eat("(")) return undefined;
    const args: Argument[] = [];
    for (;;) {
      this.skip();
      if (this.eat(")")) return { kind: "call", name, args };
      if (args.length > 0 && !this.eat(",")) return undefined;
      this.skip();
      if (args.length > 0 && this.eat(")")) return { kind: "call", name, args };
      const start = this.at;
      const keyword = this.name();
      this.skip();
      const isKeyword = keyword !== undefined && this.source[this.at] === "=" && this.source[this.at + 1] !== "=";
      if (isKeyword) this.at += 1;
      else this.at = start;
      const value = this.expression();
      if (value === undefined) return undefined;
      args.push({ keyword: isKeyword ? keyword : null, value });
    }
  }

  private list(): Expression | undefined {
    this.at += 1;
    const items: Expression[] = [];
    for (;;) {
      this.skip();
      if (this.eat("]")) return { kind: "list", items };
      if (items.length > 0) {
        if (!this.eat(",")) return undefined;
        this.skip();
        if (this.eat("]")) return { kind: "list", items };
      }
      const item = this.expression();
      if (item === undefined) return undefined;
      items.push(item);
    }
  }

  private dict(): Expression | undefined {
    this.at += 1;
    const entries: [string, Expression][] = [];
    for (;;) {
      this.skip();
      if (this.eat("}")) return { kind: "dict", entries };
      if (entries.length > 0) {
        if (!this.eat(",")) return undefined;
        this.skip();
        if (this.eat("}")) return { kind: "dict", entries };
      }
      const key = this.string();
      if (key?.kind !== "string") return undefined;
      this.skip();
      if (!this.eat(":")) return undefined;
      const value = this.expression();
      if (value === undefined) return undefined;
      entries.push([key.value, value]);
    }
  }

  /** Between its quotes, with escapes left as written. */
  private string(): Expression | undefined {
    const quote = this.source.charCodeAt(this.at);
    if (quote !== 39 && quote !== 34) return undefined;
    let end = this.at + 1;
    for (;;) {
      const code = this.source.charCodeAt(end);
      if (Number.isNaN(code)) return undefined;
      if (code === quote) break;
      end += code === 92 ? 2 : 1;
    }
    const value = this.source.slice(this.at + 1, end);
    this.at = end + 1;
    return { kind: "string", value };
  }

  private number(): Expression | undefined {
    const match = NUMBER.exec(this.source.slice(this.at, this.at + 40));
    if (!match) return undefined;
    this.at += match[0].length;
    const isFloat = /[.eE]/.test(match[0]);
    const value = Number(match[0]);
    if (!isFloat && !Number.isSafeInteger(value)) return undefined;
    return { kind: "number", value: isFloat ? float(value) : value };
  }

  private name(): string | undefined {
    let end = this.at;
    while (isNameCode(this.source.charCodeAt(end), end > this.at)) end += 1;
    if (end === this.at) return undefined;
    const name = this.source.slice(this.at, end);
    this.at = end;
    return name;
  }

  private eat(char: string): boolean {
    if (this.source[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private skip(): void {
    for (;;) {
      const code = this.source.charCodeAt(this.at);
      if (code !== 32 && !(code >= 9 && code <= 13)) return;
      this.at += 1;
    }
  }
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isNameCode(code: number, inside: boolean): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (inside && isDigit(code));
}

/** Takes over what an expression calls; false where only rendering can tell. */
function collect(expression: Expression, result: StaticResult, anyKeyword: boolean): boolean {
  if (expression.kind === "list") return !expression.items.some(isCall);
  if (expression.kind === "dict") return !expression.entries.some(([, item]) => isCall(item));
  if (expression.kind !== "call") return true;
  switch (expression.name) {
    case "ref":
      return collectRef(anyKeyword ? withoutUnknown(expression.args) : expression.args, result);
    case "source":
      return collectSource(expression.args, result);
    case "config":
      return collectConfig(expression.args, result);
    default:
      return false;
  }
}

function isCall(expression: Expression): boolean {
  return expression.kind === "call";
}

function withoutUnknown(args: Argument[]): Argument[] {
  return args.filter(({ keyword }) => keyword === null || keyword === "version" || keyword === "v");
}

function collectRef(args: Argument[], result: StaticResult): boolean {
  const names: string[] = [];
  let version: string | number | null = null;
  let keywords = 0;
  for (const { keyword, value } of args) {
    if (keyword === null) {
      if (keywords > 0 || names.length === 2 || value.kind !== "string") return false;
      names.push(value.value);
    } else {
      keywords += 1;
      if (keywords > 1 || (keyword !== "version" && keyword !== "v")) return false;
      if (value.kind !== "string" && value.kind !== "number") return false;
      version = value.value as string | number;
    }
  }
  if (names.length === 0) return false;
  const name = names[names.length - 1]!;
  result.refs.push({ name, package: names.length === 2 ? names[0]! : null, version });
  return true;
}

function collectSource(args: Argument[], result: StaticResult): boolean {
  if (args.length !== 2) return false;
  const [first, second] = args as [Argument, Argument];
  if (first.keyword !== null && first.keyword !== "source_name") return false;
  if (second.keyword !== null && second.keyword !== "table_name") return false;
  if (first.keyword !== null && second.keyword === null) return false;
  if (first.value.kind !== "string" || second.value.kind !== "string") return false;
  const source: [string, string] = [first.value.value, second.value.value];
  // each once, while the same ref may be there twice: dbt's static reader keeps sources in a set
  if (!result.sources.some(([name, table]) => name === source[0] && table === source[1])) result.sources.push(source);
  return true;
}

function collectConfig(args: Argument[], result: StaticResult): boolean {
  if (args.length === 0) return false;
  for (const { keyword, value } of args) {
    if (keyword === null || keyword === "pre_hook" || keyword === "post_hook") return false;
    const plain = configValue(value);
    if (plain === undefined) return false;
    result.configs.push([keyword, plain]);
  }
  return true;
}

function configValue(expression: Expression): unknown {
  switch (expression.kind) {
    case "string":
    case "bool":
      return expression.value;
    case "list": {
      const items = expression.items.map(configValue);
      return items.includes(undefined) ? undefined : items;
    }
    case "dict": {
      const out: { [key: string]: unknown } = {};
      for (const [key, item] of expression.entries) {
        const value = configValue(item);
        if (value === undefined || key === "__proto__") return undefined;
        out[key] = value;
      }
      return out;
    }
    default:
      return undefined;
  }
}
