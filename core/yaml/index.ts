export { dumpYaml } from "./dump/dump.ts";
export { CannotRepresent } from "./dump/represent.ts";
export { duplicateKey, loadYaml, positionOf } from "./load.ts";
