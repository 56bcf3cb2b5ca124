import {
  type Call,
  type Expr,
  eachChild,
  type Filter,
  type Getattr,
  type Keyword,
  type Node,
  type Template,
  type Test,
} from "./ast.ts";
import { asConst, mayBeConst } from "./const-fold.ts";
import { contents, type Frame } from "./frame.ts";
import type { Symbols } from "./symbols.ts";
import type { Unit, UnitOptions } from "./unit.ts";

const BINARY: Record<string, string> = {
  Add: "add",
  Sub: "sub",
  Mul: "mul",
  Div: "div",
  FloorDiv: "floordiv",
  Mod: "mod",
  Pow: "pow",
};
const COMPARE: Record<string, string> = {
  eq: "eq",
  ne: "eq",
  lt: "lt",
  lteq: "le",
  gt: "gt",
  gteq: "ge",
  in: "in_",
  notin: "in_",
};
const LOOP: Record<string, string> = {
  index0: "index0",
  index: "index0+1",
  first: "index0===0",
};

/** One JavaScript function being written. */
interface Scope {
  lines: string[];
  variables: Set<string>;
  async: boolean;
}

/**
 * Writes expressions. Every helper that can fail gets a last argument `p=n`, evaluated after the others: so `p` holds the
 * place of what is being done when an error comes up, and the function's `catch` tells it.
 */
export class ExpressionWriter {
  protected readonly options: UnitOptions;
  private readonly places: number[] = [];
  private readonly constants: unknown[] = [];
  private readonly quoted = new Map<string, string>();
  private readonly helpers = new Set<string>();
  private readonly filters = new Map<string, string>();
  private readonly tests = new Map<string, string>();
  private current: Scope = { lines: [], variables: new Set(), async: false };
  private counter = 0;
  private openParameters: Symbols | undefined;
  private readonly waiting = new Map<Node, boolean>();
  protected loopDepth = 0;

  constructor(_ast: Template, options: UnitOptions) {
    this.options = options;
  }

  unit(code: string): Unit {
    return {
      code,
      constants: this.constants,
      places: this.places,
      helpers: [...this.helpers],
      filters: this.filters,
      tests: this.tests,
    };
  }

  /** A helper of the runtime, by name. */
  protected h(name: string): string {
    this.helpers.add(name);
    return name;
  }

  protected line(code: string): void {
    this.current.lines.push(code);
  }

  protected declare(variable: string): void {
    this.current.variables.add(variable);
  }

  protected variable(prefix: string): string {
    const name = `$${prefix}${this.counter++}`;
    this.current.variables.add(name);
    return name;
  }

  /** `p=n` for a place. */
  protected at(node: { start: number; end: number }): string {
    const n = this.places.length;
    this.places.push(node.start, node.end);
    return `p=${n}`;
  }

  protected constant(value: unknown): string {
    this.constants.push(value);
    return `K[${this.constants.length - 1}]`;
  }

  /**
   * A string. It stands outside of the code, so that templates that differ in their texts only share their code:
   * compiling JavaScript is the dearest part of a template that is rendered once.
   */
  protected quote(text: string): string {
    let code = this.quoted.get(text);
    if (code === undefined) {
      code = this.constant(text);
      this.quoted.set(text, code);
    }
    return code;
  }

  /** A function expression: declares the variables its body makes and tells the place of errors. */
  protected fn(label: string, parameters: readonly string[], waits: boolean, body: () => void): string {
    const outer = this.current;
    const depth = this.loopDepth;
    const scope: Scope = { lines: [], variables: new Set(), async: waits };
    this.current = scope;
    this.loopDepth = 0;
    body();
    this.current = outer;
    this.loopDepth = depth;
    for (const name of parameters) scope.variables.delete(name);
    const variables = scope.variables.size > 0 ? `,${[...scope.variables].join(",")}` : "";
    const head = `${waits ? "async " : ""}function(${parameters.join(",")}){let p=0${variables};`;
    return `${head}try{${scope.lines.join("")}}catch(e){throw ${this.h("fail")}(e,T,p,${this.quote(label)});}}`;
  }

