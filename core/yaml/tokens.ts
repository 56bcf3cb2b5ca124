/** Kinds of tokens, as numbers since they are compared in the hottest loops. */
export const STREAM_END = 1;
export const DIRECTIVE = 2;
export const DOCUMENT_START = 3;
export const DOCUMENT_END = 4;
export const BLOCK_SEQUENCE_START = 5;
export const BLOCK_MAPPING_START = 6;
export const BLOCK_END = 7;
export const FLOW_SEQUENCE_START = 8;
export const FLOW_MAPPING_START = 9;
export const FLOW_SEQUENCE_END = 10;
export const FLOW_MAPPING_END = 11;
export const BLOCK_ENTRY = 12;
export const FLOW_ENTRY = 13;
export const KEY = 14;
export const VALUE = 15;
export const ALIAS = 16;
export const ANCHOR = 17;
export const TAG = 18;
export const SCALAR = 19;

export interface Token {
  readonly kind: number;
  /** Offsets in the text; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  /** The scalar's text, the anchor's or alias' name, the tag's suffix, the directive's name. */
  readonly value: string;
  /** A scalar without quotes, whose type is seen from its text. */
  readonly plain: boolean;
  /** A tag's handle (`null` for a verbatim one), or a TAG directive's; a YAML directive's major version. */
  readonly handle: string | null;
}
