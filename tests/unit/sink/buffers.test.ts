import { expect, it } from "vitest";
import { borrow, giveBack } from "../../../sink/layout/buffers.ts";

const MIB = 1024 ** 2;
const isSame = (one: Buffer, other: Buffer) => one.buffer === other.buffer;

it("lends large memory again once it is given back, and never before", () => {
  const first = borrow(3 * MIB - 5);
  const second = borrow(3 * MIB - 5);
  expect(isSame(first, second)).toBe(false);
  giveBack(first);
  const third = borrow(2 * MIB);
  expect([isSame(first, third), third.length]).toEqual([true, 2 * MIB]);
  expect(isSame(borrow(2 * MIB), third)).toBe(false);
  giveBack(third);
  giveBack(third);
  const [fourth, fifth] = [borrow(2 * MIB), borrow(2 * MIB)];
  expect([isSame(fourth, third), isSame(fourth, fifth)]).toEqual([true, false]);
});

it("lends no more than twice what is asked for, and keeps little for nobody", () => {
  const large = borrow(40 * MIB);
  const larger = borrow(50 * MIB);
  giveBack(large);
  expect(isSame(borrow(10 * MIB), large)).toBe(false);
  giveBack(larger);
  expect(isSame(borrow(40 * MIB), large)).toBe(false);
  giveBack(Buffer.alloc(MIB));
});