  /** Can running these nodes come to a point where it has to wait? */
  protected canWait(nodes: readonly Node[]): boolean {
    return this.options.async && nodes.some((node) => this.mayWait(node));
  }

  private mayWait(node: Node): boolean {
    const known = this.waiting.get(node);
    if (known !== undefined) return known;
    let found = this.waits(node);
    if (!found)
      eachChild(node, (child) => {
        if (!found && this.mayWait(child)) found = true;
      });
    this.waiting.set(node, found);
    return found;
  }

  private waits(node: Node): boolean {
    if (node.type === "Call" || node.type === "CallBlock") return true;
    return node.type === "Filter" && !this.options.environment.isBuiltinFilter(node.name);
  }

  protected maybeAwait(code: string, waits: boolean): string {
    return waits && this.current.async ? `(await ${code})` : code;
  }

  /** A call whose answer may be a promise. */
  private answer(code: string): string {
    if (!this.current.async) return code;
    const t = this.variable("t");
    return `((${t}=${code}) instanceof Promise?${this.h("orNone")}(await ${t}):${t})`;
  }

  protected withOpenParameters(symbols: Symbols, write: () => string): string {
    const outer = this.openParameters;
    this.openParameters = symbols;
    const code = write();
    this.openParameters = outer;
    return code;
  }

  /** A condition as a JavaScript boolean. */
  protected truth(node: Expr, frame: Frame): string {
    const code = this.expr(node, frame);
    if (isBoolean(node)) return code;
    return `${this.h("truth")}(${code},${this.at(node)})`;
  }

  protected expr(node: Expr, frame: Frame): string {
    return this.folded(node) ?? this.evaluated(node, frame);
  }

  /** Jinja2 evaluates constant expressions while compiling; so do we, where the result is a scalar. */
  private folded(node: Expr): string | undefined {
    if (!FOLDABLE.has(node.type) || !mayBeConst(node)) return undefined;
    const value = asConst(node, this.options.environment, this.options.native);
    if (value === null || typeof value === "number" || typeof value === "boolean") return this.literal(value);
    return typeof value === "string" && value.length < 1000 ? this.literal(value) : undefined;
  }

  private evaluated(node: Expr, frame: Frame): string {
    switch (node.type) {
      case "Const":
        return this.literal(node.value);
      case "TemplateData":
        return this.quote(node.data);
      case "Name":
        return this.name(node.name, frame);
      case "NSRef":
        return this.name(node.name, frame);
      case "Tuple":
        return `new ${this.h("Tuple")}([${this.list(node.items, frame)}])`;
      case "List":
        return `[${this.list(node.items, frame)}]`;
      case "Dict": {
        const items = node.items.map((pair) => `${this.expr(pair.key, frame)},${this.expr(pair.value, frame)}`);
        return `${this.h("dict")}([${items.join(",")}],${this.at(node)})`;
      }
      case "And":
      case "Or": {
        const t = this.variable("t");
        const left = this.expr(node.left, frame);
        const right = this.expr(node.right, frame);
        if (isBoolean(node.left) && isBoolean(node.right))
          return `(${left}${node.type === "And" ? "&&" : "||"}${right})`;
        const test = isBoolean(node.left) ? `(${t}=${left})` : `${this.h("truth")}(${t}=${left},${this.at(node.left)})`;
        return node.type === "And" ? `(${test}?${right}:${t})` : `(${test}?${t}:${right})`;
      }
      case "Not":
        return `(!${this.truth(node.node, frame)})`;
      case "Neg":
        return `${this.h("neg")}(${this.expr(node.node, frame)},${this.at(node)})`;
      case "Pos":
        return `${this.h("pos")}(${this.expr(node.node, frame)},${this.at(node)})`;
      case "Concat":
        return `(${node.nodes.map((n) => this.text(n, frame)).join("+")})`;
      case "Compare":
        return this.compare(node, frame);
      case "CondExpr": {
        const soft = frame.soft();
        const otherwise =
          node.expr2 === null
            ? `${this.h("noElse")}(T,${this.places.push(node.start, node.end) - 2})`
            : this.expr(node.expr2, soft);
        return `(${this.truth(node.test, soft)}?${this.expr(node.expr1, soft)}:${otherwise})`;
      }
      case "Getattr":
        return this.getattr(node, frame);
      case "Getitem": {
        const object = this.expr(node.node, frame);
        if (node.arg.type === "Slice") {
          const part = (e: Expr | null) => (e === null ? "null" : this.expr(e, frame));
          const { from, to, step } = node.arg;
          return `${this.h("slice")}(${object},${part(from)},${part(to)},${part(step)},${this.at(node)})`;
        }
        return `${this.h("item")}(${object},${this.expr(node.arg, frame)},E,${this.at(node)})`;
      }
      case "Slice":
        return `${this.h("sliceObject")}(${[node.from, node.to, node.step].map((e) => (e === null ? "null" : this.expr(e, frame))).join(",")})`;
      case "Filter":
      case "Test":
        return this.filterOrTest(node, frame);
      case "Call":
        return this.call(node, frame, undefined);
      default: {
        const helper = this.h(BINARY[node.type] as string);
        return `${helper}(${this.expr(node.left, frame)},${this.expr(node.right, frame)},${this.at(node)})`;
      }
    }
  }

