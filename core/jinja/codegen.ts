import type { Block, CallBlock, Expr, For, If, Macro, Name, Node, Output, Stmt, Template } from "./ast.ts";
import { eachDescendant } from "./ast.ts";
import { ExpressionWriter } from "./codegen-expressions.ts";
import { asConst, hasSafeRepr, IMPOSSIBLE, mayBeConst } from "./const-fold.ts";
import { type Buffer, contents, Frame } from "./frame.ts";
import { pyStr } from "./runtime/repr.ts";
import { findUndeclared, resetVariables } from "./symbols.ts";
import type { Unit, UnitOptions } from "./unit.ts";

/** Writes the JavaScript of a template: `function (S) { … return text }`, given the scope. */
export function generateTemplate(ast: Template, options: UnitOptions): Unit {
  resetVariables();
  const writer = new StatementWriter(ast, options);
  const code = writer.template(ast);
  return writer.unit(code);
}

/** Writes the JavaScript of one macro as a template of its own: `function (S) { … return macro }`. */
export function generateMacro(ast: Template, macro: Macro, options: UnitOptions): Unit {
  resetVariables();
  const writer = new StatementWriter(ast, options);
  const code = writer.standaloneMacro(macro);
  return writer.unit(code);
}

/** The statements of a template. */
class StatementWriter extends ExpressionWriter {
  private readonly hasBlocks: boolean;

  constructor(ast: Template, options: UnitOptions) {
    super(ast, options);
    this.hasBlocks = ast.seen.blocks;
  }

  template(ast: Template): string {
    const frame = new Frame();
    frame.toplevel = true;
    const blocks: Block[] = [];
    if (this.hasBlocks)
      eachDescendant(ast, (node) => {
        if (node.type === "Block") blocks.push(node);
      });
    const hasSelf = findUndeclared(ast.body, ["self"]).size > 0;
    const inner = this.hasBlocks || hasSelf;
    const root = this.fn("template", inner ? [] : ["S"], this.canWait(ast.body), () => {
      if (hasSelf) this.line(`${frame.symbols.declareParameter("self")}=${this.h("self")}(B,S,E);`);
      frame.symbols.analyze(ast);
      this.enter(frame);
      frame.buffer = this.options.native ? this.nativeBuffer() : this.buffer(ast.body);
      this.statements(ast.body, frame);
      this.line(
        this.options.native
          ? `return ${this.h("nativeConcat")}(${frame.buffer.text});`
          : `return ${contents(frame.buffer)};`,
      );
    });
    // The brackets tell the engine that the function is about to be called, so that it reads it once only.
    if (!inner) return `return (${root});`;
    const parts = blocks.map((b) => `${JSON.stringify(b.name)}:${this.block(b)}`);
    // Blocks see what the top level assigned, through the context.
    return `return function(S0){const V=new Map();const S={get(n){const v=V.get(n);return v===undefined?S0.get(n):v}};const B={${parts.join(",")}};return (${root})();}`;
  }

  private block(node: Block): string {
    const frame = new Frame();
    return this.fn(`block ${node.name}`, ["S"], this.canWait(node.body), () => {
      const special = findUndeclared(node.body, ["self", "super"]);
      if (special.has("self")) this.line(`${frame.symbols.declareParameter("self")}=${this.h("self")}(B,S,E);`);
      if (special.has("super"))
        this.line(
          `${frame.symbols.declareParameter("super")}=E.undefined({hint:${this.quote(`there is no parent block called '${node.name}'.`)},name:"super"});`,
        );
      frame.symbols.analyze(node);
      this.enter(frame);
      frame.buffer = this.buffer(node.body);
      this.statements(node.body, frame);
      this.line(`return ${contents(frame.buffer)};`);
    });
  }

  standaloneMacro(macro: Macro): string {
    const frame = new Frame();
    frame.symbols.store(macro.name);
    const code = this.macroValue(macro, frame, macro.name, true);
    return `return (function(S){return ${code};});`;
  }

