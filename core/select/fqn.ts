import { fnmatch, hasWildcard } from "./fnmatch.ts";

/**
 * Whether a resource's fqn matches a name: with its package or without, by its last part, or from the first part on.
 * `fqnMatches(["shop", "staging", "orders"], "staging.orders", false)` is true.
 */
export function fqnMatches(fqn: readonly string[], selector: string, versioned: boolean): boolean {
  if (selector === "*") return true;
  return matches(fqn, selector, versioned) || matches(fqn.slice(1), selector, versioned);
}

function matches(fqn: readonly string[], selector: string, versioned: boolean): boolean {
  const wanted = selector.split(".");
  const last = fqn[fqn.length - 1];
  if (versioned) {
    if (fqn[fqn.length - 2] === selector) return true;
    // A version may be joined by a dot or an underscore: `orders.v2`, `orders_v2`.
    if (fqn.slice(-2).join("_") === wanted.slice(-2).join("_")) return true;
  } else if (last === selector) return true;

  const flat = fqn.flatMap((part) => part.split("."));
  if (flat.length < wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) {
    if (hasWildcard(wanted[i]!)) {
      if (fnmatch(flat.slice(i).join("."), wanted.slice(i).join("."))) return true;
      if (selector.includes(".")) return false;
      const leaf = versioned ? fqn[fqn.length - 2] : last;
      return leaf !== undefined && fnmatch(leaf, selector);
    }
    if (flat[i] !== wanted[i]) return false;
  }
  return true;
}
