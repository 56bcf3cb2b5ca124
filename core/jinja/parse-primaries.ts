import type { Arguments, Call, Expr, Filter, Keyword, Name, NameContext, Pair, Seen, TupleExpr } from "./ast.ts";
import type { Lexer, TokenType } from "./lexer.ts";
import { pyRepr } from "./runtime/repr.ts";

/** How `parseTuple` reads: see the method of the same name in Jinja2. */
interface TupleOptions {
  simplified?: boolean;
  withCondExpr?: boolean;
  explicitParentheses?: boolean;
  withNamespace?: boolean;
}
/** The part of the parser that reads what operators stand between: literals, names, subscripts, calls, filters and tests. */
export abstract class PrimaryParser {
  protected readonly lex: Lexer;
  protected readonly seen: Seen = {
    filters: NOTHING,
    tests: NOTHING,
    blocks: false,
    storesLoop: false,
    macros: false,
    loopControls: false,
  };

  constructor(lexer: Lexer) {
    this.lex = lexer;
  }
  /** An expression with its operators. */
  abstract parseExpression(withCondExpr?: boolean): Expr;

  protected parsePrimary(withNamespace = false): Expr {
    const { lex } = this;
    const { start, type } = lex;
    switch (type) {
      case "name": {
        const name = lex.value as string;
        lex.next();
        switch (name) {
          case "true":
          case "True":
            return { type: "Const", start, end: lex.previousStop, value: true };
          case "false":
          case "False":
            return { type: "Const", start, end: lex.previousStop, value: false };
          case "none":
          case "None":
            return { type: "Const", start, end: lex.previousStop, value: null };
        }
        if (withNamespace && lex.skipIf("dot")) {
          const attr = lex.value as string;
          lex.expect("name");
          return { type: "NSRef", start, end: lex.previousStop, name, attr };
        }
        return { type: "Name", start, end: lex.previousStop, name, ctx: "load" };
      }
      case "string": {
        let value = lex.value as string;
        lex.next();
        while ((lex.type as TokenType) === "string") {
          value += lex.value as string;
          lex.next();
        }
        return { type: "Const", start, end: lex.previousStop, value };
      }
      case "integer":
      case "float": {
        const { value } = lex;
        lex.next();
        return { type: "Const", start, end: lex.previousStop, value };
      }
      case "lparen": {
        lex.next();
        const node = this.parseTuple({ explicitParentheses: true });
        lex.expect("rparen");
        // A tuple's brackets are part of it.
        if (node.type === "Tuple") {
          node.start = start;
          node.end = lex.previousStop;
        }
        return node;
      }
      case "lbracket":
        return this.parseList();
      case "lbrace":
        return this.parseDict();
    }
    return lex.fail(`unexpected ${pyRepr(lex.describe())}`);
  }

