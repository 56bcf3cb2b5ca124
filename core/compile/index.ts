export { type CompileOptions, Compiler, isEphemeral, storesFailures } from "./compile-node.ts";
export { type Cte, cteName, injectCtes } from "./inject-ctes.ts";
