export { type DumpOptions, dumpYaml } from "./dump/dump.ts";
export { CannotRepresent } from "./dump/represent.ts";
export { type LoadOptions, loadYaml, positionOf } from "./load.ts";
