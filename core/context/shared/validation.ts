import { PyCallable, PyDict, pyEquals, pyStr } from "../../jinja/index.ts";
import { templateError } from "./errors.ts";

/**
 * `validation` of templates: `config.get("x", validator=validation.any["a", "b"])` style checks, called as
 * `validation.any(list, "default")`. A type matches its values, anything else matches what equals it.
 */
export function createValidation(): PyDict {
  const any = new PyCallable("validate_any", (accepted) => {
    return new PyCallable("inner", ([value]) => {
      for (const option of accepted) {
        if (option instanceof PyCallable ? isInstance(value, option.name) : pyEquals(value, option)) return null;
      }
      const list = accepted.map((option) =>
        option instanceof PyCallable ? `<class '${option.name}'>` : pyStr(option),
      );
      throw templateError(
        "TD3001",
        `Expected value "${pyStr(value)}" to be one of ${list.join(",")}`,
        null,
        "Validation Error",
      );
    });
  });
  return PyDict.from([["any", any]]);
}

/** Whether a value is of the Python type that templates reach under this name, e.g. `dict`. */
function isInstance(value: unknown, type: string): boolean {
  switch (type) {
    case "dict":
      return value instanceof PyDict;
    case "list":
      return Array.isArray(value);
    case "str":
    case "string":
      return typeof value === "string";
    default:
      return false;
  }
}
