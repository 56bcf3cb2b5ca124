import type { CharSet } from "./charset.ts";

/** What a pattern's parts are. */
export type ReNode =
  | { kind: "char"; code: number }
  | { kind: "set"; set: CharSet }
  | { kind: "any"; newline: boolean }
  | { kind: "sequence"; items: ReNode[] }
  | { kind: "choice"; items: ReNode[] }
  | { kind: "repeat"; min: number; max: number; mode: "greedy" | "lazy" | "possessive"; item: ReNode }
  | { kind: "group"; number: number; item: ReNode }
  | { kind: "atomic"; item: ReNode }
  | { kind: "look"; behind: number | undefined; negated: boolean; item: ReNode }
  | { kind: "reference"; number: number; ignoreCase: boolean }
  | { kind: "condition"; number: number; yes: ReNode; no: ReNode | undefined }
  | { kind: "at"; at: At };

/** Places that match without taking a character. */
export type At =
  | "start"
  | "lineStart"
  | "end"
  | "endOrNewline"
  | "lineEnd"
  | "boundary"
  | "nonBoundary"
  | "asciiBoundary"
  | "asciiNonBoundary";

/** The flags of a pattern, with Python's values. */
export const FLAG = { I: 2, L: 4, M: 8, S: 16, U: 32, X: 64, A: 256 } as const;

/** The least and the greatest number of characters that a part can match. */
export function widthOf(node: ReNode, groups: ReadonlyMap<number, [number, number]>): [number, number] {
  switch (node.kind) {
    case "char":
    case "set":
    case "any":
      return [1, 1];
    case "sequence": {
      let least = 0;
      let most = 0;
      for (const item of node.items) {
        const [a, b] = widthOf(item, groups);
        least += a;
        most += b;
      }
      return [least, most];
    }
    case "choice": {
      let least = Number.POSITIVE_INFINITY;
      let most = 0;
      for (const item of node.items) {
        const [a, b] = widthOf(item, groups);
        least = Math.min(least, a);
        most = Math.max(most, b);
      }
      return [least, most];
    }
    case "repeat": {
      const [a, b] = widthOf(node.item, groups);
      return [a * node.min, b === 0 || node.max === 0 ? 0 : b * node.max];
    }
    case "group":
    case "atomic":
      return widthOf(node.item, groups);
    case "look":
    case "at":
      return [0, 0];
    case "reference":
      return groups.get(node.number) ?? [0, Number.POSITIVE_INFINITY];
    case "condition": {
      const [a, b] = widthOf(node.yes, groups);
      const [c, d] = node.no ? widthOf(node.no, groups) : [0, 0];
      return [Math.min(a, c), Math.max(b, d)];
    }
  }
}
