export { type LoadOptions, loadYaml, positionOf } from "./load.ts";
