import { FILTERS, LOOP, METHOD_NAMES, METHODS, NAMES, STRINGS, TESTS, TOKENS, VALUES } from "./words.ts";

/** Random templates from Jinja2's grammar. */

/** A small seeded generator, so that a run can be repeated. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class TemplateGenerator {
  private readonly random: () => number;
  constructor(seed: number) {
    this.random = randomNumbers(seed);
  }

  private pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)] as T;
  }
  private chance(p: number): boolean {
    return this.random() < p;
  }
  private below(n: number): number {
    return Math.floor(this.random() * n);
  }

  /** One template. */
  template(): string {
    if (this.chance(0.08)) return this.soup();
    // Most are a single expression: a longer template shows only its first error.
    if (this.chance(0.55)) return `{{ ${this.expression(3)} }}`;
    const parts: string[] = [];
    const n = 1 + this.below(4);
    for (let i = 0; i < n; i++) parts.push(this.statement(2));
    let text = parts.join(this.pick(["", " ", "\n", "|"]));
    // A few templates are broken on purpose: a character is dropped or doubled.
    if (this.chance(0.06)) {
      const at = this.below(text.length);
      text = this.chance(0.5) ? text.slice(0, at) + text.slice(at + 1) : text.slice(0, at) + text[at] + text.slice(at);
    }
    return text;
  }

  /** Tokens in any order, sometimes within the delimiters of a tag or an output. */
  private soup(): string {
    const words = Array.from({ length: 1 + this.below(9) }, () => this.pick(TOKENS));
    const text = words.join(this.pick([" ", " ", "", "\n"]));
    return this.pick([text, `{{ ${text} }}`, `{% ${text} %}`, `a\n{{ ${text} }}\n`, `{% if n %}${text}{% endif %}`]);
  }

  /** A string literal with escapes. */
  private literal(): string {
    const quote = this.pick(["'", '"']);
    const parts = Array.from({ length: this.below(5) }, () =>
      this.pick([
        "a",
        "Z ",
        "\\n",
        "\\t",
        "\\\\",
        `\\${quote}`,
        "\\x41",
        "\\u00e9",
        "\\U0001F600",
        "\\0",
        "\\q",
        "é",
        "😀",
        "e\u0301",
        "ß",
        "ŉ",
        "İ",
        "ǆ",
        "Σ",
        "<",
        "&",
        "%s",
        "{}",
        "{0!r:>4}",
        "%(a)s",
        " ",
        "\u00a0",
        ",",
        "-",
        "1",
      ]),
    );
    return quote + parts.join("") + quote;
  }

  /** A format specification, right or not. */
  private spec(): string {
    return (
      this.pick(["", "", "<", ">", "^", "=", "*^", "0="]) +
      this.pick(["", "", "+", "-", " "]) +
      this.pick(["", "", "#", "0"]) +
      this.pick(["", "6", "12", "3"]) +
      this.pick(["", "", ",", "_"]) +
      this.pick(["", "", ".0", ".2", ".5"]) +
      this.pick(["", "d", "f", "e", "g", "s", "x", "%", "n", "b", "c"])
    );
  }

  private argumentsOf(): string {
    const parts = Array.from({ length: this.below(4) }, () => this.atom());
    if (this.chance(0.15)) parts.push(`${this.pick(["a", "x", "sep", "key", "default", "reverse"])}=${this.atom()}`);
    if (this.chance(0.05)) parts.push(`*${this.pick(["nums", "cols", "[1]", "n"])}`);
    if (this.chance(0.05)) parts.push(`**${this.pick(["d", "ed", "{'a': 1}", "n"])}`);
    return parts.join(", ");
  }

  private tag(body: string): string {
    const open = this.pick(["{% ", "{%- ", "{%", "{%+ ", "{% ", "{% "]);
    const close = this.pick([" %}", " -%}", "%}", " %}", " +%}", " %}"]);
    return open + body + close;
  }
  private output(): string {
    const open = this.pick(["{{ ", "{{- ", "{{", "{{ ", "{{ "]);
    const close = this.pick([" }}", " -}}", "}}", " }}", " }}"]);
    return open + this.expression(3) + close;
  }
  private text(): string {
    return this.pick(["a", " b ", "\n", "  \n c", "select ", "{ x }", "% ", "#", "\t", "\r\n", "é"]);
  }
  private body(depth: number): string {
    const n = 1 + this.below(3);
    let out = "";
    for (let i = 0; i < n; i++) out += this.statement(depth - 1);
    return out;
  }

  private statement(depth: number): string {
    if (depth <= 0) return this.chance(0.7) ? this.output() : this.text();
    switch (this.below(22)) {
      case 0:
        return this.text();
      case 14:
        return this.recursiveLoop();
      case 15:
        return `{% set ${this.pick(["x", "y"])} | ${this.pick(["trim", "length", "list", "default('z')", "join('-')"])} %}${this.body(depth)}{% endset %}{{ x }}`;
      case 16:
        return `${this.tag(`print ${this.expression(2)}${this.chance(0.3) ? `, ${this.expression(1)}` : ""}`)}`;
      case 17:
        return `{% block ${this.pick(["b", "c"])}${this.chance(0.4) ? " scoped" : ""} %}${this.body(depth)}{% endblock %}${this.chance(0.3) ? "{{ self.b() }}" : ""}`;
      case 18:
        return `{% with x = ${this.expression(1)}, y = ${this.pick(["x", this.expression(1)])} %}${this.body(depth)}{% endwith %}`;
      case 1:
        return `${this.tag(`if ${this.expression(2)}`)}${this.body(depth)}${this.chance(0.4) ? this.tag(`elif ${this.expression(2)}`) + this.body(depth) : ""}${this.chance(0.5) ? this.tag("else") + this.body(depth) : ""}${this.tag("endif")}`;
      case 2:
      case 3:
        return this.loop(depth);
      case 4:
        return this.tag(`set ${this.pick(["x", "y", "n", "x, y"])} = ${this.expression(2)}`);
      case 5:
        return `${this.tag(`set ${this.pick(["x", "y"])}${this.chance(0.3) ? " | upper" : ""}`)}${this.body(depth)}${this.tag("endset")}`;
      case 6:
        return this.macro(depth);
      case 7:
        return `${this.tag(`with ${this.pick(["x", "y"])} = ${this.expression(2)}`)}${this.body(depth)}${this.tag("endwith")}`;
      case 8:
        return `${this.tag(`filter ${this.pick(["upper", "trim", "replace('a', 'b')", "indent(2)"])}`)}${this.body(depth)}${this.tag("endfilter")}`;
      case 9:
        return `${this.tag("raw")}${this.pick(["{{ x }}", "{% if %}", " a "])}${this.tag("endraw")}`;
      case 10:
        return `${this.tag(`do ${this.expression(2)}`)}`;
      case 11:
        return `{% set ns = namespace(a=${this.expression(1)}) %}{% for i in nums %}{% set ns.a = ${this.pick(["ns.a ~ i", "i", "[ns.a, i]"])} %}{% endfor %}{{ ns.a }}`;
      case 12:
        return `${this.pick(["{#", "{#-"])} note {{ x ${this.pick(["#}", "-#}"])}`;
      case 13:
        return `{% macro w(a) %}<{{ caller(${this.pick(["", "a", "1"])}) }}>{% endmacro %}{% call${this.pick(["", "(z)", "(z=2)"])} w(${this.expression(1)}) %}${this.body(depth)}{% endcall %}`;
      default:
        return this.output();
    }
  }

  private recursiveLoop(): string {
    const items = this.pick(["[1, [2, [3]]]", "[[1], [2, []]]", "nested", "users", "d", "'ab'", "[]"]);
    const inner = this.pick(["loop(i)", "loop(i[0])", "loop(i.tags)", "loop()", "loop(nested)[:20]"]);
    return `{% for i in ${items} recursive %}{{ loop.depth }}{{ i if i is number or i is string else ${inner} }}${this.chance(0.3) ? "{{ loop.index }}" : ""}{% else %}none{% endfor %}`;
  }

  private loop(depth: number): string {
    const target = this.pick(["i", "i", "i", "i, j", "x"]);
    const test = this.chance(0.25) ? ` if ${this.expression(1)}` : "";
    const head = this.tag(`for ${target} in ${this.expression(2)}${test}`);
    const inner = this.chance(0.6) ? `{{ loop.${this.pick(LOOP)} }}` : "";
    const tail = this.chance(0.3) ? this.tag("else") + this.body(depth) : "";
    return `${head}{{ ${target === "x" ? "x" : "i"} }}${inner}${this.body(depth)}${tail}${this.tag("endfor")}`;
  }

  private macro(depth: number): string {
    const name = this.pick(["m", "k"]);
    const parameters = this.pick(["", "a", "a, b=2", "a=n, b=a", "a, b, c=3"]);
    const call = this.pick([
      "",
      "1",
      "1, 2",
      "b=3, a=4",
      "1, 2, 3",
      "1, zz=2",
      "*nums",
      "*[1], **{'b': 2}",
      "1, 2, 3, 4",
    ]);
    const extra = this.pick(["", "", "{{ varargs }}", "{{ kwargs }}", "{{ a }}"]);
    return `${this.tag(`macro ${name}(${parameters})`)}${this.body(depth)}${extra}${this.tag("endmacro")}{{ ${name}(${call}) }}`;
  }

  /** An expression at most `depth` operators deep. */
  expression(depth: number): string {
    if (depth <= 0 || this.chance(0.15)) return this.atom();
    const sub = () => this.expression(depth - 1);
    switch (this.below(27)) {
      case 21:
        return `${this.subject()}.${this.pick(METHOD_NAMES)}(${this.argumentsOf()})`;
      case 22:
        return `${sub()} ${this.pick(["<", "==", "in", ">="])} ${sub()} ${this.pick(["<", "!=", "not in", "=="])} ${sub()}`;
      case 23:
        return `'{:${this.spec()}}'.format(${this.atom()})`;
      case 24:
        return `${sub()} | ${this.pick(FILTERS)[0]}(${this.argumentsOf()})`;
      case 25:
        return `${this.atom()} is ${this.pick(TESTS)[0]}(${this.argumentsOf()})`;
      case 0:
      case 1:
        return `${sub()} ${this.pick(["+", "-", "*", "/", "//", "%"])} ${sub()}`;
      case 2:
        return `${sub()} ${this.pick(["==", "!=", "<", "<=", ">", ">=", "in", "not in"])} ${sub()}`;
      case 3:
        return `${sub()} ${this.pick(["and", "or"])} ${sub()}`;
      case 4:
        return `${this.pick(["not ", "-", "+"])}${sub()}`;
      case 5:
        return `${sub()} ~ ${sub()}`;
      case 6:
        return `(${sub()})`;
      case 7:
        return `[${sub()}, ${sub()}]`;
      case 8:
        return `{${this.pick(["'a'", "1", "n", "true", "'b'"])}: ${sub()}, ${this.pick(["'b'", "1.0", "2"])}: ${sub()}}`;
      case 9:
        return `(${sub()}, ${sub()})`;
      case 10:
        return `${sub()} if ${sub()}${this.chance(0.7) ? ` else ${sub()}` : ""}`;
      case 11:
      case 12:
      case 13: {
        const [name, args] = this.pick(FILTERS);
        const given = args.length > 0 ? this.pick(args) : "";
        return `${sub()} | ${name}${given === "" ? "" : `(${given})`}`;
      }
      case 14: {
        const [name, args] = this.pick(TESTS);
        return `${this.atom()} is ${this.chance(0.3) ? "not " : ""}${name}${args.length > 0 ? this.pick(args) : ""}`;
      }
      case 15:
      case 16:
        return `${this.subject()}.${this.pick(METHODS)}`;
      case 17:
        return `${this.subject()}[${this.pick(["0", "-1", "1:", ":2", "::-1", "::2", "1:3", "'a'", "'name'", "5", "n", "none", "-2:", "'zz'", "1.0", "true"])}]`;
      case 18:
        return `${this.subject()}.${this.pick(["a", "name", "age", "zz", "0", "items", "tags", "__class__", "real"])}`;
      case 19:
        return this.pick([
          "range(3)",
          "range(1, 6, 2)",
          "range(5, 0, -1)",
          "dict(a=1, b=n)",
          "dict(d, z=9)",
          "range(n) | list",
          "range(0)",
          "range('a')",
          "dict(pairs)",
          "range(10)[2:5]",
          "cycler(1, 2).next()",
          "joiner('|')()",
        ]);
      case 20:
        return `${this.pick(["1", "2", "f", "neg"])} ** ${this.pick(["2", "3", "0.5", "-1", "n"])}`;
      default:
        return `${this.pick(STRINGS)} % ${this.pick(["n", "(1, 'b', 2.5)", "d", "('x',)", "{'a': 1}", "f", "[1]"])}`;
    }
  }

  private subject(): string {
    return this.chance(0.25) ? `(${this.expression(1)})` : this.chance(0.3) ? this.pick(STRINGS) : this.pick(NAMES);
  }

  private atom(): string {
    switch (this.below(6)) {
      case 0:
        return this.pick([
          "0",
          "1",
          "2",
          "-3",
          "10",
          "1.0",
          "2.5",
          "1e3",
          "1e-7",
          "1_000",
          "9007199254740993",
          "0x10",
          "3.14159",
          "1e22",
        ]);
      case 1:
        return this.chance(0.25) ? this.literal() : this.pick(STRINGS);
      case 2:
        return this.chance(0.4)
          ? this.pick(VALUES)
          : this.pick([
              "true",
              "false",
              "none",
              "[]",
              "{}",
              "()",
              "True",
              "None",
              "[1, 2, 3]",
              "['b', 'A', 'c']",
              "{'x': 1}",
            ]);
      default:
        return this.pick(NAMES);
    }
  }
}
