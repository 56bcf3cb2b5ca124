// Is a text JSON? Sixteen bytes of a string at a time. AssemblyScript: `npm run build:wasm` makes json-text-code.ts of it.

/** Nesting that is looked into; each level takes a byte before the text: 1 in an object, 0 in an array. */
const DEPTH: i32 = 1024;
const TEXT: i32 = DEPTH;

// @ts-ignore: decorator
@inline
function at(place: i32): i32 {
  return <i32>load<u8>(place);
}

// @ts-ignore: decorator
@inline
function isDigit(byte: i32): bool {
  return <u32>(byte - 48) < 10;
}

function isHex(byte: i32): bool {
  return isDigit(byte) || <u32>((byte | 32) - 97) < 6;
}

function isSpace(byte: i32): bool {
  return byte == 32 || byte == 10 || byte == 13 || byte == 9;
}

function pastSpace(place: i32): i32 {
  while (isSpace(at(place))) place++;
  return place;
}

/** Behind the string whose opening quote stands before `place`; 0 where it is none. So do the others below. */
function pastString(place: i32, end: i32): i32 {
  const space = i8x16.splat(32);
  const quote = i8x16.splat(34);
  const backslash = i8x16.splat(92);
  while (place < end) {
    const bytes = v128.load(place);
    const special = v128.or(
      v128.or(i8x16.lt_u(bytes, space), i8x16.eq(bytes, quote)),
      i8x16.eq(bytes, backslash),
    );
    const mask = i8x16.bitmask(special);
    if (mask == 0) {
      place += 16;
      continue;
    }
    place += ctz(mask);
    if (place >= end) return 0;
    if (at(place) == 34) return place + 1;
    if (at(place) != 92) return 0;
    const escaped = at(place + 1);
    if (escaped == 117) {
      for (let digit = place + 2; digit < place + 6; digit++) if (!isHex(at(digit))) return 0;
      place += 6;
    } else if (
      escaped == 34 || escaped == 92 || escaped == 47 || escaped == 98 ||
      escaped == 102 || escaped == 110 || escaped == 114 || escaped == 116
    ) {
      place += 2;
    } else {
      return 0;
    }
  }
  return 0;
}

function pastDigits(place: i32): i32 {
  if (!isDigit(at(place))) return 0;
  while (isDigit(at(place))) place++;
  return place;
}

function pastNumber(place: i32): i32 {
  if (at(place) == 45) place++;
  if (at(place) == 48) {
    place++;
  } else {
    place = pastDigits(place);
    if (place == 0) return 0;
  }
  if (at(place) == 46) {
    place = pastDigits(place + 1);
    if (place == 0) return 0;
  }
  if ((at(place) | 32) == 101) {
    place++;
    if (at(place) == 43 || at(place) == 45) place++;
    place = pastDigits(place);
  }
  return place;
}

function pastKey(place: i32, end: i32): i32 {
  if (at(place) != 34) return 0;
  place = pastString(place + 1, end);
  if (place == 0) return 0;
  place = pastSpace(place);
  return at(place) == 58 ? place + 1 : 0;
}

/** Behind a value that holds no others, or behind what opens one: then the depth is one more. */
function pastStart(place: i32, end: i32): i32 {
  const byte = at(place);
  if (byte == 34) return pastString(place + 1, end);
  if (byte == 123 || byte == 91) {
    const isObject = byte == 123;
    place = pastSpace(place + 1);
    if (at(place) == byte + 2) return place + 1;
    if (depth == DEPTH) return 0;
    store<u8>(depth++, isObject);
    return isObject ? pastKey(place, end) : place;
  }
  if (byte == 116) return load<u32>(place) == 0x65757274 ? place + 4 : 0;
  if (byte == 102) return load<u32>(place + 1) == 0x65736c61 ? place + 5 : 0;
  if (byte == 110) return load<u32>(place) == 0x6c6c756e ? place + 4 : 0;
  return pastNumber(place);
}

let depth: i32 = 0;

/** Where the text is to be written; sixteen bytes behind it must be memory. */
export function textAt(): i32 {
  return TEXT;
}

/** Whether so many bytes are one JSON value. Not whether they are UTF-8. */
export function isJson(length: i32): bool {
  const end = TEXT + length;
  v128.store(end, i8x16.splat(0));
  let place = TEXT;
  depth = 0;
  while (true) {
    const outside = depth;
    place = pastStart(pastSpace(place), end);
    if (place == 0) return false;
    if (depth > outside) continue;
    while (true) {
      place = pastSpace(place);
      if (depth == 0) return place == end;
      const isObject = load<u8>(depth - 1) == 1;
      const byte = at(place++);
      if (byte == 44) {
        if (isObject) {
          place = pastKey(pastSpace(place), end);
          if (place == 0) return false;
        }
        break;
      }
      if (byte != (isObject ? 125 : 93)) return false;
      depth--;
    }
  }
}
