const MIB = 1024 ** 2;
/** Smaller ones are left to Node. */
const LARGE = MIB / 4;
const MOST_IDLE = 64 * MIB;
const idle: Buffer[] = [];
const lent = new WeakMap<Buffer, Buffer>();

/** Memory to write over. Large pieces are used again once they are given back: new pages have to be cleared by the kernel first. */
export function borrow(size: number): Buffer {
  if (size < LARGE) return Buffer.allocUnsafe(size);
  const index = idle.findIndex(({ length }) => length >= size && length <= size * 2);
  const whole = idle.splice(index, index < 0 ? 0 : 1)[0] ?? Buffer.allocUnsafeSlow(Math.ceil(size / MIB) * MIB);
  const piece = whole.subarray(0, size);
  lent.set(piece, whole);
  return piece;
}

/** For what was borrowed, when nobody reads it any more; anything else is left alone. */
export function giveBack(piece: Buffer): void {
  const whole = lent.get(piece);
  if (!whole) return;
  lent.delete(piece);
  idle.push(whole);
  let kept = idle.reduce((sum, { length }) => sum + length, 0);
  while (kept > MOST_IDLE) kept -= idle.shift()!.length;
}
