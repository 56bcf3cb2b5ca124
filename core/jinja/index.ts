export * as ast from "./ast.ts";
export { Environment, type EnvironmentOptions, Template } from "./environment.ts";
export * from "./errors.ts";
export { type ExtractedBlock, type ExtractOptions, extractBlocks } from "./extract-blocks.ts";
export { builtinFilters } from "./filters/index.ts";
export {
  BoundMacro,
  bindMacro,
  type MacroDefinition,
  type MacroParameter,
  type MacroPlace,
  parseMacroAt,
  parseMacroFile,
} from "./macros.ts";
export { type ParseOptions, parse } from "./parser.ts";
export { pyAdd, pyDiv, pyFloorDiv, pyMod, pyMul, pyNeg, pyPow, pySub } from "./runtime/arith.ts";
export { attributeOf, NamedTuple, pyCall, pyGetAttr, pyGetItem } from "./runtime/attributes.ts";
export { PyBytes } from "./runtime/bytes.ts";
export { compareNumbers, pyEquals, pyGreater, pyGreaterEqual, pyLess, pyLessEqual, sortBy } from "./runtime/compare.ts";
export { type Data, toData, toPython } from "./runtime/convert.ts";
export { PyDict } from "./runtime/dict.ts";
export { keywordsOf, updateDict } from "./runtime/dict-methods.ts";
export { formatValue } from "./runtime/format-spec.ts";
export { bindArguments, defineFunction, defineMethod, parseSignature, type Signature } from "./runtime/function.ts";
export { hashKey } from "./runtime/hash.ts";
export { DictView, PyIterator, PyRange, pyContains, pyIterate, pyLength, pyList } from "./runtime/iterate.ts";
export { jsonDumps } from "./runtime/json.ts";
export { literalEval } from "./runtime/literal-eval.ts";
export { floatRepr, int, isFloat, isInt, isNumber, toIndex } from "./runtime/numbers.ts";
export { address, pyRepr, pyStr, tupleRepr } from "./runtime/repr.ts";
export { PySet } from "./runtime/set.ts";
export { PySlice, sliceArray, sliceBounds } from "./runtime/slice.ts";
export { Markup, StrObject, textOf } from "./runtime/str-object.ts";
export { strRepr } from "./runtime/text.ts";
export { pyTruth } from "./runtime/truth.ts";
export { typeName } from "./runtime/types.ts";
export * from "./runtime/undefined.ts";
export {
  float,
  type HostExtras,
  HostObject,
  type Kwargs,
  PyCallable,
  PyFloat,
  type Scope,
  Tuple,
} from "./runtime/values.ts";
export { assignedNames, dottedName, freeNames, type StaticCall, spansOf, staticCalls } from "./static.ts";
export { builtinTests } from "./tests.ts";
