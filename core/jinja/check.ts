import { type Expr, eachChild, type Node, type Stmt, type Template } from "./ast.ts";
import type { Environment } from "./environment.ts";
import { syntaxError } from "./source-map.ts";
import { findUndeclared } from "./symbols.ts";

/**
 * What Jinja2 finds wrong while compiling: unknown filters and tests (outside of conditions, where they are an error only
 * when reached), blocks defined twice, assignments to `loop`, a `caller` argument without default. Throws TemplateAssertionError.
 */
export function checkTemplate(ast: Template, env: Environment): void {
  const { seen } = ast;
  const unknown =
    [...seen.filters].some((name) => !env.hasFilter(name)) || [...seen.tests].some((name) => !env.hasTest(name));
  if (!unknown && !seen.blocks && !seen.storesLoop && !seen.macros && !seen.loopControls) return;
  new Checker(ast, env).check();
}

class Checker {
  private readonly ast: Template;
  private readonly env: Environment;
  private readonly blocks = new Set<string>();

  constructor(ast: Template, env: Environment) {
    this.ast = ast;
    this.env = env;
  }

  check(): void {
    this.all(this.ast.body, false, false);
  }

  private fail(message: string, node: Node): never {
    throw syntaxError(message, this.ast.source, this.ast.name, node.start, node.end, "TemplateAssertionError");
  }

  private all(nodes: readonly (Stmt | Expr)[], soft: boolean, loop: boolean): void {
    for (const node of nodes) this.visit(node, soft, loop);
  }

  private visit(node: Node, soft: boolean, loop: boolean): void {
    switch (node.type) {
      case "Filter":
        if (!soft && !this.env.hasFilter(node.name)) this.fail(`No filter named '${node.name}'.`, node);
        break;
      case "Test":
        if (!soft && !this.env.hasTest(node.name)) this.fail(`No test named '${node.name}'.`, node);
        break;
      case "If":
      case "CondExpr":
        eachChild(node, (child) => this.visit(child, true, loop));
        return;
      case "For":
        this.visit(node.iter, soft, loop);
        this.forbidLoop(node);
        eachChild(node, (child) => this.visit(child, false, true), "iter");
        return;
      case "With":
        for (const value of node.values) this.visit(value, soft, loop);
        this.all(node.body, false, loop);
        return;
      case "Macro":
      case "CallBlock": {
        const i = node.args.findIndex((a) => a.name === "caller");
        if (
          i >= 0 &&
          i < node.args.length - node.defaults.length &&
          findUndeclared(node.body, ["caller", "kwargs", "varargs"]).has("caller")
        )
          this.fail(
            'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.',
            node,
          );
        if (node.type === "CallBlock") this.visit(node.call, soft, loop);
        eachChild(node, (child) => this.visit(child, false, false), "call");
        return;
      }
      case "AssignBlock":
      case "FilterBlock":
      case "Autoescape":
        eachChild(node, (child) => this.visit(child, false, loop));
        return;
      case "Block":
        if (this.blocks.has(node.name)) this.fail(`block '${node.name}' defined twice`, node);
        this.blocks.add(node.name);
        this.all(node.body, false, false);
        return;
      case "LoopControl":
        if (!loop)
          throw syntaxError(
            node.control === "break" ? "'break' outside loop" : "'continue' not properly in loop",
            this.ast.source,
            this.ast.name,
            node.start,
            node.end,
          );
        return;
    }
    eachChild(node, (child) => this.visit(child, soft, loop));
  }

  private forbidLoop(node: Node): void {
    eachChild(node, (child) => {
      if (child.type === "Name" && child.ctx === "store" && child.name === "loop")
        this.fail("Can't assign to special loop variable in for-loop target", child);
      this.forbidLoop(child);
    });
  }
}
