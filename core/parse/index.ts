export { parseProject } from "./cached.ts";
export { checkInline } from "./inline.ts";
export { parseFully } from "./project.ts";
export { ParseTimes } from "./times.ts";
