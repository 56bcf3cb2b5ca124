export { Compiler, isEphemeral, storesFailures } from "./compile-node.ts";
