import { PyDict } from "../jinja/runtime/dict.ts";
import { PySet } from "../jinja/runtime/set.ts";
import { CORE, Constructor, MERGE_KEY } from "./construct.ts";
import { isHashable, MappingBuilder, type Places } from "./mapping.ts";
import { YamlProblem } from "./problem.ts";
import { Scanner } from "./scanner.ts";
import * as T from "./tokens.ts";

const DEFAULT_HANDLES: readonly (readonly [string, string])[] = [
  ["!", "!"],
  ["!!", CORE],
];

export interface ParserOptions {
  /** Keep to libyaml where it and PyYAML's own scanner differ. */
  libyaml?: boolean;
  /** Record where each key and value stands. */
  keepPlaces?: boolean;
  /** Told of each key that a mapping has twice, and where the second one stands. */
  onDuplicateKey?: ((key: unknown, offset: number) => void) | undefined;
}

/**
 * Reads one document into plain data while it scans: there are no nodes in between.
 * What a constructor refuses (an unknown tag, a list as key) is reported only after the text has proved well formed, as in PyYAML.
 */
export class Parser {
  private readonly scanner: Scanner;
  private readonly libyaml: boolean;
  private readonly onDuplicateKey: ((key: unknown, offset: number) => void) | undefined;
  private readonly anchors = new Map<string, unknown>();
  private readonly anchorPlaces = new Map<string, number>();
  /** Anchors of collections that are not at their end yet. */
  private readonly open = new Set<string>();
  private handles = new Map(DEFAULT_HANDLES);
  private readonly make = new Constructor();
  /** Where everything stands; kept only if asked for. */
  readonly places: Map<object, Places> | undefined;

  constructor(source: string, options: ParserOptions = {}) {
    const libyaml = options.libyaml ?? false;
    this.libyaml = libyaml;
    this.onDuplicateKey = options.onDuplicateKey;
    this.scanner = new Scanner(source, libyaml);
    this.places = options.keepPlaces ? new Map() : undefined;
  }

  /** The stream's one document; an empty stream is null. */
  parse(): unknown {
    const s = this.scanner;
    let token = s.peek();
    if (token.kind === T.STREAM_END) return null;
    let value: unknown;
    if (token.kind === T.DIRECTIVE || token.kind === T.DOCUMENT_START) {
      this.parseDocumentStart();
      token = s.peek();
      const empty =
        token.kind === T.DIRECTIVE ||
        token.kind === T.DOCUMENT_START ||
        token.kind === T.DOCUMENT_END ||
        token.kind === T.STREAM_END;
      value = empty ? null : this.parseNode(true, false, false);
    } else {
      value = this.parseNode(true, false, false);
    }
    while (s.peek().kind === T.DOCUMENT_END) s.next();
    if (s.peek().kind !== T.STREAM_END) {
      const { start } = s.peek();
      this.parseDocumentStart();
      const message = "expected a single document in the stream, but found another document";
      throw new YamlProblem("ComposerError", message, start);
    }
    if (this.make.problem) throw this.make.problem;
    return value;
  }

  private parseDocumentStart(): void {
    const s = this.scanner;
    const handles = new Map<string, string>();
    let version = false;
    while (s.peek().kind === T.DIRECTIVE) {
      const token = s.next();
      if (token.value === "YAML") {
        if (version) this.fail("found duplicate YAML directive", token.start);
        version = true;
        if (token.handle !== "1") {
          this.fail("found incompatible YAML document (version 1.* is required)", token.start);
        }
      } else if (token.value.startsWith("TAG ")) {
        if (handles.has(token.handle!)) this.fail(`duplicate tag handle '${token.handle}'`, token.start);
        handles.set(token.handle!, token.value.slice(4));
      }
    }
    for (const [handle, prefix] of DEFAULT_HANDLES) if (!handles.has(handle)) handles.set(handle, prefix);
    this.handles = handles;
    const token = s.peek();
    if (token.kind !== T.DOCUMENT_START) {
      this.fail("did not find expected <document start>", token.start);
    }
    s.next();
  }

