import { type At, type ReNode, widthOf } from "./ast.ts";
import type { CharSet } from "./charset.ts";

/** The instructions of the matcher. Each is a row of numbers: the operation and its operands. */
export const OP = {
  MATCH: 0,
  CHAR: 1,
  SET: 2,
  ANY: 3,
  ALL: 4,
  SPLIT: 5,
  JUMP: 6,
  SAVE: 7,
  AT: 8,
  REFERENCE: 9,
  LOOK: 10,
  ATOMIC: 11,
  CONDITION: 12,
  REPEAT_ONE: 13,
  LOOP_START: 14,
  LOOP: 15,
} as const;

export const AT_KINDS: readonly At[] = [
  "start",
  "lineStart",
  "end",
  "endOrNewline",
  "lineEnd",
  "boundary",
  "nonBoundary",
  "asciiBoundary",
  "asciiNonBoundary",
];

export const GREEDY = 0;
export const LAZY = 1;
export const POSSESSIVE = 2;

export interface Program {
  code: number[][];
  sets: CharSet[];
  groups: number;
  /** How many registers a run needs: two a group, the last closed group, two a loop. */
  registers: number;
  /** The character that every match begins with, if there is one. */
  first: number | undefined;
}

/** Where in the registers the number of the last closed group is kept. */
export const lastGroupRegister = (groups: number): number => groups * 2;

/** Compiles a parsed pattern. */
export function compileProgram(node: ReNode, groups: number): Program {
  const compiler = new Compiler(groups);
  compiler.emit(node);
  compiler.code.push([OP.MATCH]);
  return { code: compiler.code, sets: compiler.sets, groups, registers: compiler.registers, first: firstOf(node) };
}

function firstOf(node: ReNode): number | undefined {
  if (node.kind === "char") return node.code;
  if (node.kind === "group" || node.kind === "atomic") return firstOf(node.item);
  if (node.kind === "sequence") return node.items[0] && firstOf(node.items[0]);
  if (node.kind === "repeat" && node.min > 0) return firstOf(node.item);
  return undefined;
}

class Compiler {
  readonly code: number[][] = [];
  readonly sets: CharSet[] = [];
  registers: number;

  constructor(groups: number) {
    this.registers = groups * 2 + 1;
  }

  emit(node: ReNode): void {
    const { code } = this;
    switch (node.kind) {
      case "char":
      case "set":
      case "any":
        code.push(this.single(node));
        return;
      case "sequence":
        for (const item of node.items) this.emit(item);
        return;
      case "choice":
        this.choice(node.items);
        return;
      case "repeat":
        this.repeat(node);
        return;
      case "group":
        code.push([OP.SAVE, (node.number - 1) * 2, 0]);
        this.emit(node.item);
        code.push([OP.SAVE, (node.number - 1) * 2 + 1, node.number]);
        return;
      case "atomic":
        this.sub([OP.ATOMIC, 0], node.item, 1);
        return;
      case "look":
        this.sub([OP.LOOK, 0, node.behind ?? -1, node.negated ? 1 : 0], node.item, 1);
        return;
      case "reference":
        code.push([OP.REFERENCE, node.number, node.ignoreCase ? 1 : 0]);
        return;
      case "condition": {
        const test = [OP.CONDITION, node.number, 0];
        code.push(test);
        this.emit(node.yes);
        const jump = [OP.JUMP, 0];
        if (node.no) code.push(jump);
        test[2] = code.length;
        if (node.no) this.emit(node.no);
        jump[1] = code.length;
        return;
      }
      case "at":
        code.push([OP.AT, AT_KINDS.indexOf(node.at)]);
    }
  }

  /** A part that runs by itself: the instruction, whose `operand` becomes the place behind it, then the part and MATCH. */
  private sub(instruction: number[], item: ReNode, operand: number): void {
    this.code.push(instruction);
    this.emit(item);
    this.code.push([OP.MATCH]);
    instruction[operand] = this.code.length;
  }

  private single(node: Extract<ReNode, { kind: "char" | "set" | "any" }>): number[] {
    if (node.kind === "char") return [OP.CHAR, node.code];
    if (node.kind === "any") return [node.newline ? OP.ALL : OP.ANY, 0];
    this.sets.push(node.set);
    return [OP.SET, this.sets.length - 1];
  }

  private choice(items: readonly ReNode[]): void {
    const { code } = this;
    const exits: number[][] = [];
    items.forEach((item, i) => {
      const split = [OP.SPLIT, code.length + 1, 0];
      const isLast = i === items.length - 1;
      if (!isLast) code.push(split);
      this.emit(item);
      if (!isLast) {
        const jump = [OP.JUMP, 0];
        code.push(jump);
        exits.push(jump);
        split[2] = code.length;
      }
    });
    for (const jump of exits) jump[1] = code.length;
  }

  private repeat(node: Extract<ReNode, { kind: "repeat" }>): void {
    const { code } = this;
    const { min, max, mode } = node;
    let { item } = node;
    while (item.kind === "sequence" && item.items.length === 1) item = item.items[0]!;
    if (max === 0) return;
    const how = mode === "greedy" ? GREEDY : mode === "lazy" ? LAZY : POSSESSIVE;
    if (item.kind === "char" || item.kind === "set" || item.kind === "any") {
      const [op, operand] = this.single(item) as [number, number];
      code.push([OP.REPEAT_ONE, min, max, how, op, operand]);
      return;
    }
    if (mode === "possessive") {
      this.sub([OP.ATOMIC, 0], { ...node, mode: "greedy" }, 1);
      return;
    }
    if (min === 0 && max === 1) {
      const split = [OP.SPLIT, 0, 0];
      code.push(split);
      const body = code.length;
      this.emit(item);
      split[1] = how === GREEDY ? body : code.length;
      split[2] = how === GREEDY ? code.length : body;
      return;
    }
    if (min === 0 && max === Number.POSITIVE_INFINITY && widthOf(item, new Map())[0] > 0) {
      const split = [OP.SPLIT, 0, 0];
      const start = code.length;
      code.push(split);
      this.emit(item);
      code.push([OP.JUMP, start]);
      split[1] = how === GREEDY ? start + 1 : code.length;
      split[2] = how === GREEDY ? code.length : start + 1;
      return;
    }
    const register = this.registers;
    this.registers += 2;
    code.push([OP.LOOP_START, register]);
    const loop = [OP.LOOP, register, min, max, how, 0];
    const start = code.length;
    code.push(loop);
    this.emit(item);
    code.push([OP.JUMP, start]);
    loop[5] = code.length;
  }
}
