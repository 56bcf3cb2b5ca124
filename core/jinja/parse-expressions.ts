import type { BinOp, CompareOp, Expr, Operand } from "./ast.ts";
import type { TokenType } from "./lexer.ts";
import { PrimaryParser } from "./parse-primaries.ts";

const COMPARE: Partial<Record<TokenType, CompareOp>> = {
  eq: "eq",
  ne: "ne",
  lt: "lt",
  lteq: "lteq",
  gt: "gt",
  gteq: "gteq",
};
const MATH2: Partial<Record<TokenType, BinOp>> = { mul: "Mul", div: "Div", floordiv: "FloorDiv", mod: "Mod" };
/** The part of the parser that reads operators; the grammar is that of jinja2/parser.py. */
export abstract class ExpressionParser extends PrimaryParser {
  parseExpression(withCondExpr = true): Expr {
    return withCondExpr ? this.parseCondExpr() : this.parseOr();
  }

  private parseCondExpr(): Expr {
    const { lex } = this;
    const { start } = lex;
    let expr1 = this.parseOr();
    while (lex.type === "name" && lex.value === "if") {
      lex.next();
      const test = this.parseOr();
      const expr2 = lex.skipIfName("else") ? this.parseCondExpr() : null;
      expr1 = { type: "CondExpr", start, end: lex.previousStop, test, expr1, expr2 };
    }
    return expr1;
  }

  private parseOr(): Expr {
    const { lex } = this;
    const { start } = lex;
    let left = this.parseAnd();
    while (lex.type === "name" && lex.value === "or") {
      lex.next();
      const right = this.parseAnd();
      left = { type: "Or", start, end: lex.previousStop, left, right };
    }
    return left;
  }

  private parseAnd(): Expr {
    const { lex } = this;
    const { start } = lex;
    let left = this.parseNot();
    while (lex.type === "name" && lex.value === "and") {
      lex.next();
      const right = this.parseNot();
      left = { type: "And", start, end: lex.previousStop, left, right };
    }
    return left;
  }

  private parseNot(): Expr {
    const { lex } = this;
    if (lex.type === "name" && lex.value === "not") {
      const { start } = lex;
      lex.next();
      const node = this.parseNot();
      return { type: "Not", start, end: lex.previousStop, node };
    }
    return this.parseCompare();
  }

  private parseCompare(): Expr {
    const { lex } = this;
    const { start } = lex;
    const expr = this.parseMath1();
    let ops: Operand[] | undefined;
    for (;;) {
      const at = lex.start;
      let op = COMPARE[lex.type];
      if (op !== undefined) {
        lex.next();
      } else if (lex.type === "name" && lex.value === "in") {
        lex.next();
        op = "in";
      } else if (lex.type === "name" && lex.value === "not") {
        const ahead = lex.look();
        if (ahead.type !== "name" || ahead.value !== "in") break;
        lex.next();
        lex.next();
        op = "notin";
      } else {
        break;
      }
      const right = this.parseMath1();
      ops ??= [];
      ops.push({ type: "Operand", start: at, end: lex.previousStop, op, expr: right });
    }
    if (ops === undefined) return expr;
    return { type: "Compare", start, end: lex.previousStop, expr, ops };
  }

  private parseMath1(): Expr {
    const { lex } = this;
    const { start } = lex;
    let left = this.parseConcat();
    while (lex.type === "add" || lex.type === "sub") {
      const type = lex.type === "add" ? "Add" : "Sub";
      lex.next();
      const right = this.parseConcat();
      left = { type, start, end: lex.previousStop, left, right };
    }
    return left;
  }

  private parseConcat(): Expr {
    const { lex } = this;
    const { start } = lex;
    const first = this.parseMath2();
    if (lex.type !== "tilde") return first;
    const nodes = [first];
    while (lex.skipIf("tilde")) nodes.push(this.parseMath2());
    return { type: "Concat", start, end: lex.previousStop, nodes };
  }

  private parseMath2(): Expr {
    const { lex } = this;
    const { start } = lex;
    let left = this.parsePow();
    for (;;) {
      const type = MATH2[lex.type];
      if (type === undefined) return left;
      lex.next();
      const right = this.parsePow();
      left = { type, start, end: lex.previousStop, left, right } as Expr;
    }
  }

  private parsePow(): Expr {
    const { lex } = this;
    const { start } = lex;
    let left = this.parseUnary();
    while (lex.type === "pow") {
      lex.next();
      const right = this.parseUnary();
      left = { type: "Pow", start, end: lex.previousStop, left, right };
    }
    return left;
  }

  private parseUnary(withFilter = true): Expr {
    const { lex } = this;
    const { start } = lex;
    let node: Expr;
    if (lex.type === "sub" || lex.type === "add") {
      const type = lex.type === "sub" ? "Neg" : "Pos";
      lex.next();
      const inner = this.parseUnary(false);
      node = { type, start, end: lex.previousStop, node: inner };
    } else {
      node = this.parsePrimary();
    }
    node = this.parsePostfix(node);
    return withFilter ? this.parseFilterExpr(node) : node;
  }
}