  private list(nodes: readonly Expr[], frame: Frame): string {
    return nodes.map((n) => this.expr(n, frame)).join(",");
  }

  /** An expression as the text it prints. */
  private text(node: Expr, frame: Frame): string {
    if (node.type === "Const" && typeof node.value === "string") return this.quote(node.value);
    return `${this.h("str")}(${this.expr(node, frame)},${this.at(node)})`;
  }

  private literal(value: unknown): string {
    switch (typeof value) {
      case "string":
        return this.quote(value);
      case "number":
        return value < 0 || !Number.isFinite(value) ? this.constant(value) : String(value);
      case "bigint":
        return `${value}n`;
      case "boolean":
        return String(value);
    }
    if (value === null) return "null";
    return this.constant(value);
  }

  private name(name: string, frame: Frame): string {
    const variable = frame.symbols.ref(name);
    const load = frame.symbols.findLoad(variable);
    if (load?.kind === "parameter" && this.openParameters?.findLoad(variable) === undefined) return variable;
    return `(${variable}===undefined?${this.h("missing")}(E,${this.quote(name)}):${variable})`;
  }

  private compare(node: Expr & { type: "Compare" }, frame: Frame): string {
    const parts: string[] = [];
    let left = this.expr(node.expr, frame);
    node.ops.forEach((operand, i) => {
      let right = this.expr(operand.expr, frame);
      let next = right;
      if (i < node.ops.length - 1) {
        next = this.variable("t");
        right = `${next}=${right}`;
      }
      const negated = operand.op === "ne" || operand.op === "notin";
      parts.push(
        `${negated ? "!" : ""}${this.h(COMPARE[operand.op] as string)}(${left},${right},${this.at({ start: node.start, end: operand.end })})`,
      );
      left = next;
    });
    return parts.length === 1 ? (parts[0] as string) : `(${parts.join("&&")})`;
  }

  private getattr(node: Getattr, frame: Frame): string {
    if (node.node.type === "Name" && node.node.name === "loop") {
      const quick = LOOP[node.attr];
      const variable = frame.symbols.ref("loop");
      // Only the loop object of an enclosing `for` is a parameter of this name that the writer itself declared.
      if (quick !== undefined && frame.symbols.findLoad(variable)?.kind === "parameter")
        return `(${variable} instanceof ${this.h("Loop")}?${quick.replace("index0", `${variable}.index0`)}:${this.h("attr")}(${variable},${this.quote(node.attr)},E,${this.at(node)}))`;
    }
    return `${this.h("attr")}(${this.expr(node.node, frame)},${this.quote(node.attr)},E,${this.at(node)})`;
  }

