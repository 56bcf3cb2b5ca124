export { ManifestLookups } from "./lookups.ts";
export { createManifest } from "./manifest.ts";
export { buildMaps } from "./maps.ts";
export type * from "./resources.ts";
