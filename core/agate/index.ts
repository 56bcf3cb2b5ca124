import "./members.ts";

export { parseCsv } from "./csv.ts";
export { output as tableOutput } from "./output.ts";
export { readCsv } from "./seed.ts";
export { Table } from "./table.ts";
export * as dataTypes from "./types.ts";