  private keywords(kwargs: readonly Keyword[], dynamic: Expr | null, caller: string | undefined, frame: Frame): string {
    let code = "undefined";
    if (kwargs.length > 0 || caller !== undefined) {
      const names = kwargs.map((k) => k.key);
      const values = kwargs.map((k) => this.expr(k.value, frame));
      if (caller !== undefined) {
        names.push("caller");
        values.push(caller);
      }
      code = `${this.h("keywords")}(${this.constant(names)},[${values.join(",")}])`;
    }
    if (dynamic === null) return code;
    return `${this.h("spreadKeywords")}(${code},${this.expr(dynamic, frame)},${this.at(dynamic)})`;
  }

  private positional(nodes: readonly Expr[], first: string | undefined, dynamic: Expr | null, frame: Frame): string {
    const items = nodes.map((n) => this.expr(n, frame));
    if (first !== undefined) items.unshift(first);
    const code = `[${items.join(",")}]`;
    if (dynamic === null) return code;
    return `${this.h("spread")}(${code},${this.expr(dynamic, frame)},${this.at(dynamic)})`;
  }

  protected call(node: Call, frame: Frame, caller: string | undefined): string {
    if (node.node.type === "Getattr") {
      const value = this.expr(node.node.node, frame);
      // Python looks the method up before it works out the arguments: an undefined object is told of before they are.
      const object =
        node.args.every(isSimple) &&
        node.dynArgs === null &&
        node.dynKwargs === null &&
        node.kwargs.every((k) => isSimple(k.value))
          ? value
          : `${this.h("owner")}(${value},${this.quote(node.node.attr)},E,${this.at(node)})`;
      const args = this.positional(node.args, undefined, node.dynArgs, frame);
      const kwargs = this.keywords(node.kwargs, node.dynKwargs, caller, frame);
      return this.answer(
        `${this.h("method")}(${object},${this.quote(node.node.attr)},${args},${kwargs},E,${this.at(node)})`,
      );
    }
    const callee = this.expr(node.node, frame);
    const args = this.positional(node.args, undefined, node.dynArgs, frame);
    const kwargs = this.keywords(node.kwargs, node.dynKwargs, caller, frame);
    return this.answer(`${this.h("call")}(${callee},${args},${kwargs},${this.at(node)})`);
  }

  private filterOrTest(node: Filter | Test, frame: Frame): string {
    const isFilter = node.type === "Filter";
    const table = isFilter ? this.filters : this.tests;
    let fn = table.get(node.name);
    if (fn === undefined) {
      fn = `$${isFilter ? "f" : "q"}${this.counter++}`;
      table.set(node.name, fn);
    }
    // The filter of a filter block is applied to what the block collected.
    const subject = node.node === null ? contents(frame.buffer) : this.expr(node.node, frame);
    const args = this.positional(node.args, subject, node.dynArgs, frame);
    const kwargs = this.keywords(node.kwargs, node.dynKwargs, undefined, frame);
    const code = `${fn}(E,${args},${kwargs},${this.at(node)})`;
    return isFilter && !this.options.environment.isBuiltinFilter(node.name) ? this.answer(code) : code;
  }
}

/** Can nothing go wrong while it is worked out? */
function isSimple(node: Expr): boolean {
  return node.type === "Const" || node.type === "Name" || node.type === "TemplateData";
}

/** The nodes that Jinja2's optimizer starts from. */
const FOLDABLE = new Set<Expr["type"]>([
  "Add",
  "Sub",
  "Mul",
  "Div",
  "FloorDiv",
  "Mod",
  "Pow",
  "And",
  "Or",
  "Neg",
  "Pos",
  "Not",
  "Concat",
  "Compare",
  "Getattr",
  "Getitem",
  "Filter",
  "Test",
  "CondExpr",
]);

/** Does the expression always give a boolean? */
function isBoolean(node: Expr): boolean {
  switch (node.type) {
    case "Compare":
    case "Not":
      return true;
    case "Const":
      return typeof node.value === "boolean";
    case "And":
    case "Or":
      return isBoolean(node.left) && isBoolean(node.right);
    default:
      return false;
  }
}
