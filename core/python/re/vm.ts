import { raise } from "../support.ts";
import { isInCategory, otherCases } from "./charset.ts";
import { AT_KINDS, GREEDY, LAZY, lastGroupRegister, OP, type Program } from "./program.ts";

/** Beyond this many remembered choices a pattern is given up as too complex. */
const MAX_CHOICES = 20_000_000;

/** Kinds of remembered choices: go on elsewhere, give back or take one more character, enter a loop's body. */
const GO = 0;
const GIVE_BACK = 1;
const TAKE_MORE = 2;
const ENTER = 3;

/**
 * Runs a program by backtracking, with its choices on a stack of its own, so that long texts are no problem.
 * What a register held is noted when it changes, and put back when a choice is undone.
 */
export class Matcher {
  private readonly program: Program;
  private readonly text: Int32Array;
  private readonly end: number;
  readonly registers: Int32Array;
  private readonly undo: number[] = [];
  private choices = 0;

  constructor(program: Program, text: Int32Array, end: number) {
    this.program = program;
    this.text = text;
    this.end = end;
    this.registers = new Int32Array(program.registers);
  }

  /** Matches at a position: the end of the match, or -1. `toEnd` wants all of the text, `notEmpty` at least a character. */
  match(start: number, toEnd: boolean, notEmpty: boolean): number {
    this.registers.fill(-1);
    this.undo.length = 0;
    this.choices = 0;
    return this.run(0, start, toEnd, notEmpty ? start : -1);
  }

  private set(register: number, value: number): void {
    this.undo.push(register, this.registers[register]!);
    this.registers[register] = value;
  }

  private restore(length: number): void {
    const { undo, registers } = this;
    while (undo.length > length) {
      const value = undo.pop()!;
      registers[undo.pop()!] = value;
    }
  }

  private run(from: number, start: number, toEnd: boolean, refusedEnd: number): number {
    const { text, end, registers, undo } = this;
    const { code, sets } = this.program;
    /** Each choice: kind, place in the program, position, length of the undo log, two numbers more. */
    const stack: number[] = [];
    let pc = from;
    let at = start;
    for (;;) {
      const row = code[pc]!;
      let ok = true;
      switch (row[0]) {
        case OP.MATCH:
          if ((!toEnd || at === end) && at !== refusedEnd) return at;
          ok = false;
          break;
        case OP.CHAR:
          ok = at < end && text[at] === row[1];
          at++;
          pc++;
          break;
        case OP.SET:
          ok = at < end && sets[row[1]!]!.has(text[at]!);
          at++;
          pc++;
          break;
        case OP.ANY:
          ok = at < end && text[at] !== 10;
          at++;
          pc++;
          break;
        case OP.ALL:
          ok = at < end;
          at++;
          pc++;
          break;
        case OP.SPLIT:
          stack.push(GO, row[2]!, at, undo.length, 0, 0);
          pc = row[1]!;
          break;
        case OP.JUMP:
          pc = row[1]!;
          break;
        case OP.SAVE:
          this.set(row[1]!, at);
          if (row[2]! > 0) this.set(lastGroupRegister(this.program.groups), row[2]!);
          pc++;
          break;
        case OP.AT:
          ok = this.holdsAt(row[1]!, at);
          pc++;
          break;
        case OP.REFERENCE: {
          const length = this.referenceLength(row[1]!, at, row[2] === 1);
          ok = length >= 0;
          at += length;
          pc++;
          break;
        }
        case OP.LOOK: {
          const before = undo.length;
          const begin = row[2]! < 0 ? at : at - row[2]!;
          const found = begin >= 0 && this.run(pc + 1, begin, false, -1) >= 0;
          if (row[3] === 1 || !found) this.restore(before);
          ok = found !== (row[3] === 1);
          pc = row[1]!;
          break;
        }
        case OP.ATOMIC: {
          const stop = this.run(pc + 1, at, false, -1);
          ok = stop >= 0;
          at = stop;
          pc = row[1]!;
          break;
        }
        case OP.CONDITION:
          pc = registers[(row[1]! - 1) * 2 + 1]! >= 0 ? pc + 1 : row[2]!;
          break;
        case OP.REPEAT_ONE: {
          const [, min, max, how] = row as [number, number, number, number];
          const wanted = how === LAZY ? min : max;
          const count = this.countOne(row, at, wanted);
          if (count < min) {
            ok = false;
            break;
          }
          if (how === GREEDY && count > min) stack.push(GIVE_BACK, pc + 1, at + count - 1, undo.length, at + min, 0);
          if (how === LAZY && max > min) stack.push(TAKE_MORE, pc, at + count, undo.length, max - count, 0);
          at += count;
          pc++;
          break;
        }
        case OP.LOOP_START:
          this.set(row[1]!, 0);
          this.set(row[1]! + 1, -1);
          pc++;
          break;
        case OP.LOOP: {
          const [, register, min, max, how, exit] = row as [number, number, number, number, number, number];
          const count = registers[register]!;
          if (count < min) {
            this.enterLoop(register, at);
            pc++;
            break;
          }
          const mayEnter = count < max && registers[register + 1] !== at;
          if (!mayEnter) pc = exit;
          else if (how === GREEDY) {
            stack.push(GO, exit, at, undo.length, 0, 0);
            this.enterLoop(register, at);
            pc++;
          } else {
            stack.push(ENTER, pc, at, undo.length, register, 0);
            pc = exit;
          }
          break;
        }
      }
      if (ok) continue;
      // Undo the latest choice and take its other way.
      for (;;) {
        if (stack.length === 0) return -1;
        if (++this.choices > MAX_CHOICES) raise("RuntimeError", "the regular expression is too complex for this text");
        const top = stack.length - 6;
        const kind = stack[top]!;
        pc = stack[top + 1]!;
        at = stack[top + 2]!;
        this.restore(stack[top + 3]!);
        if (kind === GIVE_BACK) {
          if (at > stack[top + 4]!) stack[top + 2] = at - 1;
          else stack.length = top;
          break;
        }
        if (kind === TAKE_MORE) {
          const row = code[pc]!;
          const left = stack[top + 4]!;
          if (left <= 0 || this.countOne(row, at, 1) === 0) {
            stack.length = top;
            continue;
          }
          at++;
          stack[top + 2] = at;
          stack[top + 4] = left - 1;
          pc++;
          break;
        }
        stack.length = top;
        if (kind === ENTER) {
          this.enterLoop(code[pc]![1]!, at);
          pc++;
        }
        break;
      }
    }
  }

