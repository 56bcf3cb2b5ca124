import "./members.ts";

export { parseCsv } from "./csv.ts";
export { csvLines } from "./csv-lines.ts";
export { output as tableOutput } from "./output.ts";
export { readCsv } from "./seed.ts";
export { readCsvFile } from "./seed-file.ts";
export { Table } from "./table.ts";
export * as dataTypes from "./types.ts";
