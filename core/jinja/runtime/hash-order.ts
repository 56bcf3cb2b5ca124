/**
 * The order in which CPython's set shows numbers: where their hashes put them in its table.
 * Strings are hashed anew in each process there, so for anything but numbers the order of insertion is as good as any.
 */
export function hashOrder(keys: readonly unknown[]): readonly unknown[] {
  const hashes: bigint[] = [];
  for (const key of keys) {
    const hash = numberHash(key);
    if (hash === undefined) return keys;
    hashes.push(hash);
  }
  let mask = 7;
  let table: (number | undefined)[] = new Array(8);
  for (let i = 0; i < keys.length; i++) {
    place(table, mask, hashes, i);
    if ((i + 1) * 5 < mask * 3) continue;
    const wanted = i + 1 > 50_000 ? (i + 1) * 2 : (i + 1) * 4;
    let size = 8;
    while (size <= wanted) size *= 2;
    mask = size - 1;
    const old = table;
    table = new Array(size);
    for (const j of old) if (j !== undefined) place(table, mask, hashes, j);
  }
  return table.filter((i) => i !== undefined).map((i) => keys[i]);
}

const LINEAR_PROBES = 9;

function place(table: (number | undefined)[], mask: number, hashes: readonly bigint[], i: number): void {
  const hash = BigInt.asUintN(64, hashes[i] as bigint);
  let perturb = hash;
  let at = Number(hash & BigInt(mask));
  for (;;) {
    const probes = at + LINEAR_PROBES <= mask ? LINEAR_PROBES : 0;
    for (let k = 0; k <= probes; k++) {
      if (table[at + k] !== undefined) continue;
      table[at + k] = i;
      return;
    }
    perturb >>= 5n;
    at = Number((BigInt(at) * 5n + 1n + perturb) & BigInt(mask));
  }
}

const MODULUS = (1n << 61n) - 1n;

/** `hash(n)` of CPython for an int or a float; `undefined` for anything else. */
function numberHash(key: unknown): bigint | undefined {
  let hash: bigint;
  if (typeof key === "bigint") hash = key < 0n ? -(-key % MODULUS) : key % MODULUS;
  else if (typeof key !== "number" || Number.isNaN(key)) return undefined;
  else if (!Number.isFinite(key)) return key > 0 ? 314159n : -314159n;
  else if (Number.isInteger(key)) return numberHash(BigInt(key));
  else hash = fractionHash(key);
  return hash === -1n ? -2n : hash;
}

/** The hash of a float with a fraction: its value modulo the prime 2**61 - 1. */
function fractionHash(value: number): bigint {
  let mantissa = Math.abs(value);
  let exponent = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent++;
  }
  const rotation = BigInt((61 - (exponent % 61)) % 61);
  const hash = (BigInt(mantissa) << rotation) % MODULUS;
  return value < 0 ? -hash : hash;
}
