import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { type Chunk, temporaryName } from "../atomic.ts";

/** What an index says of the file of texts that belongs to it. */
export interface BodyMark {
  size: number;
  crc: number;
  /** Of the file as it was written; another file, such as a copy, is compared by its checksum. */
  stamp: string;
}

const BLOCK = 4 * 1024 * 1024;

/** Writes the file of texts, and knows where in it each lies. */
export class BodyWriter {
  /** How many bytes have been written. */
  length = 0;
  private readonly path: string;
  private readonly temporary: string;
  private readonly file: number;
  private readonly block = Buffer.allocUnsafe(BLOCK);
  private filled = 0;
  private crc = 0;

  /** @throws a system error where the folder cannot be written */
  constructor(path: string) {
    this.path = path;
    this.temporary = temporaryName(path);
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(this.temporary, "w+");
  }

  add(chunk: Chunk): void {
    // A UTF-16 unit takes three bytes at most.
    const most = typeof chunk === "string" ? chunk.length * 3 : chunk.length;
    if (this.filled + most > BLOCK) this.flush();
    if (most > BLOCK) this.write(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    else if (typeof chunk === "string") this.count(this.block.write(chunk, this.filled));
    else {
      this.block.set(chunk, this.filled);
      this.count(chunk.length);
    }
  }

  /** Ends the file and gives it its name. */
  finish(): { mark: BodyMark; body: Body } {
    this.flush();
    renameSync(this.temporary, this.path);
    const stat = fstatSync(this.file);
    const mark = { size: this.length, crc: this.crc, stamp: stampOf(stat) };
    return { mark, body: new Body(this.file, this.length) };
  }

  discard(): void {
    closeSync(this.file);
    rmSync(this.temporary, { force: true });
  }

  private count(bytes: number): void {
    this.filled += bytes;
    this.length += bytes;
  }

  private flush(): void {
    const bytes = this.block.subarray(0, this.filled);
    this.length -= this.filled;
    this.filled = 0;
    this.write(bytes);
  }

  private write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    this.crc = crc32(bytes, this.crc);
    this.length += bytes.length;
  }
}

/** After so much has been read in pieces, the rest comes at once. */
const IN_PIECES = 8 * 1024 * 1024;

const closing = new FinalizationRegistry<number>((file) => closeSync(file));

/** The file of texts, read where it is looked at. It stays readable when it is removed or written anew. */
export class Body {
  private readonly file: number;
  private readonly size: number;
  private whole: Buffer | undefined;
  private pieces = 0;

  constructor(file: number, size: number) {
    this.file = file;
    this.size = size;
    closing.register(this, file);
  }

  /** The file that an index names; `undefined` where it is missing or another one. */
  static open(path: string, mark: BodyMark): Body | undefined {
    let file: number;
    try {
      file = openSync(path, "r");
    } catch {
      return undefined;
    }
    const body = new Body(file, mark.size);
    const stat = fstatSync(file);
    if (stat.size !== mark.size) return undefined;
    if (stampOf(stat) !== mark.stamp && crc32(body.all()) !== mark.crc) return undefined;
    return body;
  }

  read(start: number, length: number): Buffer {
    if (!this.whole && this.pieces + length < IN_PIECES) {
      this.pieces += length;
      return this.readInto(Buffer.allocUnsafe(length), start);
    }
    return this.all().subarray(start, start + length);
  }

  /** All bytes from `start` to `end`. */
  readTo(start: number, end = this.size): Buffer {
    return this.readInto(Buffer.allocUnsafe(end - start), start);
  }

  /** The bytes from `start` to `end`, a block at a time; each block is overwritten by the next. */
  *blocks(start: number, end = this.size): Generator<Buffer> {
    if (this.whole) {
      yield this.whole.subarray(start, end);
      return;
    }
    const block = Buffer.allocUnsafe(Math.min(BLOCK, end - start));
    for (let at = start; at < end; at += BLOCK) yield this.readInto(block.subarray(0, Math.min(BLOCK, end - at)), at);
  }

  private all(): Buffer {
    this.whole ??= this.readInto(Buffer.allocUnsafeSlow(this.size), 0);
    return this.whole;
  }

  private readInto(buffer: Buffer, start: number): Buffer {
    for (let at = 0; at < buffer.length; ) {
      const read = readSync(this.file, buffer, at, buffer.length - at, start + at);
      if (read === 0) throw new Error("the file of a kept parse has become shorter");
      at += read;
    }
    return buffer;
  }
}

function stampOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs}`;
}
