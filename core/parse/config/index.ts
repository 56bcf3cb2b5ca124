export { freshness } from "./coerce.ts";
export { type Dict, deepMerged, isDict, listed, mergedDicts } from "./dicts.ts";
export { ConfigGenerator, type ConfigRequest } from "./generator.ts";
export { addConfigCall } from "./merge.ts";
export { ConfigProblem } from "./problem.ts";
