import type { Block, Expr, Filter, If, Loader, Output, Stmt, Template } from "./ast.ts";
import { JinjaError, recordLocation } from "./errors.ts";
import { Lexer, normalizeNewlines } from "./lexer.ts";
import { type EndTags, MacroParser } from "./parse-macros.ts";
import { pyRepr } from "./runtime/repr.ts";
import { isSpace } from "./runtime/text.ts";
import { spanOf } from "./source-map.ts";

export interface ParseOptions {
  /** The template's name in errors. */
  name?: string | undefined;
  /** dbt's block tags, typed arguments and names of macros; `break` and `continue`. */
  blocks?: boolean;
  /** The part of the source to read. */
  from?: number;
  to?: number;
}

/**
 * Parses a template. Throws a JinjaError of type TemplateSyntaxError with its place.
 *
 *     parse("select {{ x }}").body
 */
export function parse(source: string, options: ParseOptions = {}): Template {
  const text = normalizeNewlines(source);
  const lexer = new Lexer(text, options.name, options.from, options.to);
  try {
    return new Parser(lexer, options.blocks === true).parse();
  } catch (e) {
    if (e instanceof RangeError) lexer.fail("the template is nested too deeply");
    throw e;
  }
}

class Parser extends MacroParser {
  private readonly tagStack: string[] = [];
  private readonly endStack: EndTags[] = [];

  parse(): Template {
    const { lex } = this;
    const { start } = lex;
    const body = this.subparse(undefined);
    return { type: "Template", start, end: lex.stop, body, source: lex.source, name: lex.name, seen: this.seen };
  }

  private subparse(endTags: EndTags | undefined): Stmt[] {
    const { lex } = this;
    const body: Stmt[] = [];
    let output: Output | undefined;
    if (endTags !== undefined) this.endStack.push(endTags);
    const add = (node: Expr) => {
      if (output === undefined) {
        output = { type: "Output", start: node.start, end: node.end, nodes: [] };
        body.push(output);
      }
      output.nodes.push(node);
      output.end = node.end;
    };
    while (lex.type !== "eof") {
      if (lex.type === "data") {
        add({ type: "TemplateData", start: lex.start, end: lex.stop, data: lex.value as string });
        lex.next();
      } else if (lex.type === "variable_begin") {
        lex.next();
        add(this.parseTuple());
        lex.expect("variable_end");
      } else {
        output = undefined;
        lex.next();
        if (endTags !== undefined && (lex.type as string) === "name" && endTags.includes(lex.value as string)) {
          this.endStack.pop();
          return body;
        }
        body.push(this.parseStatement());
        lex.expect("block_end");
      }
    }
    if (endTags !== undefined) this.endStack.pop();
    return body;
  }

  private parseStatement(): Stmt {
    const { lex } = this;
    if (lex.type !== "name") lex.fail("tag name expected");
    const tag = lex.value as string;
    this.tagStack.push(tag);
    const node = this.parseTag(tag);
    this.tagStack.pop();
    return node;
  }

  private parseTag(tag: string): Stmt {
    const { lex } = this;
    const { start } = lex;
    switch (tag) {
      case "if":
        return this.parseIf();
      case "set":
        return this.parseSet();
      case "for":
        return this.parseFor();
      case "do": {
        lex.next();
        const node = this.parseTuple();
        return { type: "ExprStmt", start, end: lex.previousStop, node };
      }
      case "macro":
        return this.parseMacro();
      case "call":
        return this.parseCallBlock();
      case "filter":
        return this.parseFilterBlock();
      case "with":
        return this.parseWith();
      case "print":
        return this.parsePrint();
      case "block":
        return this.parseBlock();
      case "autoescape": {
        lex.next();
        const option = this.parseExpression();
        const body = this.parseStatements(["endautoescape"], true);
        return { type: "Autoescape", start, end: lex.previousStop, option, body };
      }
      case "extends":
      case "include":
      case "import":
      case "from":
        return this.parseLoader(tag);
    }
    if (this.blocks) {
      switch (tag) {
        case "materialization":
          return this.parseMaterialization();
        case "test":
          return this.parseTestBlock();
        case "docs":
          return this.parseNamedBlock("docs", "dbt_docs__");
        case "break":
        case "continue":
          lex.next();
          this.seen.loopControls = true;
          return { type: "LoopControl", start, end: lex.previousStop, control: tag };
      }
    }
    this.tagStack.pop();
    return this.failTags(tag, this.endStack);
  }

  /** Reads a body up to one of the end tags, which stays the current token unless `dropNeedle`. */
  protected parseStatements(endTags: EndTags, dropNeedle = false): Stmt[] {
    const { lex } = this;
    lex.skipIf("colon");
    lex.expect("block_end");
    const body = this.subparse(endTags);
    if ((lex.type as string) === "eof") this.failTags(undefined, [...this.endStack, endTags]);
    if (dropNeedle) lex.next();
    return body;
  }