  private fail(message: string, offset: number, context?: string, contextOffset?: number): never {
    throw new YamlProblem("ParserError", message, offset, context, contextOffset);
  }

  /** Any node. Where `isKey` the answer may be {@link MERGE_KEY}. */
  private parseNode(block: boolean, indentless: boolean, isKey: boolean): unknown {
    const s = this.scanner;
    let token = s.peek();
    if (token.kind === T.SCALAR) {
      s.next();
      return token.plain ? this.make.plainScalar(token.value, token.start, isKey) : token.value;
    }
    if (token.kind === T.ALIAS) {
      s.next();
      if (!this.anchors.has(token.value)) {
        throw new YamlProblem("ComposerError", `found undefined alias '${token.value}'`, token.start);
      }
      if (this.open.has(token.value)) {
        this.make.defer("found unconstructable recursive node", this.anchorPlaces.get(token.value) ?? token.start);
        return null;
      }
      return this.anchors.get(token.value);
    }
    if (token.kind !== T.ANCHOR && token.kind !== T.TAG) {
      return this.parseCollection(block, indentless, undefined, undefined, token.start);
    }

    const { start } = token;
    let anchor: string | undefined;
    let tag: string | undefined;
    for (let i = 0; i < 2; i++) {
      if (token.kind === T.ANCHOR && anchor === undefined) anchor = s.next().value;
      else if (token.kind === T.TAG && tag === undefined) tag = this.fullTag(s.next(), start);
      else break;
      token = s.peek();
    }
    if (anchor !== undefined) {
      // PyYAML looks at the node's first event only after it knows that there is one.
      if (token.kind === T.ALIAS) this.failNoContent(block, start, token);
      if (this.anchors.has(anchor)) {
        const context = `found duplicate anchor '${anchor}'; first occurrence`;
        throw new YamlProblem("ComposerError", "second occurrence", start, context, this.anchorPlaces.get(anchor));
      }
      this.anchorPlaces.set(anchor, start);
    }
    let value: unknown;
    if (token.kind === T.SCALAR) {
      s.next();
      value = this.make.taggedScalar(tag, token.value, token.plain, start, isKey);
    } else if (this.startsCollection(token, block, indentless)) {
      if (anchor !== undefined) this.open.add(anchor);
      value = this.parseCollection(block, indentless, tag, anchor, start);
      if (anchor !== undefined) this.open.delete(anchor);
    } else if (token.kind === T.ALIAS) {
      this.failNoContent(block, start, token);
    } else {
      value = tag === "!" && this.libyaml ? "" : this.make.taggedScalar(tag, "", true, start, isKey);
    }
    if (anchor !== undefined) this.anchors.set(anchor, value);
    return value;
  }

  private startsCollection(token: T.Token, block: boolean, indentless: boolean): boolean {
    switch (token.kind) {
      case T.FLOW_SEQUENCE_START:
      case T.FLOW_MAPPING_START:
        return true;
      case T.BLOCK_SEQUENCE_START:
      case T.BLOCK_MAPPING_START:
        return block;
      case T.BLOCK_ENTRY:
        return indentless;
    }
    return false;
  }

  private failNoContent(block: boolean, start: number, token: T.Token): never {
    return this.fail(
      "did not find expected node content",
      token.start,
      `while parsing a ${block ? "block" : "flow"} node`,
      start,
    );
  }

  private parseCollection(
    block: boolean,
    indentless: boolean,
    tag: string | undefined,
    anchor: string | undefined,
    start: number,
  ): unknown {
    const token = this.scanner.peek();
    if (!this.startsCollection(token, block, indentless)) this.failNoContent(block, start, token);
    const isSequence =
      token.kind === T.FLOW_SEQUENCE_START || token.kind === T.BLOCK_SEQUENCE_START || token.kind === T.BLOCK_ENTRY;
    if (tag === undefined || tag === "!" || tag === (isSequence ? `${CORE}seq` : `${CORE}map`)) {
      return isSequence ? this.parseSequence(token, anchor) : this.parseMapping(token, anchor);
    }
    if (!isSequence) return this.taggedMapping(tag, token, anchor, start);
    const items = this.parseSequence(token, anchor);
    if (tag === `${CORE}omap` || tag === `${CORE}pairs`) return this.make.pairs(items, tag, start);
    this.make.refuseTag(tag, "sequence", start);
    return null;
  }

