export { installDeps } from "./install.ts";
