export { ALL_OF_IT, lookAt, NodeObject } from "../shared/node-object.ts";
export { templateProblem } from "./template-errors.ts";
export { ParseTemplates } from "./templates.ts";
