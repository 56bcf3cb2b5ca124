export { Compiler, isEphemeral, storesFailures } from "./compile-node.ts";
export { compileUnitTest, unitTestName } from "./unit-test.ts";
