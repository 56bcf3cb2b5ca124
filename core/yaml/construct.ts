import { PyDict } from "../jinja/runtime/dict.ts";
import { Tuple } from "../jinja/runtime/values.ts";
import { isPlainObject } from "./mapping.ts";
import { YamlProblem } from "./problem.ts";
import { resolveScalar } from "./resolve.ts";
import { BadScalar, toBinary, toBool, toFloat, toInt, toTimestamp } from "./scalars.ts";

/** The prefix of YAML's own tags. */
export const CORE = "tag:yaml.org,2002:";

/** Stands for the key `<<`. */
export const MERGE_KEY = Symbol("<<");

/**
 * Makes values of scalars and of tagged collections. What it refuses (an unknown tag, a number that is none) it notes as
 * `problem`, since PyYAML reports that only after the text has proved well formed.
 */
export class Constructor {
  problem: YamlProblem | undefined;

  /** Notes a problem, if it is the first. */
  defer(message: string, offset: number, context?: string, contextOffset?: number): void {
    this.problem ??= new YamlProblem("ConstructorError", message, offset, context, contextOffset);
  }

  /** A tag that a collection cannot have. */
  refuseTag(tag: string, found: string, start: number): void {
    const name = tag.startsWith(CORE) ? tag.slice(CORE.length) : "";
    if (/^(?:null|bool|int|float|binary|timestamp|str)$/.test(name)) {
      this.defer(`expected a scalar node, but found ${found}`, start);
    } else if (name === "seq") this.defer(`expected a sequence node, but found ${found}`, start);
    else if (name === "map" || name === "set") this.defer(`expected a mapping node, but found ${found}`, start);
    else this.defer(`could not determine a constructor for the tag '${tag}'`, start);
  }

  /** The value of an `!!omap` or `!!pairs`: a list of tuples. */
  pairs(items: unknown[], tag: string, start: number): unknown[] {
    const context = `while constructing ${tag.endsWith("omap") ? "an ordered map" : "pairs"}`;
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      const entries =
        item instanceof PyDict ? [...item.entries()] : isPlainObject(item) ? Object.entries(item) : undefined;
      if (!entries) {
        const found = Array.isArray(item) ? "sequence" : "scalar";
        this.defer(`expected a mapping of length 1, but found ${found}`, start, context, start);
      } else if (entries.length !== 1) {
        this.defer(`expected a single mapping item, but found ${entries.length} items`, start, context, start);
      } else {
        items[i] = new Tuple(entries[0]!);
      }
    }
    return items;
  }

  /** A scalar without quotes or tag. As a key it may be {@link MERGE_KEY}. */
  plainScalar(text: string, offset: number, isKey: boolean): unknown {
    switch (resolveScalar(text)) {
      case "str":
        return text;
      case "null":
        return null;
      case "bool":
        return toBool(text);
      case "merge":
        if (isKey) return MERGE_KEY;
        this.defer(`could not determine a constructor for the tag '${CORE}merge'`, offset);
        return text;
      case "value":
        if (isKey) return text;
        this.defer(`could not determine a constructor for the tag '${CORE}value'`, offset);
        return text;
      case "int":
        return this.construct(toInt, text, offset);
      case "float":
        return this.construct(toFloat, text, offset);
      case "timestamp":
        return this.construct(toTimestamp, text, offset);
    }
  }

  /** A scalar that has a tag, or may have one. */
  taggedScalar(tag: string | undefined, text: string, plain: boolean, offset: number, isKey: boolean): unknown {
    if (tag === "!" || (tag === undefined && plain)) return this.plainScalar(text, offset, isKey);
    switch (tag) {
      case undefined:
      case `${CORE}str`:
        return text;
      case `${CORE}null`:
        return null;
      case `${CORE}bool`:
        return this.construct(toBool, text, offset);
      case `${CORE}int`:
        return this.construct(toInt, text, offset);
      case `${CORE}float`:
        return this.construct(toFloat, text, offset);
      case `${CORE}timestamp`:
        return this.construct(toTimestamp, text, offset);
      case `${CORE}binary`:
        return this.construct(toBinary, text, offset);
      case `${CORE}merge`:
        if (isKey) return MERGE_KEY;
        break;
      case `${CORE}value`:
        if (isKey) return text;
        break;
      case `${CORE}seq`:
      case `${CORE}omap`:
      case `${CORE}pairs`:
        this.defer("expected a sequence node, but found scalar", offset);
        return null;
      case `${CORE}map`:
      case `${CORE}set`:
        this.defer("expected a mapping node, but found scalar", offset);
        return null;
    }
    this.defer(`could not determine a constructor for the tag '${tag}'`, offset);
    return null;
  }

  private construct(make: (text: string) => unknown, text: string, offset: number): unknown {
    try {
      return make(text);
    } catch (error) {
      if (!(error instanceof BadScalar)) throw error;
      this.defer(error.message, offset);
      return null;
    }
  }
}
