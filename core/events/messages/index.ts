export * from "./catalog.ts";
export * from "./general.ts";
export * from "./lines.ts";
export * from "./node.ts";
export * from "./output.ts";
export * from "./selection.ts";
export * from "./summary.ts";