  private enterLoop(register: number, at: number): void {
    this.set(register, this.registers[register]! + 1);
    this.set(register + 1, at);
  }

  /** How many characters from a position on the item of a REPEAT_ONE matches, up to `most`. */
  private countOne(row: number[], from: number, most: number): number {
    const { text } = this;
    const limit = Math.min(this.end, from + most);
    let at = from;
    switch (row[4]) {
      case OP.CHAR:
        while (at < limit && text[at] === row[5]) at++;
        break;
      case OP.SET: {
        const set = this.program.sets[row[5]!]!;
        while (at < limit && set.has(text[at]!)) at++;
        break;
      }
      case OP.ANY:
        while (at < limit && text[at] !== 10) at++;
        break;
      default:
        at = Math.max(limit, from);
    }
    return at - from;
  }

  private referenceLength(group: number, at: number, ignoreCase: boolean): number {
    const { text, registers } = this;
    const start = registers[(group - 1) * 2]!;
    const stop = registers[(group - 1) * 2 + 1]!;
    if (start < 0 || stop < 0) return -1;
    const length = stop - start;
    if (at + length > this.end) return -1;
    for (let i = 0; i < length; i++) {
      const a = text[start + i]!;
      const b = text[at + i]!;
      if (a !== b && !(ignoreCase && otherCases(a, false).includes(b))) return -1;
    }
    return length;
  }

  private holdsAt(kind: number, at: number): boolean {
    const { text, end } = this;
    const word = (i: number, ascii: boolean): boolean => i >= 0 && i < end && isInCategory("word", text[i]!, ascii);
    switch (AT_KINDS[kind]) {
      case "start":
        return at === 0;
      case "lineStart":
        return at === 0 || text[at - 1] === 10;
      case "end":
        return at === end;
      case "endOrNewline":
        return at === end || (at === end - 1 && text[at] === 10);
      case "lineEnd":
        return at === end || text[at] === 10;
      case "boundary":
        return end > 0 && word(at - 1, false) !== word(at, false);
      case "nonBoundary":
        return end > 0 && word(at - 1, false) === word(at, false);
      case "asciiBoundary":
        return end > 0 && word(at - 1, true) !== word(at, true);
      default:
        return end > 0 && word(at - 1, true) === word(at, true);
    }
  }
}
