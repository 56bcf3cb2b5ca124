export { type Dict, deepMerged, isDict } from "./dicts.ts";
export { configClassOf } from "./fields.ts";
export { ConfigGenerator } from "./generator.ts";
export { addConfigCall } from "./merge.ts";
export { ConfigProblem } from "./problem.ts";
