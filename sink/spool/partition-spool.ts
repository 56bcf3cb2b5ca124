import { createHash } from "node:crypto";
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { Message } from "../message.ts";

/** What all partitions of a spool share. */
export interface Room {
  /** Bytes that may be written. */
  readonly left: number;
  changed(by: number): void;
  failed(error: unknown): void;
}

/** A part of a partition, as it was fetched: all messages from one offset up to, not including, another. */
export interface Part {
  from: number;
  next: number;
  messages: Message[];
}

/** A part as it stands in a file: its length, its checksum, its content. */
interface Frame {
  from: number;
  next: number;
  segment: Segment;
  at: number;
  length: number;
}

interface Segment {
  file: string;
  size: number;
}

const SEGMENT = 8 * 1024 ** 2;
const SUM = 16;
const HEAD = 4 + SUM;

/** Messages of one partition on disk, without a gap, in files to which parts are appended. */
export class PartitionSpool {
  readonly #folder: string;
  readonly #room: Room;
  #frames: Frame[] = [];
  #segments: Segment[] = [];

  constructor(folder: string, room: Room) {
    this.#folder = folder;
    this.#room = room;
    this.#recover();
  }

  /** The offset behind what is kept, or nothing where nothing is. */
  get end(): number | undefined {
    return this.#frames.at(-1)?.next;
  }

  get hasRoom(): boolean {
    return this.#room.left > 0;
  }

  holds(offset: number): boolean {
    return this.#frames.length > 0 && this.#frames[0]!.from <= offset && offset < this.end!;
  }

  /** Keeps a part that goes on where the last one ended. Answers false where it cannot: no room, or a full disk. */
  append(part: Part): boolean {
    if (this.#frames.length && part.from !== this.end) return false;
    const content = serialize(part);
    const frame = Buffer.alloc(HEAD + content.length);
    frame.writeUInt32BE(content.length, 0);
    sumOf(content).copy(frame, 4);
    content.copy(frame, HEAD);
    if (frame.length > this.#room.left) return false;
    let segment = this.#segments.at(-1);
    if (!segment || segment.size >= SEGMENT) {
      segment = { file: join(this.#folder, `${String(part.from).padStart(20, "0")}.spool`), size: 0 };
      this.#segments.push(segment);
    }
    try {
      mkdirSync(this.#folder, { recursive: true });
      write(segment, frame);
    } catch (error) {
      this.#room.failed(error);
      if (!segment.size) this.#remove(segment);
      return false;
    }
    this.#frames.push({ from: part.from, next: part.next, segment, at: segment.size, length: frame.length });
    segment.size += frame.length;
    this.#room.changed(frame.length);
    return true;
  }

  /** The part that holds an offset. Where the file is damaged, all from there on is dropped: Kafka has it. */
  read(offset: number): Part | undefined {
    const index = this.#frames.findIndex(({ from, next }) => from <= offset && offset < next);
    const frame = this.#frames[index];
    if (!frame) return undefined;
    const part = partOf(slice(frame));
    if (!part) this.clear();
    return part;
  }

  /** Lets go of what ends before an offset. */
  release(before: number): void {
    while (this.#frames.length && this.#frames[0]!.next <= before) this.#frames.shift();
    const first = this.#frames[0]?.segment;
    while (this.#segments.length && this.#segments[0] !== first) this.#remove(this.#segments[0]!);
  }

  clear(): void {
    this.release(Number.POSITIVE_INFINITY);
  }

  #remove(segment: Segment): void {
    this.#segments = this.#segments.filter((other) => other !== segment);
    this.#room.changed(-segment.size);
    rmSync(segment.file, { force: true });
  }

  /** What a former process left, up to the first part that is damaged or does not go on. */
  #recover(): void {
    let names: string[] = [];
    try {
      names = readdirSync(this.#folder).sort();
    } catch {
      return;
    }
    let whole = true;
    for (const name of names) {
      const segment: Segment = { file: join(this.#folder, name), size: 0 };
      const content = whole ? readFileSync(segment.file) : Buffer.alloc(0);
      while (whole && segment.size < content.length) {
        const length = HEAD + (segment.size + HEAD <= content.length ? content.readUInt32BE(segment.size) : 0);
        const part = partOf(content.subarray(segment.size, segment.size + length));
        whole = part !== undefined && (this.end ?? part.from) === part.from;
        if (!part || !whole) break;
        this.#frames.push({ from: part.from, next: part.next, segment, at: segment.size, length });
        segment.size += length;
      }
      if (!segment.size) rmSync(segment.file, { force: true });
      else {
        cut(segment);
        this.#segments.push(segment);
        this.#room.changed(segment.size);
      }
    }
  }
}

function sumOf(content: Uint8Array): Buffer {
  return createHash("md5").update(content).digest();
}

function partOf(frame: Buffer): Part | undefined {
  if (frame.length < HEAD) return undefined;
  const content = frame.subarray(HEAD);
  if (content.length !== frame.readUInt32BE(0) || !sumOf(content).equals(frame.subarray(4, HEAD))) return undefined;
  return deserialize(content) as Part;
}

function slice({ segment, at, length }: Frame): Buffer {
  const bytes = Buffer.alloc(length);
  try {
    const file = openSync(segment.file, "r");
    try {
      return bytes.subarray(0, readSync(file, bytes, 0, length, at));
    } finally {
      closeSync(file);
    }
  } catch {
    return bytes.subarray(0, 0);
  }
}

/** Writes behind what is there; what was written of it before a failure is taken back. */
function write(segment: Segment, bytes: Buffer): void {
  const file = openSync(segment.file, segment.size ? "r+" : "w");
  try {
    for (let done = 0; done < bytes.length; )
      done += writeSync(file, bytes, done, bytes.length - done, segment.size + done);
  } catch (error) {
    ftruncateSync(file, segment.size);
    throw error;
  } finally {
    closeSync(file);
  }
}

function cut(segment: Segment): void {
  const file = openSync(segment.file, "r+");
  ftruncateSync(file, segment.size);
  closeSync(file);
}
