import { PyDict } from "../../jinja/runtime/dict.ts";
import { textOf } from "../../jinja/runtime/str-object.ts";
import { hasSurrogates, strRepr } from "../../jinja/runtime/text.ts";
import { HostObject, Tuple } from "../../jinja/runtime/values.ts";
import { isInt, type Member, member, method, raise, typeName } from "../support.ts";
import { FLAG } from "./ast.ts";
import { parsePattern } from "./parse.ts";
import { compileProgram, lastGroupRegister, type Program } from "./program.ts";
import { Matcher } from "./vm.ts";

/** A text as code points; positions are counted in them. */
class Subject {
  readonly text: string;
  readonly codes: Int32Array;
  private readonly wide: boolean;

  constructor(text: string) {
    this.text = text;
    this.wide = hasSurrogates(text);
    if (this.wide) {
      this.codes = Int32Array.from(text, (c) => c.codePointAt(0)!);
    } else {
      this.codes = new Int32Array(text.length);
      for (let i = 0; i < text.length; i++) this.codes[i] = text.charCodeAt(i);
    }
  }
  slice(start: number, end: number): string {
    if (!this.wide) return this.text.slice(start, end);
    let out = "";
    for (let i = start; i < end; i++) out += String.fromCodePoint(this.codes[i]!);
    return out;
  }
}

const FLAG_NAMES: readonly [number, string][] = [
  [FLAG.I, "re.IGNORECASE"],
  [FLAG.L, "re.LOCALE"],
  [FLAG.M, "re.MULTILINE"],
  [FLAG.S, "re.DOTALL"],
  [FLAG.X, "re.VERBOSE"],
  [FLAG.A, "re.ASCII"],
];

/** Python's compiled pattern. */
export class RePattern extends HostObject {
  readonly typeName = "re.Pattern";
  readonly pattern: string;
  readonly flags: number;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  private readonly program: Program;

  constructor(pattern: string, flags: number) {
    super();
    const parsed = parsePattern(pattern, flags);
    this.pattern = pattern;
    this.flags = parsed.flags;
    this.groups = parsed.groups;
    this.names = parsed.names;
    this.program = compileProgram(parsed.node, parsed.groups);
  }

  /** A match that begins exactly at `start`. */
  matchAt(subject: Subject, start: number, end: number, toEnd: boolean): ReMatch | null {
    const matcher = new Matcher(this.program, subject.codes, end);
    const stop = matcher.match(start, toEnd, false);
    return stop < 0 ? null : new ReMatch(this, subject, start, end, start, stop, matcher.registers);
  }

  /** The first match from `start` on; `advance` refuses an empty one at `start` itself. */
  searchFrom(subject: Subject, start: number, end: number, advance: boolean, from = start): ReMatch | null {
    const matcher = new Matcher(this.program, subject.codes, end);
    const { first } = this.program;
    for (let at = start; at <= end; at++) {
      if (first !== undefined && subject.codes[at] !== first) {
        at = subject.codes.indexOf(first, at);
        if (at < 0 || at > end) return null;
      }
      const stop = matcher.match(at, false, advance && at === start);
      if (stop >= 0) return new ReMatch(this, subject, from, end, at, stop, matcher.registers.slice());
    }
    return null;
  }

  /** All matches that do not overlap, as Python's scanner finds them. */
  *matches(subject: Subject, start = 0, end = subject.codes.length): Generator<ReMatch> {
    let at = start;
    let advance = false;
    for (;;) {
      const match = this.searchFrom(subject, at, end, advance, start);
      if (!match) return;
      yield match;
      at = match.end;
      advance = match.end === match.start;
    }
  }

  override attr(name: string): unknown {
    return member(PATTERN_MEMBERS, this, name);
  }
  override repr(): string {
    const names = FLAG_NAMES.filter(([flag]) => this.flags & flag).map(([, name]) => name);
    return `re.compile(${strRepr(this.pattern).slice(0, 200)}${names.length > 0 ? `, ${names.join("|")}` : ""})`;
  }
  override equals(other: unknown): boolean {
    return other instanceof RePattern && other.pattern === this.pattern && other.flags === this.flags;
  }
  override hashKey(): string {
    return `\0re:${this.flags}:${this.pattern}`;
  }
}

/** Python's match object. */
export class ReMatch extends HostObject {
  readonly typeName = "re.Match";
  readonly pattern: RePattern;
  readonly subject: Subject;
  readonly position: number;
  readonly endPosition: number;
  readonly start: number;
  readonly end: number;
  private readonly registers: Int32Array;

  constructor(
    pattern: RePattern,
    subject: Subject,
    position: number,
    endPosition: number,
    start: number,
    end: number,
    registers: Int32Array,
  ) {
    super();
    this.pattern = pattern;
    this.subject = subject;
    this.position = position;
    this.endPosition = endPosition;
    this.start = start;
    this.end = end;
    this.registers = registers;
  }

