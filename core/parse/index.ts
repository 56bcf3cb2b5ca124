export { parseFully, parseProject } from "./project.ts";
