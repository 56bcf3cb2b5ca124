import { int } from "./runtime/numbers.ts";
import { float } from "./runtime/values.ts";

/** The value of a number as it is written in a template. */
export function numberValue(text: string, isFloat: boolean): unknown {
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  if (isFloat) return float(Number(plain));
  if (plain.length <= 15) return Number(plain);
  return int(BigInt(plain));
}
