export { dialectOf } from "./dialects.ts";
export { lineageOf } from "./lineage.ts";
export { loadParser } from "./parser.ts";
export type * from "./types.ts";
