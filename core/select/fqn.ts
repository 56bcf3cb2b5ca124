import { fnmatch, hasWildcard } from "./fnmatch.ts";

/** Tells whether a resource's fqn matches; `versioned` for a model that has a version. */
export type FqnMatcher = (fqn: readonly string[], versioned: boolean) => boolean;

/**
 * Matches a resource by name: with its package or without, by its last part, or from the first part on.
 * `fqnMatcher("staging.orders")(["shop", "staging", "orders"], false)` is true.
 */
export function fqnMatcher(selector: string): FqnMatcher {
  if (selector === "*") return () => true;
  const wanted = selector.split(".");
  const wild = wanted.findIndex(hasWildcard);
  const plain = wild < 0 ? wanted.length : wild;
  const rest = wanted.slice(plain).join(".");
  const bare = wanted.length === 1;
  const lastTwo = wanted.slice(-2).join("_");

  /** From the first part on; the parts of `fqn` are free of dots. */
  const fromStart = (fqn: readonly string[], start: number): boolean => {
    if (fqn.length - start < wanted.length) return false;
    for (let i = 0; i < plain; i++) if (fqn[start + i] !== wanted[i]) return false;
    return wild < 0 || fnmatch(fqn.slice(start + plain).join("."), rest);
  };

  return (fqn, versioned) => {
    const last = fqn[fqn.length - 1];
    const leaf = versioned ? fqn[fqn.length - 2] : last;
    if (leaf === selector) return true;
    // A version may be joined by a dot or an underscore: `orders.v2`, `orders_v2`.
    if (versioned && `${leaf}_${last}` === lastTwo) return true;
    const dotted = fqn.some((part) => part.includes("."));
    const flat = dotted ? fqn.flatMap((part) => part.split(".")) : fqn;
    if (fromStart(flat, 0)) return true;
    if (fromStart(flat, dotted ? fqn[0]!.split(".").length : 1)) return true;
    return wild >= 0 && bare && leaf !== undefined && fnmatch(leaf, selector);
  };
}
