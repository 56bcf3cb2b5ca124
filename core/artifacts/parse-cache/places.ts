/** Where the entries of a section lie: numbers in a row for each. */
export class Places {
  private readonly numbers: Uint32Array;

  constructor(numbers: Uint32Array) {
    this.numbers = numbers;
  }
  at(index: number): Place {
    const [start, length, restStart, restLength, shape] = this.numbers.subarray(index * WIDTH, index * WIDTH + WIDTH);
    return { start: start!, length: length!, restStart: restStart!, restLength: restLength!, shape: shape! | 0 };
  }
}

export interface Place {
  /** Of the text in the body. */
  start: number;
  length: number;
  /** Of what belongs to it among the rests. */
  restStart: number;
  restLength: number;
  shape: number;
}

const WIDTH = 5;

/** The numbers of all sections, one section after the other. */
export function packPlaces(sections: Iterable<readonly Place[]>): Buffer {
  const numbers: number[] = [];
  for (const places of sections)
    for (const { start, length, restStart, restLength, shape } of places)
      numbers.push(start, length, restStart, restLength, shape >>> 0);
  return Buffer.from(Uint32Array.from(numbers).buffer);
}

/** The sections with so many entries each, out of what {@link packPlaces} made. */
export function unpackPlaces(bytes: Uint8Array, counts: readonly number[]): Places[] {
  const numbers = new Uint32Array(new Uint8Array(bytes).buffer);
  let at = 0;
  return counts.map((count) => {
    at += count * WIDTH;
    return new Places(numbers.subarray(at - count * WIDTH, at));
  });
}
