export { findCycle } from "./cycles.ts";
export { type Found, ManifestLookups, sameVersion, searchName, versionText } from "./lookups.ts";
export { createManifest } from "./manifest.ts";
export { buildMaps, dependencies, findResource, graphResources } from "./maps.ts";
export { didYouMean, nearestNames } from "./nearest.ts";
export type * from "./resources.ts";
