import { PyDict } from "../../jinja/runtime/dict.ts";
import { floatRepr } from "../../jinja/runtime/numbers.ts";
import { pyRepr } from "../../jinja/runtime/repr.ts";
import { PySet } from "../../jinja/runtime/set.ts";
import { HostObject, PyFloat, Tuple } from "../../jinja/runtime/values.ts";
import { PyBytes } from "../../python/bytes.ts";
import { PyDate } from "../../python/datetime/date.ts";
import { PyDateTime } from "../../python/datetime/datetime.ts";
import { sortedEntries } from "../../python/sorting.ts";
import { isPlainObject } from "../mapping.ts";

/** A value as YAML's data model has it. A value met twice is one node, which gets an anchor. */
export type Node = ScalarNode | SequenceNode | MappingNode;

interface ScalarNode {
  kind: "scalar";
  tag: string;
  text: string;
  literal: boolean;
  anchor: string | undefined;
}
export interface SequenceNode {
  kind: "sequence";
  tag: string;
  items: Node[];
  anchor: string | undefined;
}
export interface MappingNode {
  kind: "mapping";
  tag: string;
  entries: [Node, Node][];
  anchor: string | undefined;
}

/** A value that YAML cannot say; the message is PyYAML's. */
export class CannotRepresent extends Error {}

/** Makes the nodes of a value, as PyYAML's SafeRepresenter does. */
export class Representer {
  private readonly known = new Map<object, Node>();
  private readonly sortKeys: boolean;

  constructor(sortKeys: boolean) {
    this.sortKeys = sortKeys;
  }

  /** Throws {@link CannotRepresent} for values that safe YAML does not know, such as a Decimal. */
  represent(value: unknown): Node {
    if (typeof value !== "object" || value === null) return simpleScalar(value);
    if (value instanceof PyFloat) return scalar("float", floatText(value.value));
    if (value instanceof PyBytes) return scalar("binary", encodeBase64(value.bytes), true);
    const before = this.known.get(value);
    if (before) return before;
    if (value instanceof PyDateTime) return this.keep(value, scalar("timestamp", value.isoFormat(" ")));
    if (value instanceof PyDate) return this.keep(value, scalar("timestamp", value.isoDate()));
    if (Array.isArray(value)) return this.sequence(value, value);
    if (value instanceof Tuple) return this.sequence(value, value.items);
    if (value instanceof PySet) {
      return this.mapping(
        value,
        "set",
        [...value].map((key) => [key, null] as [unknown, unknown]),
      );
    }
    if (value instanceof PyDict) return this.mapping(value, "map", [...value.entries()]);
    if (value instanceof HostObject || !isPlainObject(value)) {
      throw new CannotRepresent(`('cannot represent an object', ${pyRepr(value)})`);
    }
    return this.mapping(value, "map", Object.entries(value));
  }

  private keep<N extends Node>(value: object, node: N): N {
    this.known.set(value, node);
    return node;
  }

  private sequence(value: object, items: readonly unknown[]): Node {
    const node: SequenceNode = { kind: "sequence", tag: "seq", items: [], anchor: undefined };
    // The empty tuple is never shared.
    if (!(value instanceof Tuple && items.length === 0)) this.known.set(value, node);
    for (const item of items) node.items.push(this.represent(item));
    return node;
  }

  private mapping(value: object, tag: string, entries: [unknown, unknown][]): Node {
    const node = this.keep<MappingNode>(value, { kind: "mapping", tag, entries: [], anchor: undefined });
    for (const [key, item] of this.sortKeys ? sortedEntries(entries) : entries) {
      node.entries.push([this.represent(key), this.represent(item)]);
    }
    return node;
  }
}

function scalar(tag: string, text: string, literal = false): ScalarNode {
  return { kind: "scalar", tag, text, literal, anchor: undefined };
}

function simpleScalar(value: unknown): ScalarNode {
  switch (typeof value) {
    case "string":
      return scalar("str", value);
    case "boolean":
      return scalar("bool", String(value));
    case "bigint":
      return scalar("int", String(value));
    case "number":
      return Number.isInteger(value) ? scalar("int", String(value)) : scalar("float", floatText(value));
  }
  if (value === null) return scalar("null", "null");
  throw new CannotRepresent("('cannot represent an object', Undefined)");
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  const text = floatRepr(value);
  return text.includes("e") && !text.includes(".") ? text.replace("e", ".0e") : text;
}

/** Base64 in lines of 76 characters, each ended. */
function encodeBase64(data: Uint8Array): string {
  return Buffer.from(data)
    .toString("base64")
    .replace(/.{1,76}/g, "$&\n");
}

/** Names the nodes that appear more than once `id001`, `id002`, …, in the order in which they are met again. */
export function nameShared(root: Node): void {
  const seen = new Set<Node>();
  let count = 0;
  const visit = (node: Node): void => {
    if (seen.has(node)) {
      node.anchor ??= `id${String(++count).padStart(3, "0")}`;
      return;
    }
    seen.add(node);
    if (node.kind === "sequence") for (const item of node.items) visit(item);
    else if (node.kind === "mapping") {
      for (const [key, value] of node.entries) {
        visit(key);
        visit(value);
      }
    }
  };
  visit(root);
}