  private buffer(body: readonly Stmt[]): Buffer {
    const text = this.variable("o");
    this.line(`${text}="";`);
    if (!hasLoop(body)) return { text, parts: undefined, native: false };
    const parts = this.variable("b");
    this.line(`${parts}=[];`);
    return { text, parts, native: false };
  }

  private nativeBuffer(): Buffer {
    const text = this.variable("o");
    this.line(`${text}=[];`);
    return { text, parts: undefined, native: true };
  }

  /** Gives the variables of a frame their first values. */
  private enter(frame: Frame): void {
    for (const [variable, load] of frame.symbols.loads) {
      this.declare(variable);
      if (load.kind === "resolve") this.line(`${variable}=${this.h("resolve")}(S,E,${this.quote(load.name)});`);
      else if (load.kind === "alias") this.line(`${variable}=${load.from};`);
      else if (load.kind === "undefined" && this.loopDepth > 0) this.line(`${variable}=undefined;`);
    }
  }

  private statements(nodes: readonly Stmt[], frame: Frame): void {
    for (const node of nodes) this.statement(node, frame);
  }

  private statement(node: Stmt, frame: Frame): void {
    switch (node.type) {
      case "Output":
        this.output(node, frame);
        return;
      case "If":
        this.ifBlock(node, frame);
        return;
      case "For":
        this.loop(node, frame);
        return;
      case "Assign":
        this.assign(node.target, node.node, frame);
        return;
      case "ExprStmt":
        this.line(`${this.expr(node.node, frame)};`);
        return;
      case "AssignBlock": {
        const inner = frame.inner();
        inner.symbols.analyze(node);
        this.enter(inner);
        inner.buffer = this.buffer(node.body);
        this.statements(node.body, inner);
        const value = node.filter === null ? contents(inner.buffer) : this.expr(node.filter, inner);
        this.store(node.target, this.wrapMarkup(value, inner), frame);
        return;
      }
      case "With": {
        const inner = frame.inner();
        inner.symbols.analyze(node);
        this.enter(inner);
        for (const [i, target] of node.targets.entries())
          this.store(target, this.expr(node.values[i] as Expr, frame), inner);
        this.statements(node.body, inner);
        return;
      }
      case "FilterBlock": {
        const inner = frame.inner();
        inner.symbols.analyze(node);
        this.enter(inner);
        inner.buffer = this.buffer(node.body);
        this.statements(node.body, inner);
        this.write(this.expr(node.filter, inner), node, frame);
        return;
      }
      case "Macro": {
        const variable = frame.symbols.ref(node.name);
        this.line(`${variable}=${this.macroValue(node, frame, node.name)};`);
        this.export(node.name, variable, frame);
        return;
      }
      case "CallBlock":
        this.callBlock(node, frame);
        return;
      case "Block": {
        const scope = node.scoped ? this.derivedScope(frame) : "S";
        if (node.required) this.line(`${this.h("requiredBlock")}(${this.quote(node.name)},${this.at(node)});`);
        this.write(this.maybeAwait(`B[${this.quote(node.name)}](${scope})`, this.canWait(node.body)), undefined, frame);
        return;
      }
      case "Autoescape": {
        const inner = frame.inner();
        inner.symbols.analyze(node);
        const flag = this.variable("e");
        this.line(`${flag}=${this.truth(node.option, frame)};`);
        this.enter(inner);
        inner.escape = flag;
        this.statements(node.body, inner);
        return;
      }
      case "Loader":
        this.line(`${this.h("noLoader")}(${this.expr(node.template, frame)},${this.at(node)});`);
        return;
      case "LoopControl":
        this.line(`${node.control};`);
        return;
    }
  }

  private derivedScope(frame: Frame): string {
    const parts: string[] = [];
    for (const [name, variable] of frame.symbols.allStores()) parts.push(`${JSON.stringify(name)}:${variable}`);
    return `${this.h("derived")}(S,{${parts.join(",")}})`;
  }

