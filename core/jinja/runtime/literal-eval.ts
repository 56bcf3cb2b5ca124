import { unescapeString } from "../strings.ts";
import { pyNeg, pyPos } from "./arith.ts";
import { PyBytes } from "./bytes.ts";
import { PyDict } from "./dict.ts";
import { int, isNumber } from "./numbers.ts";
import { PySet } from "./set.ts";
import { float, Tuple } from "./values.ts";

/** Python's `ast.literal_eval`; `undefined` where Python raises. */
export function literalEval(text: string): unknown {
  try {
    return new LiteralReader(text.replace(/^[ \t]+/, "")).read();
  } catch {
    return undefined;
  }
}

class NotALiteral {}

const TOKEN =
  /[ \t\f\r\n]*(?:#[^\n]*\n?[ \t\f\r\n]*)*(?:([rRbBuU]{0,2})("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|(0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?(?:[eE][+-]?\d(?:_?\d)*)?)|([A-Za-z_]\w*)|([-+,:()[\]{}])|($))/y;

type Token = { kind: "string" | "number" | "name" | "op" | "end"; text: string; prefix: string };

class LiteralReader {
  private readonly text: string;
  private position = 0;
  private token: Token = { kind: "end", text: "", prefix: "" };

  constructor(text: string) {
    this.text = text;
    this.next();
  }

  read(): unknown {
    const value = this.tupleOrValue();
    if (this.token.kind !== "end") throw new NotALiteral();
    return value;
  }

  private next(): void {
    TOKEN.lastIndex = this.position;
    const m = TOKEN.exec(this.text);
    if (m === null) throw new NotALiteral();
    this.position = TOKEN.lastIndex;
    if (m[2] !== undefined) this.token = { kind: "string", text: m[2], prefix: (m[1] ?? "").toLowerCase() };
    else if (m[3] !== undefined) this.token = { kind: "number", text: m[3], prefix: "" };
    else if (m[4] !== undefined) this.token = { kind: "name", text: m[4], prefix: "" };
    else if (m[5] !== undefined) this.token = { kind: "op", text: m[5], prefix: "" };
    else this.token = { kind: "end", text: "", prefix: "" };
  }

  private is(op: string): boolean {
    return this.token.kind === "op" && this.token.text === op;
  }
  private take(op: string): boolean {
    if (!this.is(op)) return false;
    this.next();
    return true;
  }
  private need(op: string): void {
    if (!this.take(op)) throw new NotALiteral();
  }

  private tupleOrValue(): unknown {
    const first = this.value();
    if (!this.is(",")) return first;
    const items = [first];
    while (this.take(",")) {
      if (this.token.kind === "end" || this.is(")")) break;
      items.push(this.value());
    }
    return new Tuple(items);
  }

  /** A literal; sums, which Python allows for complex numbers, are refused. */
  private value(): unknown {
    const value = this.signed();
    if (this.is("+") || this.is("-")) throw new NotALiteral();
    return value;
  }

  private signed(): unknown {
    if (this.is("+") || this.is("-")) {
      const minus = this.is("-");
      this.next();
      const v = this.signed();
      if (!isNumber(v) || typeof v === "boolean") throw new NotALiteral();
      return minus ? pyNeg(v) : pyPos(v);
    }
    return this.atom();
  }

  private atom(): unknown {
    const { token } = this;
    switch (token.kind) {
      case "string":
        return this.strings();
      case "number":
        this.next();
        return number(token.text);
      case "name":
        this.next();
        return this.named(token.text);
      case "op":
        break;
      default:
        throw new NotALiteral();
    }
    if (this.take("(")) {
      if (this.take(")")) return new Tuple([]);
      const v = this.tupleOrValue();
      this.need(")");
      return v;
    }
    if (this.take("[")) {
      const items = this.items("]");
      return items;
    }
    if (this.take("{")) return this.braces();
    throw new NotALiteral();
  }

  private named(name: string): unknown {
    if (name === "None") return null;
    if (name === "True") return true;
    if (name === "False") return false;
    if (name === "set" && this.take("(")) {
      this.need(")");
      return new PySet();
    }
    throw new NotALiteral();
  }

  private items(close: string): unknown[] {
    const items: unknown[] = [];
    while (!this.take(close)) {
      if (items.length > 0) {
        this.need(",");
        if (this.take(close)) break;
      }
      items.push(this.value());
    }
    return items;
  }

  private braces(): unknown {
    if (this.take("}")) return new PyDict();
    const first = this.value();
    if (!this.is(":")) {
      const set = new PySet([first]);
      while (this.take(",")) {
        if (this.is("}")) break;
        set.add(this.value());
      }
      this.need("}");
      return set;
    }
    const d = new PyDict();
    this.need(":");
    d.set(first, this.value());
    while (this.take(",")) {
      if (this.is("}")) break;
      const key = this.value();
      this.need(":");
      d.set(key, this.value());
    }
    this.need("}");
    return d;
  }

  private strings(): unknown {
    let out = "";
    let bytes: boolean | undefined;
    while (this.token.kind === "string") {
      const { text, prefix } = this.token;
      const isBytes = prefix.includes("b");
      if (bytes !== undefined && bytes !== isBytes) throw new NotALiteral();
      bytes = isBytes;
      const quotes = text.startsWith('"""') || text.startsWith("'''") ? 3 : 1;
      const raw = text.slice(quotes, -quotes);
      out += prefix.includes("r")
        ? raw
        : unescapeString(raw, () => {
            throw new NotALiteral();
          });
      this.next();
    }
    return bytes === true ? new PyBytes(Uint8Array.from(out, (c) => c.charCodeAt(0))) : out;
  }
}

function number(text: string): unknown {
  const plain = text.replaceAll("_", "");
  if (/^0[xob]/i.test(plain)) return int(BigInt(plain.toLowerCase()));
  if (/[.eE]/.test(plain)) return float(Number(plain));
  if (/^0\d/.test(plain) && !/^0+$/.test(plain)) throw new NotALiteral();
  return int(BigInt(plain));
}
