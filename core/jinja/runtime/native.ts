import { JinjaError } from "../errors.ts";
import { literalEval } from "./literal-eval.ts";
import { isNumber } from "./numbers.ts";
import { pyStr } from "./repr.ts";
import { BoolMarker, NativeMarker, NumberMarker, StrObject, TextMarker } from "./str-object.ts";

/**
 * What dbt's native rendering makes of a template's output: a single value stays what it is, several become a string;
 * values marked by `as_native`, `as_bool` and `as_number` are read as Python literals.
 */
export function nativeConcat(outputs: readonly unknown[]): unknown {
  if (outputs.length === 0) return "";
  if (outputs.length > 1) return outputs.map(pyStr).join("");
  const raw = outputs[0];
  if (raw instanceof TextMarker) return raw.text;
  if (!(raw instanceof NativeMarker)) return raw instanceof StrObject ? raw.text : raw;
  let result = literalEval(raw.text);
  if (result === undefined) result = raw.text;
  const wrong = (type: string) =>
    new JinjaError("JinjaRenderingError", `Could not convert value '${raw.text}' into type '${type}'`);
  if (raw instanceof BoolMarker && typeof result !== "boolean") throw wrong("bool");
  if (raw instanceof NumberMarker && (!isNumber(result) || typeof result === "boolean")) throw wrong("number");
  return result;
}