  /** Writes a value to the output of a frame. */
  private write(code: string, node: Expr | Stmt | undefined, frame: Frame): void {
    this.emit([frame.buffer.native ? code : this.printed(code, node, frame)], frame);
  }

  /** A value as the text that is put out. */
  private printed(code: string, node: Expr | Stmt | undefined, frame: Frame): string {
    const at = node === undefined ? "" : `,${this.at(node)}`;
    if (frame.escape !== undefined) return `${this.h("output")}(${code},${frame.escape}${at})`;
    return `${this.h("str")}(${code}${at})`;
  }

  /** Puts pieces of text out; they are joined first, which makes them one short string where they are short. */
  private emit(pieces: readonly string[], frame: Frame): void {
    const { text, parts, native } = frame.buffer;
    if (native) for (const piece of pieces) this.line(`${text}.push(${piece});`);
    else if (parts !== undefined) this.line(`${parts}.push(${pieces.join("+")});`);
    else this.line(`${text}+=${pieces.join("+")};`);
  }

  private wrapMarkup(code: string, frame: Frame): string {
    return frame.escape === undefined ? code : `(${frame.escape}?${this.h("markup")}(${code}):${code})`;
  }

  private output(node: Output, frame: Frame): void {
    const { native } = frame.buffer;
    let pieces: string[] = [];
    let text = "";
    let pending = false;
    const flushText = () => {
      if (pending) pieces.push(this.quote(text));
      text = "";
      pending = false;
    };
    const flush = () => {
      if (pieces.length > 0) this.emit(pieces, frame);
      pieces = [];
    };
    for (const child of node.nodes) {
      const constant = this.constantOutput(child, frame, native);
      if (constant !== undefined) {
        text += constant;
        pending = true;
        continue;
      }
      flushText();
      const code = this.expr(child, frame);
      pieces.push(native ? code : this.printed(code, child, frame));
      if (pieces.length >= 8) flush();
    }
    flushText();
    flush();
  }

  /** The text of an output that does not depend on anything. In native rendering this decides whether a value stays a value. */
  private constantOutput(node: Expr, frame: Frame, native: boolean): string | undefined {
    if (node.type === "TemplateData") return node.data;
    if (frame.escape !== undefined) return undefined;
    if (native) {
      const value = asConst(node, this.options.environment, true);
      return value === IMPOSSIBLE || !hasSafeRepr(value) ? undefined : pyStr(value);
    }
    if (node.type === "Const") return pyStr(node.value);
    if (node.type === "Name" || node.type === "Call" || !mayBeConst(node)) return undefined;
    const value = asConst(node, this.options.environment);
    try {
      return value === IMPOSSIBLE ? undefined : pyStr(value);
    } catch {
      return undefined;
    }
  }

  private ifBlock(node: If, frame: Frame): void {
    const soft = frame.soft();
    this.line(`if(${this.truth(node.test, soft)}){`);
    this.statements(node.body, soft);
    for (const branch of node.elif) {
      this.line(`}else if(${this.truth(branch.test, soft)}){`);
      this.statements(branch.body, soft);
    }
    if (node.else_.length > 0) {
      this.line("}else{");
      this.statements(node.else_, soft);
    }
    this.line("}");
  }

  private assign(target: Expr, value: Expr, frame: Frame): void {
    this.checkNamespaces(target, frame, new Set());
    this.store(target, this.expr(value, frame), frame);
  }

  private checkNamespaces(target: Expr, frame: Frame, seen: Set<string>): void {
    if (target.type === "NSRef" && !seen.has(target.name)) {
      seen.add(target.name);
      this.line(`${this.h("checkNamespace")}(${frame.symbols.ref(target.name)},${this.at(target)});`);
    } else if (target.type === "Tuple") {
      for (const item of target.items) this.checkNamespaces(item, frame, seen);
    }
  }