  /** Where a group matched; `[-1, -1]` where it did not. */
  spanOf(group: number): [number, number] {
    if (group === 0) return [this.start, this.end];
    const start = this.registers[(group - 1) * 2]!;
    const end = this.registers[(group - 1) * 2 + 1]!;
    return start < 0 || end < 0 ? [-1, -1] : [start, end];
  }
  /** A group's text; `null` where it did not match. */
  groupText(group: number): string | null {
    const [start, end] = this.spanOf(group);
    return start < 0 ? null : this.subject.slice(start, end);
  }
  /** A group by number or name; an IndexError where there is none. */
  groupIndex(key: unknown): number {
    let index = -1;
    if (typeof key === "string") index = this.pattern.names.get(key) ?? -1;
    else if (isInt(key)) index = Number(key);
    if (index < 0 || index > this.pattern.groups) return raise("IndexError", "no such group");
    return index;
  }
  /** All groups' texts. */
  groupTexts(otherwise: unknown): unknown[] {
    return Array.from({ length: this.pattern.groups }, (_, i) => this.groupText(i + 1) ?? otherwise);
  }
  lastIndex(): number | null {
    const last = this.registers[lastGroupRegister(this.pattern.groups)]!;
    return last > 0 ? last : null;
  }

  override attr(name: string): unknown {
    return member(MATCH_MEMBERS, this, name);
  }
  override item(key: unknown): unknown {
    return this.groupText(this.groupIndex(key));
  }
  override truth(): boolean {
    return true;
  }
  override repr(): string {
    return `<re.Match object; span=(${this.start}, ${this.end}), match=${strRepr(this.groupText(0)!).slice(0, 50)}>`;
  }
}

const cache = new Map<string, RePattern>();

/** The pattern of a text, or the pattern itself. */
export function compile(pattern: unknown, flags = 0): RePattern {
  if (pattern instanceof RePattern) {
    if (flags !== 0) raise("ValueError", "cannot process flags argument with a compiled pattern");
    return pattern;
  }
  const text = textOf(pattern);
  if (text === undefined) return raise("TypeError", "first argument must be string or compiled pattern");
  const key = `${flags}:${text}`;
  let compiled = cache.get(key);
  if (!compiled) {
    compiled = new RePattern(text, flags);
    if (cache.size >= 512) cache.clear();
    cache.set(key, compiled);
  }
  return compiled;
}

/** The text to match against. */
export function asSubject(value: unknown): Subject {
  const text = textOf(value);
  if (text !== undefined) return new Subject(text);
  return raise("TypeError", `expected string or bytes-like object, got '${typeName(value)}'`);
}

type Find = (pattern: RePattern, subject: Subject, start: number, end: number) => ReMatch | null;

/** `pattern.match(string, pos, endpos)` and its like. */
function finder(name: string, find: Find): [string, Member<RePattern>] {
  return [
    name,
    method(
      `${name}(string, pos=0, endpos=9007199254740991)`,
      (self: RePattern, string: unknown, pos: number, endpos: number) => {
        const subject = asSubject(string);
        const end = Math.min(Math.max(endpos, 0), subject.codes.length);
        const start = Math.max(pos, 0);
        return start > end ? null : find(self, subject, start, end);
      },
    ),
  ];
}

export const FIND: Readonly<Record<string, Find>> = {
  match: (pattern, subject, start, end) => pattern.matchAt(subject, start, end, false),
  fullmatch: (pattern, subject, start, end) => pattern.matchAt(subject, start, end, true),
  search: (pattern, subject, start, end) => pattern.searchFrom(subject, start, end, false),
};

/** What the functions of the module and the methods of a pattern share; set by `functions.ts`. */
export const PATTERN_MEMBERS = new Map<string, Member<RePattern>>([
  ...Object.entries(FIND).map(([name, find]) => finder(name, find)),
  ["pattern", (self) => self.pattern],
  ["flags", (self) => self.flags],
  ["groups", (self) => self.groups],
  ["groupindex", (self) => PyDict.from(self.names)],
]);

const MATCH_MEMBERS = new Map<string, Member<ReMatch>>([
  [
    "group",
    method("group(*args)", (self: ReMatch, keys: unknown[]) => {
      if (keys.length === 0) return self.groupText(0);
      if (keys.length === 1) return self.groupText(self.groupIndex(keys[0]));
      return new Tuple(keys.map((key) => self.groupText(self.groupIndex(key))));
    }),
  ],
  [
    "groups",
    method("groups(default=None)", (self: ReMatch, otherwise: unknown) => new Tuple(self.groupTexts(otherwise))),
  ],
  [
    "groupdict",
    method("groupdict(default=None)", (self: ReMatch, otherwise: unknown) =>
      PyDict.from([...self.pattern.names].map(([name, i]) => [name, self.groupText(i) ?? otherwise] as const)),
    ),
  ],
  ["start", method("start(group=0)", (self: ReMatch, group: unknown) => self.spanOf(self.groupIndex(group))[0])],
  ["end", method("end(group=0)", (self: ReMatch, group: unknown) => self.spanOf(self.groupIndex(group))[1])],
  ["span", method("span(group=0)", (self: ReMatch, group: unknown) => new Tuple(self.spanOf(self.groupIndex(group))))],
  ["string", (self) => self.subject.text],
  ["re", (self) => self.pattern],
  ["pos", (self) => self.position],
  ["endpos", (self) => self.endPosition],
  ["lastindex", (self) => self.lastIndex()],
  ["lastgroup", (self) => [...self.pattern.names].find(([, number]) => number === self.lastIndex())?.[0] ?? null],
  ["regs", (self) => new Tuple(Array.from({ length: self.pattern.groups + 1 }, (_, i) => new Tuple(self.spanOf(i))))],
]);

/** Adds members that need more than this file knows. */
export function extendMembers(
  pattern: Iterable<[string, Member<RePattern>]>,
  match: Iterable<[string, Member<ReMatch>]>,
): void {
  for (const [name, value] of pattern) PATTERN_MEMBERS.set(name, value);
  for (const [name, value] of match) MATCH_MEMBERS.set(name, value);
}
