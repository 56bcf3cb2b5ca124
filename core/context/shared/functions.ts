import { pyStr } from "../../jinja/runtime/repr.ts";
import { HostObject, type Kwargs, PyCallable } from "../../jinja/runtime/values.ts";
import { type Described, templateError } from "./errors.ts";

/** Calls a value that a template handed over: a function, a macro or a callable object. */
export function callValue(callee: unknown, args: unknown[], kwargs: Kwargs): unknown {
  if (callee instanceof PyCallable) return callee.fn(args, kwargs);
  if (callee instanceof HostObject) {
    const result = callee.call(args, kwargs);
    if (result !== undefined) return result;
  }
  throw templateError("TD3002", `'${typeof callee}' object is not callable`, null);
}

/** `try_or_compiler_error(message, func, *args, **kwargs)`: any error of `func` becomes a compilation error with the message. */
export function createTryOrCompilerError(node: Described | null): PyCallable {
  return new PyCallable("try_or_compiler_error", (args, kwargs) => {
    const [message, callee, ...rest] = args;
    const fail = (cause: unknown): never => {
      const error = templateError("TD3003", pyStr(message), node);
      error.details.cause = cause;
      throw error;
    };
    try {
      const result = callValue(callee, rest, kwargs);
      return result instanceof Promise ? result.catch(fail) : result;
    } catch (error) {
      return fail(error);
    }
  });
}

/** `adapter_macro(name, …)`: gone since dbt 0.18; says what to use. */
export function createAdapterMacro(node: Described | null): PyCallable {
  return new PyCallable("adapter_macro", ([name]) => {
    throw templateError(
      "TD3004",
      'The "adapter_macro" macro has been deprecated. Instead, use the `adapter.dispatch` method to find a macro and ' +
        "call the result.  For more information, see: https://docs.getdbt.com/reference/dbt-jinja-functions/dispatch) " +
        `adapter_macro was called for: ${pyStr(name)}`,
      node,
    );
  });
}
