export { checkInline } from "./inline.ts";
export { parseFully, parseProject } from "./project.ts";
