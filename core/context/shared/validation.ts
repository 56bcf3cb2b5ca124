import { PyDict } from "../../jinja/index.ts";
import { pyEquals } from "../../jinja/runtime/compare.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import { PyCallable } from "../../jinja/runtime/values.ts";
import { templateError } from "./errors.ts";

/**
 * `validation` of templates, for checks such as `config.get("mode", validator=validation.any("fast", "slow"))`.
 * A type matches its values, anything else matches what equals it.
 */
export function createValidation(): PyDict {
  return PyDict.from([["any", new PyCallable("validate_any", validator)]]);
}

function validator(accepted: readonly unknown[]): PyCallable {
  return new PyCallable("inner", ([value]) => {
    for (const option of accepted) {
      if (option instanceof PyCallable ? isInstance(value, option.name) : pyEquals(value, option)) return null;
    }
    const list = accepted.map((option) => (option instanceof PyCallable ? `<class '${option.name}'>` : pyStr(option)));
    const message = `Expected value "${pyStr(value)}" to be one of ${list.join(",")}`;
    throw templateError("TD3001", message, null, "Runtime Error");
  });
}

/** Whether a value is of the Python type that templates reach under this name, e.g. `dict`. */
function isInstance(value: unknown, type: string): boolean {
  if (type === "dict") return value instanceof PyDict;
  if (type === "list") return Array.isArray(value);
  return type === "str" && typeof value === "string";
}
