import { appendFileSync, mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Message } from "../../../sink/message.ts";
import { openLog } from "../../../sink/run/log.ts";
import { openSpool } from "../../../sink/spool/index.ts";

const FROM = { topic: "t", topicId: "id", partition: 3 };
const log = openLog("error");
log.level = "silent";

function message(offset: number, size = 10): Message {
  const headers: Message["headers"] = [[Buffer.from("h"), undefined]];
  return { offset, bytes: size, timestamp: 5, key: undefined, value: Buffer.alloc(size, offset), headers };
}

const part = (from: number, next: number, size?: number) => ({
  from,
  next,
  messages: Array.from({ length: next - from }, (_, index) => message(from + index, size)),
});

function open(folder = mkdtempSync(join(tmpdir(), "tsdbt-spool-")), max = 1e9) {
  let bytes = 0;
  const spool = openSpool({ folder, max }, log, (now) => {
    bytes = now;
  });
  return { folder, spool, partition: spool.of(FROM), bytes: () => bytes };
}

const files = (folder: string) => readdirSync(join(folder, "id-3")).map((name) => join(folder, "id-3", name));

it("a spool gives back what it was given, also to the next process", () => {
  const first = open();
  expect(first.partition.append(part(5, 8))).toBe(true);
  expect(first.partition.append(part(8, 12))).toBe(true);
  expect(first.partition.append(part(13, 14))).toBe(false);
  first.spool.close();
  const { partition } = open(first.folder);
  expect([partition.end, partition.holds(4), partition.holds(5), partition.holds(12)]).toEqual([
    12,
    false,
    true,
    false,
  ]);
  expect(partition.read(9)).toEqual(part(8, 12));
});

it("a spool lets go of files whose messages are stored, and takes no more than it may", () => {
  const { folder, partition, bytes } = open(undefined, 20e6);
  for (let from = 0; from < 30; from += 10) expect(partition.append(part(from, from + 10, 600_000))).toBe(true);
  expect(partition.append(part(30, 40, 600_000))).toBe(false);
  expect(files(folder)).toHaveLength(2);
  partition.release(20);
  expect(files(folder)).toHaveLength(1);
  expect(bytes()).toBe(statSync(files(folder)[0]!).size);
  expect(partition.append(part(30, 40, 600_000))).toBe(true);
  partition.clear();
  expect([bytes(), files(folder)]).toEqual([0, []]);
});

it.each([
  ["is cut off", (file: string) => truncateSync(file, statSync(file).size - 3)],
  ["has a part's beginning behind it", (file: string) => appendFileSync(file, Buffer.from([0, 0, 9]))],
  [
    "is damaged",
    (file: string) =>
      writeFileSync(
        file,
        readFileSync(file).map((byte, at, all) => (at === all.length - 9 ? ~byte : byte)),
      ),
  ],
])("a file that %s loses no more than the part that is hit, and goes on behind it", (_, harm) => {
  const { folder, spool, partition } = open();
  partition.append(part(0, 3));
  partition.append(part(3, 6));
  spool.close();
  harm(files(folder)[0]!);
  const again = open(folder);
  const end = again.partition.end!;
  expect([3, 6]).toContain(end);
  expect(again.partition.append(part(end, 9))).toBe(true);
  again.spool.close();
  const last = open(folder).partition;
  expect([last.read(0), last.read(8)]).toEqual([part(0, 3), part(end, 9)]);
});

it("a file that is damaged while in use is dropped: Kafka has its messages", () => {
  const { folder, partition } = open();
  partition.append(part(0, 3));
  writeFileSync(files(folder)[0]!, "");
  expect([partition.read(1), partition.end]).toEqual([undefined, undefined]);
});

it("a spool belongs to one process", () => {
  const { folder, spool } = open();
  writeFileSync(join(folder, "lock"), String(process.ppid));
  expect(() => open(folder)).toThrow(/belongs to process \d+$/);
  spool.close();
  writeFileSync(join(folder, "lock"), "999999999");
  expect(open(folder).partition.end).toBeUndefined();
});
