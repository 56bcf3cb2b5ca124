import "./members.ts";

export { parseCsv } from "./csv.ts";
export { Column, MappedSequence, Row } from "./mapped-sequence.ts";
export { output as tableOutput } from "./output.ts";
export type { PrintOptions } from "./print.ts";
export { readCsv, type SeedOptions } from "./seed.ts";
export { Table } from "./table.ts";
export { TableSet } from "./tableset.ts";
export * as dataTypes from "./types.ts";
export { DataType } from "./types.ts";
