/** The syntax tree. Names of nodes are Jinja2's own; `start` and `end` are offsets into the source. */
interface Base {
  start: number;
  end: number;
}

export interface Template extends Base {
  type: "Template";
  body: Stmt[];
  /** The text, with newlines as Jinja2 sees them; offsets point into it. */
  source: string;
  name: string | undefined;
  /** What the parser noticed on its way, so that later passes can skip what is not there. */
  seen: Seen;
}

/** Features a template makes use of. */
export interface Seen {
  filters: ReadonlySet<string>;
  tests: ReadonlySet<string>;
  blocks: boolean;
  /** `loop` is assigned to somewhere. */
  storesLoop: boolean;
  macros: boolean;
  loopControls: boolean;
}

export type Stmt =
  | Output
  | For
  | If
  | Macro
  | CallBlock
  | FilterBlock
  | With
  | Block
  | Assign
  | AssignBlock
  | ExprStmt
  | Autoescape
  | Loader
  | LoopControl;

export type Expr =
  | TemplateData
  | Name
  | NSRef
  | Const
  | TupleExpr
  | List
  | Dict
  | CondExpr
  | Filter
  | Test
  | Call
  | Getitem
  | Getattr
  | Slice
  | Concat
  | Compare
  | BinExpr
  | UnaryExpr;

export type Node = Template | Stmt | Expr | Pair | Keyword | Operand;

export interface Output extends Base {
  type: "Output";
  nodes: Expr[];
}
export interface TemplateData extends Base {
  type: "TemplateData";
  data: string;
}
export interface For extends Base {
  type: "For";
  target: Expr;
  iter: Expr;
  body: Stmt[];
  else_: Stmt[];
  test: Expr | null;
  recursive: boolean;
}
export interface If extends Base {
  type: "If";
  test: Expr;
  body: Stmt[];
  elif: If[];
  else_: Stmt[];
}
export interface TypeName {
  name: string;
  parameters: TypeName[];
}
/** A macro; a materialization, test and docs block too, under dbt's names for them. */
export interface Macro extends Base {
  type: "Macro";
  name: string;
  args: Name[];
  defaults: Expr[];
  body: Stmt[];
  /** dbt's typed arguments, `null` where one has no type. */
  argTypes?: (TypeName | null)[];
  /** The tag's word. */
  tag: "macro" | "materialization" | "test" | "docs" | "snapshot";
}
export interface CallBlock extends Base {
  type: "CallBlock";
  call: Call;
  args: Name[];
  defaults: Expr[];
  body: Stmt[];
}
export interface FilterBlock extends Base {
  type: "FilterBlock";
  body: Stmt[];
  filter: Filter;
}
export interface With extends Base {
  type: "With";
  targets: Expr[];
  values: Expr[];
  body: Stmt[];
}
export interface Block extends Base {
  type: "Block";
  name: string;
  body: Stmt[];
  scoped: boolean;
  required: boolean;
}
export interface Assign extends Base {
  type: "Assign";
  target: Expr;
  node: Expr;
}
export interface AssignBlock extends Base {
  type: "AssignBlock";
  target: Expr;
  filter: Filter | null;
  body: Stmt[];
}
export interface ExprStmt extends Base {
  type: "ExprStmt";
  node: Expr;
}
export interface Autoescape extends Base {
  type: "Autoescape";
  option: Expr;
  body: Stmt[];
}
/** `include`, `import`, `from` and `extends`: there is no loader, so these always fail when reached. */
export interface Loader extends Base {
  type: "Loader";
  tag: "include" | "import" | "from" | "extends";
  template: Expr;
  targets: string[];
}
export interface LoopControl extends Base {
  type: "LoopControl";
  control: "break" | "continue";
}

