import { HostObject } from "../core/jinja/runtime/values.ts";

/** Python's `uuid.UUID`, as drivers give it. */
export class PyUuid extends HostObject {
  readonly typeName = "UUID";
  readonly text: string;
  constructor(text: string) {
    super();
    this.text = text;
  }
  override attr(name: string): unknown {
    return name === "hex" ? this.text.replaceAll("-", "") : undefined;
  }
  override str(): string {
    return this.text;
  }
  override repr(): string {
    return `UUID('${this.text}')`;
  }
  override equals(other: unknown): boolean {
    return other instanceof PyUuid && other.text === this.text;
  }
  override hashKey(): string {
    return `uuid:${this.text}`;
  }
}
