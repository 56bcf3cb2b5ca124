/** Classes of characters, as bits, for the codes below {@link TABLE_SIZE}; no other character belongs to any. */
const BLANK = 1;
const BREAK = 2;
const END = 4;
const DIGIT = 8;
const HEX = 16;
/** What ends a run of a plain scalar outside of flow collections. */
const PLAIN_STOP = 32;
/** What ends one within flow collections. */
const FLOW_STOP = 64;
/** Letters, digits, `-` and `_`. */
const WORD = 128;

/** The `?`, which PyYAML's flow scalars cannot hold and libyaml's can. */
const QUESTION = 256;

const TABLE_SIZE = 0x2030;
const flags = new Uint16Array(TABLE_SIZE);

function mark(characters: string, bits: number): void {
  for (let i = 0; i < characters.length; i++) {
    const code = characters.charCodeAt(i);
    flags[code] = flags[code]! | bits;
  }
}

mark(" \t", BLANK | PLAIN_STOP | FLOW_STOP);
mark("\r\n\x85\u2028\u2029", BREAK | PLAIN_STOP | FLOW_STOP);
mark("\0", END | PLAIN_STOP | FLOW_STOP);
mark(":", PLAIN_STOP | FLOW_STOP);
mark(",[]{}", FLOW_STOP);
mark("?", QUESTION);
mark("0123456789", DIGIT | HEX | WORD);
mark("abcdefABCDEF", HEX);
mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_", WORD);

const has = (code: number, bits: number): boolean => code < TABLE_SIZE && (flags[code]! & bits) !== 0;

/** A line break: LF, CR, NEL, LS or PS. */
export const isBreak = (code: number): boolean => has(code, BREAK);
/** A line break or the end of the text. */
export const isBreakOrEnd = (code: number): boolean => has(code, BREAK | END);
/** A space, a tab, a line break or the end of the text. */
export const isSpaceOrEnd = (code: number): boolean => has(code, BLANK | BREAK | END);
export const isHex = (code: number): boolean => has(code, HEX);
export const isDigit = (code: number): boolean => has(code, DIGIT);
export const isWord = (code: number): boolean => has(code, WORD);
export const stopsPlain = (code: number): boolean => has(code, PLAIN_STOP);
export const stopsFlowPlain = (code: number): boolean => has(code, FLOW_STOP | QUESTION);
export const stopsLibyamlFlowPlain = (code: number): boolean => has(code, FLOW_STOP);

const tagCharacters = new Set("-;/?:@&=+$,_.!~*'()[]%");
/** What may stand in a tag. */
export const isTagCharacter = (code: number): boolean => isWord(code) || tagCharacters.has(String.fromCharCode(code));

/** A character as Python's `repr` shows it in messages. */
export function showCharacter(code: number): string {
  if (code === 0) return "'\\x00'";
  if (code === 9) return "'\\t'";
  if (code === 10) return "'\\n'";
  if (code === 13) return "'\\r'";
  if (code === 39) return `"'"`;
  if (code === 92) return "'\\\\'";
  if (code < 32 || (code >= 127 && code < 161)) return `'\\x${code.toString(16).padStart(2, "0")}'`;
  return `'${String.fromCharCode(code)}'`;
}