  private taggedMapping(tag: string, token: T.Token, anchor: string | undefined, start: number): unknown {
    const value = this.parseMapping(token, anchor);
    if (tag === `${CORE}set`) {
      const keys = value instanceof PyDict ? value.keys() : Object.keys(value);
      return new PySet(keys);
    }
    if (tag === `${CORE}omap` || tag === `${CORE}pairs`) {
      const context = `while constructing ${tag.endsWith("omap") ? "an ordered map" : "pairs"}`;
      this.make.defer("expected a sequence, but found mapping", start, context, start);
    } else {
      this.make.refuseTag(tag, "mapping", start);
    }
    return null;
  }

  private fullTag(token: T.Token, start: number): string {
    if (token.handle === null) return token.value;
    const prefix = this.handles.get(token.handle);
    if (prefix === undefined) {
      this.fail(`found undefined tag handle '${token.handle}'`, token.start, "while parsing a node", start);
    }
    return prefix + token.value;
  }

  private parseSequence(first: T.Token, anchor: string | undefined): unknown[] {
    const items: unknown[] = [];
    if (anchor !== undefined) this.anchors.set(anchor, items);
    if (first.kind === T.FLOW_SEQUENCE_START) this.fillFlowSequence(items, this.scanner.next().start);
    else this.fillBlockSequence(items, first.kind === T.BLOCK_ENTRY);
    return items;
  }

  private fillBlockSequence(items: unknown[], indentless: boolean): void {
    const s = this.scanner;
    const start = indentless ? 0 : s.next().start;
    while (s.peek().kind === T.BLOCK_ENTRY) {
      const entry = s.next();
      const token = s.peek();
      const { kind } = token;
      const empty =
        kind === T.BLOCK_ENTRY || kind === T.BLOCK_END || (indentless && (kind === T.KEY || kind === T.VALUE));
      this.place(items, items.length, entry.start, entry.start, empty ? entry.end : token.start, entry.end);
      items.push(empty ? null : this.parseNode(true, false, false));
    }
    if (indentless) return;
    const token = s.peek();
    if (token.kind !== T.BLOCK_END) {
      this.fail("did not find expected '-' indicator", token.start, "while parsing a block collection", start);
    }
    s.next();
  }

  private fillFlowSequence(items: unknown[], start: number): void {
    const s = this.scanner;
    for (let isFirst = true; s.peek().kind !== T.FLOW_SEQUENCE_END; isFirst = false) {
      if (!isFirst) {
        this.expectFlowEntry("sequence", "]", start);
        if (s.peek().kind === T.FLOW_SEQUENCE_END) break;
      }
      const token = s.peek();
      this.place(items, items.length, token.start, token.start, token.start, token.end);
      if (token.kind !== T.KEY) {
        items.push(this.parseNode(false, false, false));
        continue;
      }
      s.next();
      const mapping = new MappingBuilder(this.places);
      this.fillFlowPair(mapping, token, T.FLOW_SEQUENCE_END);
      items.push(mapping.finish());
    }
    s.next();
  }

  private expectFlowEntry(what: string, closer: string, start: number): void {
    const token = this.scanner.peek();
    if (token.kind !== T.FLOW_ENTRY) {
      this.fail(`did not find expected ',' or '${closer}'`, token.start, `while parsing a flow ${what}`, start);
    }
    this.scanner.next();
  }