  protected parseTuple(options: TupleOptions = {}): Expr {
    const { lex } = this;
    const { start } = lex;
    const items: Expr[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0) lex.expect("comma");
      if (this.isTupleEnd()) break;
      items.push(
        options.simplified === true
          ? this.parsePrimary(options.withNamespace)
          : this.parseExpression(options.withCondExpr !== false),
      );
      if ((lex.type as TokenType) !== "comma") break;
      isTuple = true;
    }
    if (!isTuple) {
      if (items[0] !== undefined) return items[0];
      if (options.explicitParentheses !== true) lex.fail(`Expected an expression, got ${pyRepr(lex.describe())}`);
    }
    return { type: "Tuple", start, end: lex.previousStop, items, ctx: "load" };
  }

  private isTupleEnd(): boolean {
    const { type } = this.lex;
    return type === "variable_end" || type === "block_end" || type === "rparen";
  }

  private parseList(): Expr {
    const { lex } = this;
    const { start } = lex;
    lex.expect("lbracket");
    const items: Expr[] = [];
    while ((lex.type as TokenType) !== "rbracket") {
      if (items.length > 0) lex.expect("comma");
      if ((lex.type as TokenType) === "rbracket") break;
      items.push(this.parseExpression());
    }
    lex.expect("rbracket");
    return { type: "List", start, end: lex.previousStop, items };
  }

  private parseDict(): Expr {
    const { lex } = this;
    const { start } = lex;
    lex.expect("lbrace");
    const items: Pair[] = [];
    while ((lex.type as TokenType) !== "rbrace") {
      if (items.length > 0) lex.expect("comma");
      if ((lex.type as TokenType) === "rbrace") break;
      const at = lex.start;
      const key = this.parseExpression();
      lex.expect("colon");
      const value = this.parseExpression();
      items.push({ type: "Pair", start: at, end: lex.previousStop, key, value });
    }
    lex.expect("rbrace");
    return { type: "Dict", start, end: lex.previousStop, items };
  }

  protected parsePostfix(first: Expr): Expr {
    let node = first;
    for (;;) {
      switch (this.lex.type) {
        case "dot":
        case "lbracket":
          node = this.parseSubscript(node);
          break;
        case "lparen":
          node = this.parseCall(node);
          break;
        default:
          return node;
      }
    }
  }

  protected parseFilterExpr(first: Expr): Expr {
    const { lex } = this;
    let node = first;
    for (;;) {
      if (lex.type === "pipe") node = this.parseFilter(node) as Expr;
      else if (lex.type === "name" && lex.value === "is") node = this.parseTest(node);
      else if (lex.type === "lparen") node = this.parseCall(node);
      else return node;
    }
  }

  private parseSubscript(node: Expr): Expr {
    const { lex } = this;
    const { start } = node;
    if (lex.skipIf("dot")) {
      const { type, value, start: at, stop } = lex;
      lex.next();
      if (type === "name") return { type: "Getattr", start, end: lex.previousStop, node, attr: value as string };
      if (type !== "integer") lex.fail("expected name or number", at, stop);
      return { type: "Getitem", start, end: stop, node, arg: { type: "Const", start: at, end: stop, value } };
    }
    lex.next();
    const at = lex.start;
    const args: Expr[] = [];
    while (lex.type !== "rbracket") {
      if (args.length > 0) lex.expect("comma");
      args.push(this.parseSubscribed());
    }
    const end = lex.previousStop;
    lex.expect("rbracket");
    const arg: Expr =
      args.length === 1 ? (args[0] as Expr) : { type: "Tuple", start: at, end, items: args, ctx: "load" };
    return { type: "Getitem", start, end: lex.previousStop, node, arg };
  }

  private parseSubscribed(): Expr {
    const { lex } = this;
    const { start } = lex;
    let from: Expr | null = null;
    if (lex.type !== "colon") {
      from = this.parseExpression();
      if ((lex.type as TokenType) !== "colon") return from;
    }
    lex.next();
    const part = (): Expr | null => (lex.type === "rbracket" || lex.type === "comma" ? null : this.parseExpression());
    const to = (lex.type as TokenType) === "colon" ? null : part();
    const step = lex.skipIf("colon") ? part() : null;
    return { type: "Slice", start, end: lex.previousStop, from, to, step };
  }

  private parseCallArgs(): Arguments {
    const { lex } = this;
    const { start: at, stop } = lex;
    lex.expect("lparen");
    const args: Expr[] = [];
    const kwargs: Keyword[] = [];
    let dynArgs: Expr | null = null;
    let dynKwargs: Expr | null = null;
    let requireComma = false;
    const ensure = (ok: boolean) => {
      // Jinja2 tells the line of the bracket; the caret stands at what is wrong.
      if (!ok) lex.fail("invalid syntax for function call expression", at, stop);
    };
    while (lex.type !== "rparen") {
      if (requireComma) {
        lex.expect("comma");
        if ((lex.type as TokenType) === "rparen") break;
      }
      if (lex.type === "mul") {
        ensure(dynArgs === null && dynKwargs === null);
        lex.next();
        dynArgs = this.parseExpression();
      } else if (lex.type === "pow") {
        ensure(dynKwargs === null);
        lex.next();
        dynKwargs = this.parseExpression();
      } else if (lex.type === "name" && lex.look().type === "assign") {
        ensure(dynKwargs === null);
        const { start } = lex;
        const key = lex.value as string;
        lex.next();
        lex.next();
        const value = this.parseExpression();
        kwargs.push({ type: "Keyword", start, end: lex.previousStop, key, value });
      } else {
        ensure(dynArgs === null && dynKwargs === null && kwargs.length === 0);
        args.push(this.parseExpression());
      }
      requireComma = true;
    }
    lex.expect("rparen");
    return { args, kwargs, dynArgs, dynKwargs };
  }

  private parseCall(node: Expr): Call {
    const { args, kwargs, dynArgs, dynKwargs } = this.parseCallArgs();
    return { type: "Call", start: node.start, end: this.lex.previousStop, node, args, kwargs, dynArgs, dynKwargs };
  }

  private dottedName(): string {
    const { lex } = this;
    let name = lex.value as string;
    lex.expect("name");
    while (lex.skipIf("dot")) {
      name += `.${lex.value as string}`;
      lex.expect("name");
    }
    return name;
  }

  protected parseFilter(first: Expr | null, startInline = false): Expr | null {
    const { lex } = this;
    let node = first;
    let inline = startInline;
    while (lex.type === "pipe" || inline) {
      if (!inline) lex.next();
      const start = node === null ? lex.start : node.start;
      const name = this.dottedName();
      this.seen.filters = withName(this.seen.filters, name);
      const a = (lex.type as TokenType) === "lparen" ? this.parseCallArgs() : noArguments();
      node = {
        type: "Filter",
        start,
        end: lex.previousStop,
        node,
        name,
        args: a.args,
        kwargs: a.kwargs,
        dynArgs: a.dynArgs,
        dynKwargs: a.dynKwargs,
      } satisfies Filter;
      inline = false;
    }
    return node;
  }

  private parseTest(node: Expr): Expr {
    const { lex } = this;
    const { start } = node;
    lex.next();
    const negated = lex.skipIfName("not");
    const name = this.dottedName();
    this.seen.tests = withName(this.seen.tests, name);
    let a = noArguments();
    if ((lex.type as TokenType) === "lparen") {
      a = this.parseCallArgs();
    } else if (this.startsTestArgument()) {
      if (lex.isName("is")) lex.fail("You cannot chain multiple tests with is");
      a.args = [this.parsePostfix(this.parsePrimary())];
    }
    const test: Expr = {
      type: "Test",
      start,
      end: lex.previousStop,
      node,
      name,
      args: a.args,
      kwargs: a.kwargs,
      dynArgs: a.dynArgs,
      dynKwargs: a.dynKwargs,
    };
    return negated ? { type: "Not", start, end: lex.previousStop, node: test } : test;
  }

  private startsTestArgument(): boolean {
    const { lex } = this;
    switch (lex.type) {
      case "name":
        return lex.value !== "else" && lex.value !== "or" && lex.value !== "and";
      case "string":
      case "integer":
      case "float":
      case "lbracket":
      case "lbrace":
        return true;
    }
    return false;
  }

  /** A target of an assignment: a name, a namespace's attribute or a tuple of these. */
  protected parseAssignTarget(options: { withNamespace?: boolean } = {}): Expr {
    const { lex } = this;
    const target = this.parseTuple({ simplified: true, ...options });
    this.setContext(target, "store");
    if (!canAssign(target)) lex.fail(`can't assign to ${pyRepr(target.type.toLowerCase())}`, target.start, target.end);
    return target;
  }

  /** A plain name as target. */
  protected parseName(ctx: NameContext = "store"): Name {
    const { lex } = this;
    const { start, value, stop } = lex;
    lex.expect("name");
    const name: Name = { type: "Name", start, end: stop, name: value as string, ctx };
    if (!canAssign(name)) lex.fail("can't assign to 'name'", start, stop);
    return name;
  }

  protected setContext(node: Expr, ctx: NameContext): void {
    if (node.type === "Name") {
      node.ctx = ctx;
      if (ctx === "store" && node.name === "loop") this.seen.storesLoop = true;
    } else if (node.type === "Tuple") {
      (node as TupleExpr).ctx = ctx;
      for (const item of node.items) this.setContext(item, ctx);
    }
  }
}

/** Most templates use no filter: they share one empty set. */
const NOTHING: ReadonlySet<string> = new Set();

function withName(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  if (names === NOTHING) return new Set([name]);
  return (names as Set<string>).add(name);
}

function noArguments(): Arguments {
  return { args: [], kwargs: [], dynArgs: null, dynKwargs: null };
}

const CONSTANTS = new Set(["true", "false", "none", "True", "False", "None"]);

function canAssign(node: Expr): boolean {
  if (node.type === "Name") return !CONSTANTS.has(node.name);
  if (node.type === "Tuple") return node.items.every(canAssign);
  return node.type === "NSRef";
}