  /** Assigns a value to a target. */
  private store(target: Expr, value: string, frame: Frame): void {
    if (target.type === "Name") {
      const variable = frame.symbols.ref(target.name);
      this.declare(variable);
      this.line(`${variable}=${value};`);
      if (target.ctx === "store") this.export(target.name, variable, frame);
    } else if (target.type === "NSRef") {
      this.line(
        `${this.h("setAttr")}(${frame.symbols.ref(target.name)},${this.quote(target.attr)},${value},${this.at(target)});`,
      );
    } else if (target.type === "Tuple") {
      const items = this.variable("t");
      this.line(`${items}=${this.h("unpack")}(${value},${target.items.length},${this.at(target)});`);
      for (const [i, item] of target.items.entries()) this.store(item, `${items}[${i}]`, frame);
    }
  }

  /** Puts a top-level variable into the context, where blocks find it. */
  private export(name: string, variable: string, frame: Frame): void {
    if (this.hasBlocks && frame.toplevel) this.line(`V.set(${this.quote(name)},${variable});`);
  }

  private macroValue(node: Macro | CallBlock, frame: Frame, name: string | null, soon = false): string {
    const inner = frame.inner();
    const { symbols } = inner;
    symbols.analyze(node);
    const parameters = node.args.map((a: Name) => symbols.ref(a.name));
    const names = node.args.map((a) => a.name);
    const free = findUndeclared(node.body, ["caller", "kwargs", "varargs"]);
    const caller = free.has("caller");
    if (caller && !names.includes("caller")) parameters.push(symbols.declareParameter("caller"));
    const catchKwargs = free.has("kwargs") && !names.includes("kwargs");
    if (catchKwargs) parameters.push(symbols.declareParameter("kwargs"));
    const catchVarargs = free.has("varargs") && !names.includes("varargs");
    if (catchVarargs) parameters.push(symbols.declareParameter("varargs"));
    symbols.analyze(node);
    const label = name === null ? "caller" : `macro ${name.replace(/^dbt_macro__/, "")}`;
    const body = this.fn(label, parameters, this.canWait([...node.defaults, ...node.body]), () => {
      this.enter(inner);
      node.args.forEach((arg, i) => {
        const variable = symbols.ref(arg.name);
        const dflt = node.defaults[i - node.args.length + node.defaults.length];
        this.line(`if(${variable}===undefined){`);
        if (dflt === undefined)
          this.line(
            `${variable}=E.undefined({hint:${this.quote(`parameter '${arg.name}' was not provided`)},name:${this.quote(arg.name)}});`,
          );
        else this.line(`${variable}=${this.withOpenParameters(symbols, () => this.expr(dflt, inner))};`);
        this.line("}");
      });
      inner.buffer = this.buffer(node.body);
      this.statements(node.body, inner);
      this.line(`return ${this.wrapMarkup(contents(inner.buffer), frame)};`);
    });
    const flags = `${catchKwargs},${catchVarargs},${caller}`;
    return `new ${this.h("Macro")}(E,${name === null ? "null" : this.quote(name)},${this.constant(names)},${soon ? `(${body})` : body},${flags})`;
  }

  private callBlock(node: CallBlock, frame: Frame): void {
    const caller = this.variable("c");
    this.line(`${caller}=${this.macroValue(node, frame, null, true)};`);
    this.write(this.call(node.call, frame, caller), node.call, frame);
  }

  private loop(node: For, frame: Frame): void {
    const extended = node.recursive || findUndeclared(node.body, ["loop"]).size > 0 || hasScopedBlock(node);
    const inner = frame.inner();
    const loopVariable = extended ? inner.symbols.declareParameter("loop") : undefined;
    inner.symbols.analyzeLoop(node, "body");
    const otherwise = frame.inner();
    if (node.else_.length > 0) otherwise.symbols.analyzeLoop(node, "else");
    if (node.recursive) {
      const name = this.variable("r");
      const waits = this.canWait([...node.body, ...node.else_, ...(node.test === null ? [] : [node.test])]);
      const code = this.fn("loop", ["I", "D"], waits, () => {
        inner.buffer = this.buffer([node]);
        otherwise.buffer = inner.buffer;
        this.iterate(node, "I", inner, otherwise, loopVariable, `${name},D`, frame);
        this.line(`return ${this.wrapMarkup(contents(inner.buffer), frame)};`);
      });
      this.line(`${name}=${code};`);
      this.write(this.maybeAwait(`${name}(${this.expr(node.iter, frame)},0)`, waits), node.iter, frame);
      return;
    }
    this.iterate(node, this.expr(node.iter, frame), inner, otherwise, loopVariable, "undefined,0", frame);
  }

