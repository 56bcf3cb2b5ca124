export { type ParsedProject, parseFully, parseProject } from "./project.ts";
export { parseInline } from "./sql-files.ts";
export type { ParseState } from "./state.ts";
export { ParseWarnings } from "./warnings.ts";
