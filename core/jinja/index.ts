export * from "./errors.ts";
export { type Data, toData, toPython } from "./runtime/convert.ts";
export { PyDict } from "./runtime/dict.ts";
export { PySet } from "./runtime/set.ts";
export { bindArguments, defineFunction, parseSignature, type Signature } from "./runtime/signature.ts";
export { typeName } from "./runtime/types.ts";
export * from "./runtime/undefined.ts";
export { float, HostObject, type Kwargs, PyCallable, PyFloat, type Scope, Tuple } from "./runtime/values.ts";
