import { HostObject, PyCallable } from "./values.ts";

/** Python's `bytes`, as `str.encode` makes them. */
export class PyBytes extends HostObject {
  readonly typeName = "bytes";
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }
  override length(): number {
    return this.bytes.length;
  }
  override iterate(): Iterable<unknown> {
    return this.bytes;
  }
  override item(key: unknown): unknown {
    if (typeof key !== "number") return undefined;
    return this.bytes[key < 0 ? key + this.bytes.length : key];
  }
  override attr(name: string): unknown {
    if (name === "decode") return new PyCallable("decode", () => new TextDecoder().decode(this.bytes));
    if (name === "hex") return new PyCallable("hex", () => Buffer.from(this.bytes).toString("hex"));
    return undefined;
  }
  override equals(other: unknown): boolean {
    return other instanceof PyBytes && Buffer.compare(this.bytes, other.bytes) === 0;
  }
  override hashKey(): string {
    return `\0b${Buffer.from(this.bytes).toString("latin1")}`;
  }
  override repr(): string {
    let out = "";
    const quote = this.bytes.includes(39) && !this.bytes.includes(34) ? '"' : "'";
    for (const b of this.bytes) {
      const c = String.fromCharCode(b);
      if (c === "\\" || c === quote) out += `\\${c}`;
      else if (c === "\n") out += "\\n";
      else if (c === "\r") out += "\\r";
      else if (c === "\t") out += "\\t";
      else out += b >= 32 && b < 127 ? c : `\\x${b.toString(16).padStart(2, "0")}`;
    }
    return `b${quote}${out}${quote}`;
  }
}
