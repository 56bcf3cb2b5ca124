export { Compiler, isEphemeral, storesFailures } from "./compile-node.ts";
export { cteName } from "./inject-ctes.ts";
export { compileUnitTest, unitTestName } from "./unit-test.ts";
