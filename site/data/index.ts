export { readArtifacts } from "./artifacts.ts";
export { siteFiles } from "./build.ts";
export type { SiteFiles } from "./format.ts";
export { keepRun, readRuns } from "./history.ts";