  private failTags(name: string | undefined, endStack: readonly EndTags[]): never {
    const looking = endStack.at(-1)?.map(pyRepr).join(" or ");
    const message = [name === undefined ? "Unexpected end of template." : `Encountered unknown tag ${pyRepr(name)}.`];
    if (looking !== undefined) {
      const nesting = name !== undefined && endStack.some((tags) => tags.includes(name));
      message.push(
        nesting
          ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${looking}.`
          : `Jinja was looking for the following tags: ${looking}.`,
      );
    }
    const innermost = this.tagStack.at(-1);
    if (innermost !== undefined) message.push(`The innermost block that needs to be closed is ${pyRepr(innermost)}.`);
    return this.lex.fail(message.join(" "));
  }

  private parseSet(): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const target = this.parseAssignTarget({ withNamespace: true });
    if (lex.skipIf("assign")) {
      const node = this.parseTuple();
      return { type: "Assign", start, end: lex.previousStop, target, node };
    }
    const filter = this.parseFilter(null) as Filter | null;
    const body = this.parseStatements(["endset"], true);
    return { type: "AssignBlock", start, end: lex.previousStop, target, filter, body };
  }

  private parseFor(): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const target = this.parseAssignTarget();
    lex.expectName("in");
    const iter = this.parseTuple({ withCondExpr: false });
    const test = lex.skipIfName("if") ? this.parseExpression() : null;
    const recursive = lex.skipIfName("recursive");
    const body = this.parseStatements(["endfor", "else"]);
    const hasElse = lex.value === "else";
    lex.next();
    const else_ = hasElse ? this.parseStatements(["endfor"], true) : [];
    return { type: "For", start, end: lex.previousStop, target, iter, body, else_, test, recursive };
  }

  private parseIf(): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const first: If = {
      type: "If",
      start,
      end: start,
      test: this.parseTuple({ withCondExpr: false }),
      body: [],
      elif: [],
      else_: [],
    };
    let node = first;
    for (;;) {
      node.body = this.parseStatements(["elif", "else", "endif"]);
      const word = lex.value as string;
      lex.next();
      node.end = lex.previousStop;
      if (word === "elif") {
        const at = lex.start;
        node = {
          type: "If",
          start: at,
          end: at,
          test: this.parseTuple({ withCondExpr: false }),
          body: [],
          elif: [],
          else_: [],
        };
        first.elif.push(node);
        continue;
      }
      if (word === "else") first.else_ = this.parseStatements(["endif"], true);
      first.end = lex.previousStop;
      return first;
    }
  }

  private parseWith(): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const targets: Expr[] = [];
    const values: Expr[] = [];
    while (lex.type !== "block_end") {
      if (targets.length > 0) lex.expect("comma");
      const target = this.parseAssignTarget();
      this.setContext(target, "param");
      targets.push(target);
      lex.expect("assign");
      values.push(this.parseExpression());
    }
    const body = this.parseStatements(["endwith"], true);
    return { type: "With", start, end: lex.previousStop, targets, values, body };
  }

  private parsePrint(): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const nodes: Expr[] = [];
    while (lex.type !== "block_end") {
      if (nodes.length > 0) lex.expect("comma");
      nodes.push(this.parseExpression());
    }
    return { type: "Output", start, end: lex.previousStop, nodes };
  }

  private parseBlock(): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    this.seen.blocks = true;
    const name = lex.value as string;
    lex.expect("name");
    const scoped = lex.skipIfName("scoped");
    const required = lex.skipIfName("required");
    if (lex.type === "sub")
      lex.fail(
        "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.",
      );
    const body = this.parseStatements(["endblock"], true);
    if (required && !body.every(isBlank)) lex.fail("Required blocks can only contain comments or whitespace");
    lex.skipIfName(name);
    return { type: "Block", start, end: lex.previousStop, name, body, scoped, required } satisfies Block;
  }

  private parseLoader(tag: Loader["tag"]): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const template = this.parseExpression();
    const targets: string[] = [];
    const context = () => {
      if ((lex.isName("with") || lex.isName("without")) && isName(lex.look(), "context")) {
        lex.next();
        lex.next();
        return true;
      }
      return false;
    };
    if (tag === "include") {
      if (lex.isName("ignore") && isName(lex.look(), "missing")) {
        lex.next();
        lex.next();
      }
      context();
    } else if (tag === "import") {
      lex.expectName("as");
      targets.push(this.parseName().name);
      context();
    } else if (tag === "from") {
      lex.expectName("import");
      for (;;) {
        if (targets.length > 0) lex.expect("comma");
        if (lex.type !== "name") lex.expect("name");
        if (context()) break;
        const target = this.parseName();
        if (target.name.startsWith("_"))
          throw this.assertion("names starting with an underline can not be imported", target.start, target.end);
        targets.push(lex.skipIfName("as") ? this.parseName().name : target.name);
        if (context() || lex.type !== "comma") break;
      }
    }
    return { type: "Loader", start, end: lex.previousStop, tag, template, targets };
  }

  private assertion(message: string, start: number, end: number): JinjaError {
    const error = new JinjaError("TemplateAssertionError", message);
    const { source, name } = this.lex;
    recordLocation(error, { template: name, source, span: spanOf(source, start, end) }, "template");
    return error;
  }

  private parseFilterBlock(): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const filter = this.parseFilter(null, true) as Filter;
    const body = this.parseStatements(["endfilter"], true);
    return { type: "FilterBlock", start, end: lex.previousStop, filter, body };
  }
}

function isName(token: { type: string; value: unknown }, name: string): boolean {
  return token.type === "name" && token.value === name;
}

function isBlank(node: Stmt): boolean {
  return (
    node.type === "Output" &&
    node.nodes.every((n) => n.type === "TemplateData" && Array.from(n.data).every((c) => isSpace(c.charCodeAt(0))))
  );
}
