import { JinjaError } from "../errors.ts";
import { pyRepr } from "./repr.ts";
import { escapeCodePoint } from "./text.ts";

type Kind = "utf-8" | "ascii" | "latin-1" | "utf-16" | "utf-16-le" | "utf-16-be" | "utf-32" | "utf-32-le" | "utf-32-be";

const ALIASES: Record<string, Kind> = {
  utf8: "utf-8",
  u8: "utf-8",
  utf: "utf-8",
  ascii: "ascii",
  usascii: "ascii",
  "646": "ascii",
  latin1: "latin-1",
  latin: "latin-1",
  l1: "latin-1",
  iso88591: "latin-1",
  cp819: "latin-1",
  utf16: "utf-16",
  u16: "utf-16",
  utf16le: "utf-16-le",
  utf16be: "utf-16-be",
  utf32: "utf-32",
  u32: "utf-32",
  utf32le: "utf-32-le",
  utf32be: "utf-32-be",
};

function codec(name: string): Kind {
  const kind = ALIASES[name.toLowerCase().replace(/[-_ ]/g, "")];
  if (kind === undefined) throw new JinjaError("LookupError", `unknown encoding: ${name}`);
  return kind;
}

const handlerError = (name: string) => new JinjaError("LookupError", `unknown error handler name ${pyRepr(name)}`);

/** `text.encode(encoding, errors)`. */
export function encodeText(text: string, encoding: string, errors: string): Uint8Array {
  const kind = codec(encoding);
  if (kind === "ascii" || kind === "latin-1") return encodeNarrow(text, kind, errors);
  const out: number[] = [];
  const wide = kind.startsWith("utf-16") ? 2 : 4;
  const big = kind.endsWith("be");
  const put = (value: number, size: number) => {
    for (let i = 0; i < size; i++) out.push((value >> (8 * (big ? size - 1 - i : i))) & 0xff);
  };
  if (kind === "utf-16" || kind === "utf-32") put(0xfeff, wide);
  let position = 0;
  for (const c of text) {
    const code = c.codePointAt(0) as number;
    let units = c;
    if (code >= 0xd800 && code <= 0xdfff) units = replacement(code, kind, errors, position, "surrogates not allowed");
    position++;
    if (kind === "utf-8") out.push(...new TextEncoder().encode(units));
    else if (wide === 2) for (let i = 0; i < units.length; i++) put(units.charCodeAt(i), 2);
    else for (const u of units) put(u.codePointAt(0) as number, 4);
  }
  return Uint8Array.from(out);
}

function encodeNarrow(text: string, kind: "ascii" | "latin-1", errors: string): Uint8Array {
  const limit = kind === "ascii" ? 128 : 256;
  const out: number[] = [];
  let position = 0;
  for (const c of text) {
    const code = c.codePointAt(0) as number;
    if (code < limit) out.push(code);
    else
      for (const r of replacement(code, kind, errors, position, `ordinal not in range(${limit})`))
        out.push(r.charCodeAt(0));
    position++;
  }
  return Uint8Array.from(out);
}

/** What stands for a character that an encoding cannot say. */
function replacement(code: number, kind: Kind, errors: string, position: number, reason: string): string {
  switch (errors) {
    case "ignore":
      return "";
    case "replace":
      return "?";
    case "backslashreplace":
      return escapeCodePoint(code);
    case "xmlcharrefreplace":
      return `&#${code};`;
    case "strict":
      throw new JinjaError(
        "UnicodeEncodeError",
        `'${kind}' codec can't encode character '${escapeCodePoint(code)}' in position ${position}: ${reason}`,
      );
  }
  throw handlerError(errors);
}

const DECODERS: Partial<Record<Kind, string>> = {
  "utf-8": "utf-8",
  "utf-16": "utf-16le",
  "utf-16-le": "utf-16le",
  "utf-16-be": "utf-16be",
};

/** `bytes.decode(encoding, errors)`. */
export function decodeBytes(bytes: Uint8Array, encoding: string, errors: string): string {
  const kind = codec(encoding);
  if (kind === "latin-1") return Buffer.from(bytes).toString("latin1");
  if (kind === "ascii") return decodeAscii(bytes, errors);
  if (kind.startsWith("utf-32")) return decodeUtf32(bytes, kind);
  let body = bytes;
  let label = DECODERS[kind] as string;
  if (kind === "utf-16" && bytes.length >= 2) {
    const mark = ((bytes[0] as number) << 8) | (bytes[1] as number);
    if (mark === 0xfeff) label = "utf-16be";
    if (mark === 0xfeff || mark === 0xfffe) body = bytes.subarray(2);
  }
  if (errors !== "strict" && errors !== "ignore" && errors !== "replace" && errors !== "backslashreplace")
    throw handlerError(errors);
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    if (errors === "strict")
      throw new JinjaError("UnicodeDecodeError", `'${kind}' codec can't decode the bytes: invalid data`);
    const text = new TextDecoder(label, { ignoreBOM: true }).decode(body);
    return errors === "ignore" ? text.replaceAll("\ufffd", "") : text;
  }
}

function decodeAscii(bytes: Uint8Array, errors: string): string {
  let out = "";
  for (const [i, b] of bytes.entries()) {
    if (b < 128) out += String.fromCharCode(b);
    else if (errors === "replace") out += "\ufffd";
    else if (errors === "backslashreplace") out += escapeCodePoint(b);
    else if (errors === "strict")
      throw new JinjaError(
        "UnicodeDecodeError",
        `'ascii' codec can't decode byte 0x${b.toString(16)} in position ${i}: ordinal not in range(128)`,
      );
    else if (errors !== "ignore") throw handlerError(errors);
  }
  return out;
}

function decodeUtf32(bytes: Uint8Array, kind: Kind): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const big = kind === "utf-32-be" || (kind === "utf-32" && bytes.length >= 4 && view.getUint32(0) === 0xfeff);
  let out = "";
  for (let i = 0; i + 4 <= bytes.length; i += 4) {
    const code = view.getUint32(i, !big);
    if (i === 0 && code === 0xfeff && kind === "utf-32") continue;
    if (code > 0x10ffff)
      throw new JinjaError("UnicodeDecodeError", `'${kind}' codec can't decode bytes in position ${i}-${i + 3}`);
    out += String.fromCodePoint(code);
  }
  return out;
}