export type NameContext = "load" | "store" | "param";
export interface Name extends Base {
  type: "Name";
  name: string;
  ctx: NameContext;
}
export interface NSRef extends Base {
  type: "NSRef";
  name: string;
  attr: string;
}
export interface Const extends Base {
  type: "Const";
  value: unknown;
}
export interface TupleExpr extends Base {
  type: "Tuple";
  items: Expr[];
  ctx: NameContext;
}
export interface List extends Base {
  type: "List";
  items: Expr[];
}
export interface Dict extends Base {
  type: "Dict";
  items: Pair[];
}
export interface Pair extends Base {
  type: "Pair";
  key: Expr;
  value: Expr;
}
export interface Keyword extends Base {
  type: "Keyword";
  key: string;
  value: Expr;
}
export interface CondExpr extends Base {
  type: "CondExpr";
  test: Expr;
  expr1: Expr;
  expr2: Expr | null;
}
/** The arguments of a call, filter or test. */
export interface Arguments {
  args: Expr[];
  kwargs: Keyword[];
  dynArgs: Expr | null;
  dynKwargs: Expr | null;
}
export interface Filter extends Base, Arguments {
  type: "Filter";
  /** `null` in a filter block. */
  node: Expr | null;
  name: string;
}
export interface Test extends Base, Arguments {
  type: "Test";
  node: Expr;
  name: string;
}
export interface Call extends Base, Arguments {
  type: "Call";
  node: Expr;
}
export interface Getitem extends Base {
  type: "Getitem";
  node: Expr;
  arg: Expr;
}
export interface Getattr extends Base {
  type: "Getattr";
  node: Expr;
  attr: string;
}
export interface Slice extends Base {
  type: "Slice";
  from: Expr | null;
  to: Expr | null;
  step: Expr | null;
}
export interface Concat extends Base {
  type: "Concat";
  nodes: Expr[];
}
export type CompareOp = "eq" | "ne" | "lt" | "lteq" | "gt" | "gteq" | "in" | "notin";
export interface Operand extends Base {
  type: "Operand";
  op: CompareOp;
  expr: Expr;
}
export interface Compare extends Base {
  type: "Compare";
  expr: Expr;
  ops: Operand[];
}
export type BinOp = "Add" | "Sub" | "Mul" | "Div" | "FloorDiv" | "Mod" | "Pow" | "And" | "Or";
export interface BinExpr extends Base {
  type: BinOp;
  left: Expr;
  right: Expr;
}
export interface UnaryExpr extends Base {
  type: "Not" | "Neg" | "Pos";
  node: Expr;
}

const ARGUMENTS = ["args", "kwargs", "dynArgs", "dynKwargs"];
const BINARY = ["left", "right"];

/** The fields of each node that hold other nodes, in the order of Jinja2's fields. */
const FIELDS: Record<Node["type"], readonly string[]> = {
  Template: ["body"],
  Output: ["nodes"],
  TemplateData: [],
  For: ["target", "iter", "body", "else_", "test"],
  If: ["test", "body", "elif", "else_"],
  Macro: ["args", "defaults", "body"],
  CallBlock: ["call", "args", "defaults", "body"],
  FilterBlock: ["body", "filter"],
  With: ["targets", "values", "body"],
  Block: ["body"],
  Assign: ["target", "node"],
  AssignBlock: ["target", "filter", "body"],
  ExprStmt: ["node"],
  Autoescape: ["option", "body"],
  Loader: ["template"],
  LoopControl: [],
  Name: [],
  NSRef: [],
  Const: [],
  Tuple: ["items"],
  List: ["items"],
  Dict: ["items"],
  Pair: ["key", "value"],
  Keyword: ["value"],
  CondExpr: ["test", "expr1", "expr2"],
  Filter: ["node", ...ARGUMENTS],
  Test: ["node", ...ARGUMENTS],
  Call: ["node", ...ARGUMENTS],
  Getitem: ["node", "arg"],
  Getattr: ["node"],
  Slice: ["from", "to", "step"],
  Concat: ["nodes"],
  Compare: ["expr", "ops"],
  Operand: ["expr"],
  Add: BINARY,
  Sub: BINARY,
  Mul: BINARY,
  Div: BINARY,
  FloorDiv: BINARY,
  Mod: BINARY,
  Pow: BINARY,
  And: BINARY,
  Or: BINARY,
  Not: ["node"],
  Neg: ["node"],
  Pos: ["node"],
};

/** Calls `visit` with every child of a node; `except` leaves one field out. */
export function eachChild(node: Node, visit: (child: Node) => void, except?: string): void {
  const fields = node as unknown as Record<string, Node | Node[] | null>;
  for (const name of FIELDS[node.type]) {
    if (name === except) continue;
    const value = fields[name];
    if (value === null || value === undefined) continue;
    if (Array.isArray(value)) for (let i = 0; i < value.length; i++) visit(value[i] as Node);
    else visit(value);
  }
}

/** Calls `visit` with every node below `node`, outer ones first. */
export function eachDescendant(node: Node, visit: (child: Node) => void): void {
  eachChild(node, (child) => {
    visit(child);
    eachDescendant(child, visit);
  });
}