  private iterate(
    node: For,
    iterable: string,
    inner: Frame,
    otherwise: Frame,
    loopVariable: string | undefined,
    recursion: string,
    frame: Frame,
  ): void {
    const empty = node.else_.length > 0 ? this.variable("n") : undefined;
    if (empty !== undefined) this.line(`${empty}=true;`);
    const item = this.variable("t");
    const testFrame = frame.inner();
    if (node.test !== null) testFrame.symbols.analyzeLoop(node, "test");
    let source = iterable;
    if (node.test !== null && loopVariable !== undefined) source = this.filtered(node, iterable, testFrame);
    this.loopDepth++;
    if (loopVariable !== undefined) {
      this.declare(loopVariable);
      this.line(`${loopVariable}=new ${this.h("Loop")}(${source},E,${recursion},${this.at(node.iter)});`);
      this.line(`while(${loopVariable}.next()){${item}=${loopVariable}.current;`);
    } else {
      this.line(`for(${item} of ${this.h("iterate")}(${source},${this.at(node.iter)})){`);
      if (node.test !== null) {
        this.enter(testFrame);
        this.store(node.target, item, testFrame);
        this.line(`if(!${this.truth(node.test, testFrame)})continue;`);
      }
    }
    this.enter(inner);
    this.store(node.target, item, inner);
    this.statements(node.body, inner);
    if (empty !== undefined) this.line(`${empty}=false;`);
    // Taking the next item may fail too.
    this.line(`${this.at(node.iter)};`);
    const { text, parts } = inner.buffer;
    if (parts !== undefined) this.line(`if(${parts}.length>500){${text}+=${parts}.join("");${parts}.length=0;}`);
    this.line("}");
    this.loopDepth--;
    if (empty !== undefined) {
      this.line(`if(${empty}){`);
      this.enter(otherwise);
      this.statements(node.else_, otherwise);
      this.line("}");
    }
  }

  /** The items that pass a loop's condition: one by one, or at once where the condition may have to wait. */
  private filtered(node: For, iterable: string, frame: Frame): string {
    const waits = this.canWait([node.test as Expr]);
    const body = this.fn("loop", ["I"], waits, () => {
      this.enter(frame);
      const item = this.variable("t");
      if (waits) this.line(`const out=[];`);
      this.line(`for(${item} of ${this.h("iterate")}(I)){`);
      this.loopDepth++;
      this.store(node.target, item, frame);
      this.line(`if(${this.truth(node.test as Expr, frame)})${waits ? `out.push(${item})` : `yield ${item}`};`);
      this.loopDepth--;
      this.line("}");
      if (waits) this.line("return out;");
    });
    const source = `(${waits ? body : body.replace(/^function/, "function*")})(${iterable})`;
    return waits ? `(await ${source})` : `new ${this.h("Iterator")}(${source})`;
  }
}

/** Is there a loop whose output goes where that of these statements goes? */
function hasLoop(nodes: readonly Stmt[]): boolean {
  return nodes.some((node) => {
    switch (node.type) {
      case "For":
        return true;
      case "If":
        return hasLoop(node.body) || hasLoop(node.elif) || hasLoop(node.else_);
      case "With":
      case "Autoescape":
        return hasLoop(node.body);
      default:
        return false;
    }
  });
}

function hasScopedBlock(node: Node): boolean {
  let found = false;
  eachDescendant(node, (child) => {
    if (child.type === "Block" && child.scoped) found = true;
  });
  return found;
}
