export { dumpYaml } from "./dump/dump.ts";
export { CannotRepresent } from "./dump/represent.ts";
export { loadYaml, positionOf } from "./load.ts";