  /** What follows a KEY in a flow collection that `closer` ends. */
  private fillFlowPair(mapping: MappingBuilder, keyToken: T.Token, closer: number): void {
    const s = this.scanner;
    let token = s.peek();
    const emptyKey = token.kind === T.VALUE || token.kind === T.FLOW_ENTRY || token.kind === closer;
    const key = emptyKey ? null : this.parseNode(false, false, true);
    this.checkKey(key, token.start, keyToken.start);
    let value: unknown = null;
    let valueStart = keyToken.end;
    if (s.peek().kind === T.VALUE) {
      valueStart = s.next().end;
      const next = s.peek();
      if (next.kind !== T.FLOW_ENTRY && next.kind !== closer) {
        valueStart = next.start;
        value = this.parseNode(false, false, false);
      }
    }
    token = emptyKey ? keyToken : token;
    this.addEntry(mapping, key, value, token, valueStart);
  }

  private parseMapping(first: T.Token, anchor: string | undefined): object {
    const mapping = new MappingBuilder(this.places);
    if (anchor !== undefined) this.anchors.set(anchor, mapping.value);
    this.scanner.next();
    if (first.kind === T.FLOW_MAPPING_START) this.fillFlowMapping(mapping, first.start);
    else this.fillBlockMapping(mapping, first.start);
    return mapping.finish();
  }

  private fillBlockMapping(mapping: MappingBuilder, start: number): void {
    const s = this.scanner;
    for (;;) {
      const keyToken = s.peek();
      if (keyToken.kind !== T.KEY) {
        if (keyToken.kind === T.BLOCK_END) break;
        this.fail("did not find expected key", keyToken.start, "while parsing a block mapping", start);
      }
      s.next();
      const first = s.peek();
      const emptyKey = first.kind === T.KEY || first.kind === T.VALUE || first.kind === T.BLOCK_END;
      const key = emptyKey ? null : this.parseNode(true, true, true);
      if (typeof key !== "string") this.checkKey(key, first.start, start);
      let value: unknown = null;
      let valueStart = first.end;
      if (s.peek().kind === T.VALUE) {
        valueStart = s.next().end;
        const next = s.peek();
        if (next.kind !== T.KEY && next.kind !== T.VALUE && next.kind !== T.BLOCK_END) {
          valueStart = next.start;
          value = this.parseNode(true, true, false);
        }
      }
      this.addEntry(mapping, key, value, first, valueStart);
    }
    s.next();
  }

  private fillFlowMapping(mapping: MappingBuilder, start: number): void {
    const s = this.scanner;
    for (let isFirst = true; s.peek().kind !== T.FLOW_MAPPING_END; isFirst = false) {
      if (!isFirst) {
        this.expectFlowEntry("mapping", "}", start);
        if (s.peek().kind === T.FLOW_MAPPING_END) break;
      }
      const token = s.peek();
      if (token.kind === T.KEY) {
        s.next();
        this.fillFlowPair(mapping, token, T.FLOW_MAPPING_END);
        continue;
      }
      const key = this.parseNode(false, false, true);
      this.checkKey(key, token.start, start);
      this.addEntry(mapping, key, null, token, token.end);
    }
    s.next();
  }

  private checkKey(key: unknown, offset: number, start: number): void {
    if (isHashable(key)) return;
    this.make.defer("found unhashable key", offset, "while constructing a mapping", start);
  }

  private addEntry(mapping: MappingBuilder, key: unknown, value: unknown, keyToken: T.Token, valueStart: number): void {
    if (key === MERGE_KEY) {
      const problem = mapping.merge(value);
      if (problem !== undefined) this.make.defer(problem, valueStart, "while constructing a mapping", keyToken.start);
      return;
    }
    if (this.onDuplicateKey && mapping.repeats(key)) this.onDuplicateKey(key, keyToken.start);
    mapping.add(key, value);
    if (this.places) this.place(mapping.value, key, keyToken.start, keyToken.end, valueStart, this.scanner.position);
  }

  private place(container: object, key: unknown, start: number, end: number, value: number, valueEnd: number): void {
    if (!this.places) return;
    let places = this.places.get(container);
    if (!places) {
      places = new Map();
      this.places.set(container, places);
    }
    places.set(key, [start, end, value, valueEnd]);
  }
}
