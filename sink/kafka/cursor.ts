/** Reads the numbers of Kafka's protocol from bytes, one after the other. */
export class Cursor {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  int8(): number {
    return this.bytes.readInt8(this.#past(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.#past(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.#past(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.#past(8));
  }

  /** Seven bits a byte, the lowest first. */
  unsigned(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let factor = 128; ; factor *= 128) {
      byte = bytes[this.at++]!;
      if (byte === undefined) throw new RangeError("a number ends behind the bytes that are there");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  /** A number with its sign in the lowest bit. */
  varint(): number {
    const value = this.unsigned();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  uuid(): string {
    const hex = this.bytes.toString("hex", this.at, this.#past(16) + 16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** As many items as stand before them. */
  list<T>(item: () => T): T[] {
    return Array.from({ length: Math.max(0, this.unsigned() - 1) }, item);
  }

  /** Goes past the fields that only newer programs know. */
  pastTagged(): void {
    for (let left = this.unsigned(); left > 0; left--) {
      this.unsigned();
      this.#past(this.unsigned());
    }
  }

  #past(size: number): number {
    const from = this.at;
    this.at += size;
    return from;
  }
}
