import { JinjaError } from "../errors.ts";
import { isNumber, toDouble } from "./numbers.ts";
import { float, HostObject } from "./values.ts";

/** A complex number: what a root of a negative number is in Python. */
export class PyComplex extends HostObject {
  readonly typeName = "complex";
  readonly real: number;
  readonly imag: number;
  constructor(real: number, imag: number) {
    super();
    this.real = real;
    this.imag = imag;
  }
  override repr(): string {
    const part = (v: number) => String(v).replace(/e([+-])(\d)$/, "e$10$2");
    return `(${part(this.real)}${this.imag < 0 ? "-" : "+"}${part(Math.abs(this.imag))}j)`;
  }
  override attr(name: string): unknown {
    if (name === "real") return float(this.real);
    return name === "imag" ? float(this.imag) : undefined;
  }
  override truth(): boolean {
    return this.real !== 0 || this.imag !== 0;
  }
  override equals(other: unknown): boolean {
    if (other instanceof PyComplex) return other.real === this.real && other.imag === this.imag;
    return this.imag === 0 && isNumber(other) && toDouble(other) === this.real;
  }
  override binary(op: string, other: unknown, reflected: boolean): unknown {
    if (op === "neg") return new PyComplex(-this.real, -this.imag);
    if (op === "pos") return this;
    if (op === "abs") return float(Math.hypot(this.real, this.imag));
    const given = other instanceof PyComplex ? other : isNumber(other) ? new PyComplex(toDouble(other), 0) : undefined;
    if (given === undefined) return undefined;
    const [a, b] = reflected ? [given, this] : [this, given];
    switch (op) {
      case "+":
        return new PyComplex(a.real + b.real, a.imag + b.imag);
      case "-":
        return new PyComplex(a.real - b.real, a.imag - b.imag);
      case "*":
        return new PyComplex(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real);
      case "/": {
        const n = b.real * b.real + b.imag * b.imag;
        if (n === 0) throw new JinjaError("ZeroDivisionError", "complex division by zero");
        return new PyComplex((a.real * b.real + a.imag * b.imag) / n, (a.imag * b.real - a.real * b.imag) / n);
      }
    }
    return undefined;
  }
}
