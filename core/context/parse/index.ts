export { templateProblem } from "./template-errors.ts";
export { type NodeRendering, ParseTemplates, type ParseTemplatesOptions } from "./templates.ts";
