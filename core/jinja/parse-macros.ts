import type { Call, CallBlock, Macro, Stmt, TypeName } from "./ast.ts";
import { JinjaError, recordLocation } from "./errors.ts";
import type { Lexer } from "./lexer.ts";
import { ExpressionParser } from "./parse-expressions.ts";
import { spanOf } from "./source-map.ts";

/** The tags that end a body, as messages describe them. */
export type EndTags = readonly string[];

/** The part of the parser that reads macros, call blocks and dbt's blocks, which are macros too. */
export abstract class MacroParser extends ExpressionParser {
  /** dbt's block tags, typed arguments and names of macros. */
  protected readonly blocks: boolean;

  constructor(lexer: Lexer, blocks: boolean) {
    super(lexer);
    this.blocks = blocks;
  }

  /** Reads a body up to one of the end tags, which stays the current token unless `dropNeedle`. */
  protected abstract parseStatements(endTags: EndTags, dropNeedle?: boolean): Stmt[];

  private parseSignature(node: Macro | CallBlock): void {
    const { lex } = this;
    lex.expect("lparen");
    while (lex.type !== "rparen") {
      if (node.args.length > 0) lex.expect("comma");
      const arg = this.parseName("param");
      if (this.blocks) {
        const type = lex.skipIf("colon") ? this.parseTypeName() : null;
        if (node.type === "Macro") node.argTypes?.push(type);
      }
      if (lex.skipIf("assign")) node.defaults.push(this.parseExpression());
      else if (node.defaults.length > 0) lex.fail("non-default argument follows default argument");
      node.args.push(arg);
    }
    lex.expect("rparen");
  }

  private parseTypeName(): TypeName {
    const { lex } = this;
    const type: TypeName = { name: lex.value as string, parameters: [] };
    lex.expect("name");
    if (lex.skipIf("lbracket")) {
      while (lex.type !== "rbracket") {
        if (type.parameters.length > 0) lex.expect("comma");
        type.parameters.push(this.parseTypeName());
      }
      lex.expect("rbracket");
    }
    return type;
  }

  private macroNode(tag: Macro["tag"], start: number, name: string): Macro {
    this.seen.macros = true;
    const node: Macro = { type: "Macro", start, end: start, name, args: [], defaults: [], body: [], tag };
    if (this.blocks) node.argTypes = [];
    return node;
  }

  protected parseMacro(): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const { name } = this.parseName();
    const node = this.macroNode("macro", start, this.blocks ? `dbt_macro__${name}` : name);
    this.parseSignature(node);
    node.body = this.parseStatements(["endmacro"], true);
    node.end = lex.previousStop;
    return node;
  }

  protected parseTestBlock(): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const { name } = this.parseName();
    const node = this.macroNode("test", start, `dbt_macro__test_${name}`);
    this.parseSignature(node);
    node.body = this.parseStatements(["endtest"], true);
    node.end = lex.previousStop;
    return node;
  }

  protected parseNamedBlock(tag: "docs", prefix: string): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const { name } = this.parseName();
    const node = this.macroNode(tag, start, prefix + name);
    node.body = this.parseStatements([`end${tag}`], true);
    node.end = lex.previousStop;
    return node;
  }

  protected parseMaterialization(): Stmt {
    const { lex } = this;
    const { start } = lex;
    lex.next();
    const { name } = this.parseName();
    const node = this.macroNode("materialization", start, "");
    let adapter = "default";
    let languages = false;
    while (lex.skipIf("comma")) {
      const target = this.parseName();
      if (target.name === "default") continue;
      if (target.name === "adapter") {
        lex.expect("assign");
        const value = this.parseExpression();
        adapter = value.type === "Const" ? String(value.value) : adapter;
      } else if (target.name === "supported_languages") {
        lex.expect("assign");
        languages = true;
        target.ctx = "param";
        node.args.push(target);
        node.argTypes?.push(null);
        node.defaults.push(this.parseExpression());
      } else {
        const error = new JinjaError(
          "MaterializationArgError",
          `materialization '${name}' received unknown argument '${target.name}'.`,
        );
        const { source, name: template } = lex;
        recordLocation(error, { template, source, span: spanOf(source, target.start, target.end) }, "template");
        throw error;
      }
    }
    if (!languages) {
      node.args.push({ type: "Name", start, end: start, name: "supported_languages", ctx: "param" });
      node.argTypes?.push(null);
      node.defaults.push({
        type: "List",
        start,
        end: start,
        items: [{ type: "Const", start, end: start, value: "sql" }],
      });
    }
    node.name = `dbt_macro__materialization_${name}_${adapter}`;
    node.body = this.parseStatements(["endmaterialization"], true);
    node.end = lex.previousStop;
    return node;
  }

  protected parseCallBlock(): Stmt {
    const { lex } = this;
    const { start, stop } = lex;
    lex.next();
    this.seen.macros = true;
    const node: CallBlock = {
      type: "CallBlock",
      start,
      end: start,
      call: undefined as unknown as Call,
      args: [],
      defaults: [],
      body: [],
    };
    if (lex.type === "lparen") this.parseSignature(node);
    const call = this.parseExpression();
    if (call.type !== "Call") return lex.fail("expected call", start, stop);
    node.call = call;
    node.body = this.parseStatements(["endcall"], true);
    node.end = lex.previousStop;
    return node;
  }
}
