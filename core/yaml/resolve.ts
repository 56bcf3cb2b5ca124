/**
 * Which type a scalar without quotes has, by YAML 1.1 as PyYAML reads it: `yes` is a boolean, `017` fifteen, `1:30` ninety,
 * while `1e3` is a string since a float needs a dot and its exponent a sign.
 */
export type ScalarType = "str" | "null" | "bool" | "int" | "float" | "timestamp" | "merge" | "value";

const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const NULL = /^(?:~|null|Null|NULL|)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INT =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const TIMESTAMP =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/;

const WORDS = 1;
const NUMBERS = 2;
const MERGE = 4;
const VALUE = 8;
const first = new Uint8Array(128);
for (const c of "yYnNtTfFoO~") first[c.charCodeAt(0)] = WORDS;
for (const c of "0123456789+-.") first[c.charCodeAt(0)] = NUMBERS;
first[60] = MERGE;
first[61] = VALUE;

/** The type of a scalar without quotes: `resolveScalar("017")` is `"int"`. */
export function resolveScalar(text: string): ScalarType {
  if (text === "") return "null";
  const code = text.charCodeAt(0);
  if (code >= 128) return "str";
  switch (first[code]) {
    case WORDS:
      if (text.length > 5) return "str";
      if (BOOL.test(text)) return "bool";
      return NULL.test(text) ? "null" : "str";
    case NUMBERS:
      if (FLOAT.test(text)) return "float";
      if (INT.test(text)) return "int";
      return code >= 48 && code <= 57 && TIMESTAMP.test(text) ? "timestamp" : "str";
    case MERGE:
      return text === "<<" ? "merge" : "str";
    case VALUE:
      return text === "=" ? "value" : "str";
  }
  return "str";
}
