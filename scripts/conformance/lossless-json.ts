import { float, int } from "../../core/jinja/index.ts";

/** JSON that keeps what JavaScript's own reader loses: `1.0` is a float, long integers are exact. Objects come as Maps' entries do, in order. */
export function parseLossless(text: string, makeObject: (entries: [string, unknown][]) => unknown): unknown {
  let i = 0;
  const space = () => {
    while (i < text.length && " \t\n\r".includes(text[i] as string)) i++;
  };
  const fail = (): never => {
    throw new Error(`not JSON at ${i}`);
  };
  const string = (): string => {
    const start = i++;
    while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
    i++;
    return JSON.parse(text.slice(start, i)) as string;
  };
  const value = (): unknown => {
    space();
    const c = text[i];
    if (c === '"') return string();
    if (c === "{") {
      i++;
      const entries: [string, unknown][] = [];
      for (space(); text[i] !== "}"; space()) {
        if (text[i] === ",") i++;
        space();
        const key = string();
        space();
        if (text[i++] !== ":") fail();
        entries.push([key, value()]);
      }
      i++;
      return makeObject(entries);
    }
    if (c === "[") {
      i++;
      const items: unknown[] = [];
      for (space(); text[i] !== "]"; space()) {
        if (text[i] === ",") i++;
        items.push(value());
      }
      i++;
      return items;
    }
    for (const [word, v] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (text.startsWith(word, i)) {
        i += word.length;
        return v;
      }
    }
    const m = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
    m.lastIndex = i;
    const number = m.exec(text);
    if (number === null) return fail();
    i = m.lastIndex;
    return number[1] === undefined && number[2] === undefined ? int(BigInt(number[0])) : float(Number(number[0]));
  };
  return value();
}
