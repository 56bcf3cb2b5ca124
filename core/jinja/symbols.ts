import { type Expr, eachChild, type For, type Node } from "./ast.ts";

/**
 * Which variable a name means in which frame. The rules are Jinja2's (jinja2/idtracking.py): a name is loaded once where
 * its frame is entered, an assignment in an inner frame makes a variable of that frame, branches of an `if` share theirs.
 */
export type Load =
  | { kind: "parameter" }
  /** Look the name up in the context. */
  | { kind: "resolve"; name: string }
  /** Copy the variable of an outer frame. */
  | { kind: "alias"; from: string }
  | { kind: "undefined" };

let nextVariable = 0;

/** Starts numbering variables anew: their names need to differ within one compiled unit only. */
export function resetVariables(): void {
  nextVariable = 0;
}

export class Symbols {
  readonly parent: Symbols | undefined;
  /** The variables of this frame by name; copies share it, as branches of an `if` share their variables. */
  private readonly variables: Map<string, string>;
  /** Name to JavaScript variable. */
  refs = new Map<string, string>();
  /** How each variable gets its value when the frame is entered. */
  loads = new Map<string, Load>();
  stores = new Set<string>();

  constructor(parent?: Symbols, variables = new Map<string, string>()) {
    this.parent = parent;
    this.variables = variables;
  }

  private define(name: string, load: Load): string {
    let variable = this.variables.get(name);
    if (variable === undefined) {
      variable = `v${nextVariable++}`;
      this.variables.set(name, variable);
    }
    this.refs.set(name, variable);
    this.loads.set(variable, load);
    return variable;
  }

  findLoad(variable: string): Load | undefined {
    return this.loads.get(variable) ?? this.parent?.findLoad(variable);
  }

  findRef(name: string): string | undefined {
    return this.refs.get(name) ?? this.parent?.findRef(name);
  }

  ref(name: string): string {
    const variable = this.findRef(name);
    if (variable === undefined) throw new Error(`no variable for ${name}`);
    return variable;
  }

  copy(): Symbols {
    const copy = new Symbols(this.parent, this.variables);
    copy.refs = new Map(this.refs);
    copy.loads = new Map(this.loads);
    copy.stores = new Set(this.stores);
    return copy;
  }

  store(name: string): void {
    this.stores.add(name);
    if (this.refs.has(name)) return;
    const outer = this.parent?.findRef(name);
    this.define(name, outer === undefined ? { kind: "undefined" } : { kind: "alias", from: outer });
  }

  declareParameter(name: string): string {
    this.stores.add(name);
    return this.define(name, { kind: "parameter" });
  }

  load(name: string): void {
    if (this.findRef(name) === undefined) this.define(name, { kind: "resolve", name });
  }

  private branchUpdate(branches: readonly Symbols[]): void {
    const stores = new Set<string>();
    for (const branch of branches) for (const name of branch.stores) if (!this.stores.has(name)) stores.add(name);
    for (const branch of branches) {
      for (const [k, v] of branch.refs) this.refs.set(k, v);
      for (const [k, v] of branch.loads) this.loads.set(k, v);
      for (const name of branch.stores) this.stores.add(name);
    }
    for (const name of stores) {
      const outer = this.parent?.findRef(name);
      this.loads.set(this.ref(name), outer === undefined ? { kind: "resolve", name } : { kind: "alias", from: outer });
    }
  }

  /** All variables stored here and in outer frames, the innermost of each name. */
  allStores(): Map<string, string> {
    const out = new Map<string, string>();
    for (let s: Symbols | undefined = this; s !== undefined; s = s.parent)
      for (const name of s.stores) if (!out.has(name)) out.set(name, this.ref(name));
    return out;
  }

  /** Registers the names that a frame-making node's own frame uses. */
  analyze(node: Node): void {
    switch (node.type) {
      case "AssignBlock":
      case "Autoescape":
        for (const child of node.body) this.visit(child);
        return;
      case "CallBlock":
        eachChild(node, (child) => this.visit(child), "call");
        return;
      case "With":
        for (const target of node.targets) this.visit(target);
        for (const child of node.body) this.visit(child);
        return;
      default:
        eachChild(node, (child) => this.visit(child));
    }
  }

  analyzeLoop(node: For, branch: "body" | "else" | "test"): void {
    if (branch !== "else") this.declareTargets(node.target);
    if (branch === "test") {
      if (node.test !== null) this.visit(node.test);
      return;
    }
    for (const child of branch === "body" ? node.body : node.else_) this.visit(child);
  }

  private declareTargets(target: Expr): void {
    if (target.type === "Name") this.declareParameter(target.name);
    else if (target.type === "NSRef") this.load(target.name);
    else eachChild(target, (child) => this.declareTargets(child as Expr));
  }

  private visit(node: Node): void {
    switch (node.type) {
      case "Name":
        if (node.ctx === "param") this.declareParameter(node.name);
        else if (node.ctx === "store") this.store(node.name);
        else this.load(node.name);
        return;
      case "NSRef":
        this.load(node.name);
        return;
      case "If": {
        this.visit(node.test);
        const branch = (nodes: readonly Node[]) => {
          const symbols = this.copy();
          for (const child of nodes) symbols.visit(child);
          return symbols;
        };
        this.branchUpdate([branch(node.body), branch(node.elif), branch(node.else_)]);
        return;
      }
      case "Macro":
        this.store(node.name);
        return;
      case "Loader":
        this.visit(node.template);
        for (const name of node.targets) this.store(name);
        return;
      case "Assign":
        this.visit(node.node);
        this.visit(node.target);
        return;
      case "For":
        this.visit(node.iter);
        return;
      case "CallBlock":
        this.visit(node.call);
        return;
      case "FilterBlock":
        this.visit(node.filter);
        return;
      case "With":
        for (const value of node.values) this.visit(value);
        return;
      case "AssignBlock":
        this.visit(node.target);
        if (node.filter !== null) this.visit(node.filter);
        return;
      case "Autoescape":
        this.visit(node.option);
        return;
      case "Block":
        return;
      default:
        eachChild(node, (child) => this.visit(child));
    }
  }
}

/** Which of the names are read in these nodes before they are assigned; looks into closures, not into blocks. */
export function findUndeclared(nodes: readonly Node[], names: readonly string[]): Set<string> {
  const wanted = new Set(names);
  const found = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === "Block" || wanted.size === 0) return;
    if (node.type === "Name") {
      if (node.ctx === "load" && wanted.has(node.name)) found.add(node.name);
      else wanted.delete(node.name);
    } else {
      eachChild(node, visit);
    }
  };
  for (const node of nodes) visit(node);
  return found;
}
