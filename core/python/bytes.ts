import { HostObject } from "../jinja/runtime/values.ts";
import { type Member, member, method, raise } from "./support.ts";

/** Python's `bytes`, as far as a YAML file or a warehouse can bring them into a template. */
export class PyBytes extends HostObject {
  readonly typeName = "bytes";
  readonly data: Uint8Array;
  constructor(data: Uint8Array) {
    super();
    this.data = data;
  }
  override attr(name: string): unknown {
    return member(MEMBERS, this, name);
  }
  override item(key: unknown): unknown {
    if (typeof key !== "number") return undefined;
    return this.data[key < 0 ? key + this.data.length : key];
  }
  override iterate(): Iterable<unknown> {
    return this.data;
  }
  override length(): number {
    return this.data.length;
  }
  override repr(): string {
    let text = "";
    let hasSingle = false;
    let hasDouble = false;
    for (const byte of this.data) {
      if (byte === 39) hasSingle = true;
      if (byte === 34) hasDouble = true;
    }
    const quote = hasSingle && !hasDouble ? '"' : "'";
    for (const byte of this.data) {
      const character = String.fromCharCode(byte);
      if (character === quote || byte === 92) text += `\\${character}`;
      else if (byte === 9) text += "\\t";
      else if (byte === 10) text += "\\n";
      else if (byte === 13) text += "\\r";
      else if (byte < 32 || byte >= 127) text += `\\x${byte.toString(16).padStart(2, "0")}`;
      else text += character;
    }
    return `b${quote}${text}${quote}`;
  }
  override equals(other: unknown): boolean {
    return other instanceof PyBytes && Buffer.compare(this.data, other.data) === 0;
  }
  override hashKey(): string {
    return `\0bytes:${this.hex()}`;
  }
  override compare(other: unknown): number | undefined {
    return other instanceof PyBytes ? Buffer.compare(this.data, other.data) : undefined;
  }
  hex(): string {
    return Buffer.from(this.data).toString("hex");
  }
}

const MEMBERS = new Map<string, Member<PyBytes>>([
  ["hex", method("hex()", (self: PyBytes) => self.hex())],
  [
    "decode",
    method("decode(encoding='utf-8', errors='strict')", (self: PyBytes, encoding: string, errors: string) => {
      try {
        return new TextDecoder(encoding, { fatal: errors === "strict", ignoreBOM: true }).decode(self.data);
      } catch {
        return raise("UnicodeError", `'${encoding}' codec can't decode the bytes`);
      }
    }),
  ],
]);
