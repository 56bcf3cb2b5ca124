type Edges = ReadonlyMap<string, readonly string[]>;

/** Maps of lists of ids as numbers: each key, how many it has, and those. An id is its place among `ids`. */
export function packEdges(edges: Edges, numberOf: (id: string) => number): Buffer {
  const numbers: number[] = [];
  for (const [id, others] of edges) {
    numbers.push(numberOf(id), others.length);
    for (const other of others) numbers.push(numberOf(other));
  }
  return Buffer.from(Uint32Array.from(numbers).buffer);
}

/** The map that {@link packEdges} was given. */
export function unpackEdges(bytes: Uint8Array, ids: readonly string[]): Map<string, string[]> {
  const numbers = new Uint32Array(new Uint8Array(bytes).buffer);
  const edges = new Map<string, string[]>();
  for (let at = 0; at < numbers.length; ) {
    const id = ids[numbers[at++]!]!;
    const others: string[] = [];
    for (let left = numbers[at++]!; left > 0; left--) others.push(ids[numbers[at++]!]!);
    edges.set(id, others);
  }
  return edges;
}

/** Gives each id a number: the place it has already, or one behind all of them. */
export class Numbering {
  readonly added: string[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(known: readonly string[]) {
    known.forEach((id, number) => {
      this.numbers.set(id, number);
    });
  }
  readonly of = (id: string): number => {
    let number = this.numbers.get(id);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(id, number);
      this.added.push(id);
    }
    return number;
  };
}
