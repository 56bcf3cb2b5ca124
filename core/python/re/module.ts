import type { PyDict } from "../../jinja/runtime/dict.ts";
import { defineFunction } from "../../jinja/runtime/function.ts";
import { HostObject, type PyCallable, Tuple } from "../../jinja/runtime/values.ts";
import { type Body, isInt, moduleDict, numberOf, PyType, raise, toIndex, typeName } from "../support.ts";
import { FLAG } from "./ast.ts";
import { compile, findAll, findIter, split, substitute } from "./functions.ts";
import { asSubject, FIND } from "./pattern.ts";

/** A member of `re.RegexFlag`: an int that shows its name. */
class RegexFlag extends HostObject {
  readonly typeName = "RegexFlag";
  readonly value: number;
  private readonly name: string;
  constructor(name: string, value: number) {
    super();
    this.name = name;
    this.value = value;
  }
  override attr(name: string): unknown {
    if (name === "value") return this.value;
    return name === "name" ? this.name : undefined;
  }
  override truth(): boolean {
    return this.value !== 0;
  }
  toInt(): number {
    return this.value;
  }
  override repr(): string {
    return `re.${this.name}`;
  }
  override equals(other: unknown): boolean {
    return other instanceof RegexFlag ? other.value === this.value : numberOf(other) === this.value;
  }
  override hashKey(): number {
    return this.value;
  }
  override binary(op: string, other: unknown, reflected: boolean): unknown {
    const right = other instanceof RegexFlag ? other.value : isInt(other) ? toIndex(other) : undefined;
    if (right === undefined) return undefined;
    if (op === "+") return this.value + right;
    if (op === "-") return reflected ? right - this.value : this.value - right;
    return op === "*" ? this.value * right : undefined;
  }
}

function flagsOf(value: unknown): number {
  if (value instanceof RegexFlag) return value.value;
  return isInt(value)
    ? toIndex(value)
    : raise("TypeError", `unsupported operand type(s) for &: '${typeName(value)}' and 'RegexFlag'`);
}

/** What `re.escape` puts a backslash before. */
const SPECIAL = new Set("()[]{}?*+-|^$\\.&~# \t\n\r\v\f");

function escapePattern(pattern: unknown): string {
  if (typeof pattern !== "string")
    return raise("TypeError", `decoding to str: need a bytes-like object, ${typeName(pattern)} found`);
  return [...pattern].map((c) => (SPECIAL.has(c) ? `\\${c}` : c)).join("");
}

const fn = (signature: string, body: Body): [string, () => PyCallable] => [
  signature.slice(0, signature.indexOf("(")),
  () => defineFunction(signature, body),
];

const find = (name: string): [string, () => PyCallable] =>
  fn(`${name}(pattern, string, flags=0)`, (pattern, string, flags) => {
    const compiled = compile(pattern, flagsOf(flags));
    const subject = asSubject(string);
    return FIND[name]!(compiled, subject, 0, subject.codes.length);
  });

const flag = (value: number, name: string, short?: string): [string, () => RegexFlag][] => {
  let made: RegexFlag | undefined;
  const make = (): RegexFlag => {
    made ??= new RegexFlag(name, value);
    return made;
  };
  return short === undefined
    ? [[name, make]]
    : [
        [name, make],
        [short, make],
      ];
};

/** `modules.re`. */
export const reModule = (): PyDict =>
  moduleDict([
    find("match"),
    find("fullmatch"),
    find("search"),
    fn("sub(pattern, repl, string, count=0, flags=0)", (p, repl, string, count, flags) => {
      return substitute(compile(p, flagsOf(flags)), repl, string, count)[0];
    }),
    fn("subn(pattern, repl, string, count=0, flags=0)", (p, repl, string, count, flags) => {
      return new Tuple(substitute(compile(p, flagsOf(flags)), repl, string, count));
    }),
    fn("split(pattern, string, maxsplit=0, flags=0)", (p, string, most, flags) => {
      return split(compile(p, flagsOf(flags)), string, most);
    }),
    fn("findall(pattern, string, flags=0)", (p, string, flags) => findAll(compile(p, flagsOf(flags)), string)),
    fn("finditer(pattern, string, flags=0)", (p, string, flags) => findIter(compile(p, flagsOf(flags)), string)),
    fn("compile(pattern, flags=0)", (p, flags) => compile(p, flagsOf(flags))),
    fn("template(pattern, flags=0)", (p, flags) => compile(p, flagsOf(flags))),
    fn("purge()", () => null),
    fn("escape(pattern)", escapePattern),
    ["error", () => new PyType("re.error", "error(msg, pattern=None, pos=None)", (msg) => msg, [])],
    [
      "Pattern",
      () => new PyType("re.Pattern", "Pattern()", () => raise("TypeError", "cannot create 're.Pattern' instances"), []),
    ],
    [
      "Match",
      () => new PyType("re.Match", "Match()", () => raise("TypeError", "cannot create 're.Match' instances"), []),
    ],
    ...flag(FLAG.A, "ASCII", "A"),
    ...flag(FLAG.I, "IGNORECASE", "I"),
    ...flag(FLAG.L, "LOCALE", "L"),
    ...flag(FLAG.M, "MULTILINE", "M"),
    ...flag(FLAG.S, "DOTALL", "S"),
    ...flag(FLAG.X, "VERBOSE", "X"),
    ...flag(FLAG.U, "UNICODE", "U"),
    ...flag(0, "NOFLAG"),
    ["RegexFlag", () => new PyType("re.RegexFlag", "RegexFlag(value)", (value) => flagsOf(value), [])],
  ]);
