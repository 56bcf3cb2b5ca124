import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../core/artifacts/atomic.ts";
import { readArtifacts, readRuns, type SiteFiles, siteFiles } from "../data/index.ts";
import { FOLDER, onePage, PROGRAM, page, programFile } from "./page.ts";

/** Writes the site into a target folder from its artifacts, and on request one file with everything in it; answers the pages' paths. */
export function writeSite(target: string, isStatic: boolean): string[] {
  const { files, project } = siteOf(target);
  const folder = join(target, FOLDER);
  for (const name of PROGRAM) writeFileAtomic(join(folder, name), programFile(name));
  for (const [name, text] of files) writeFileAtomic(join(folder, name), text);
  for (const name of readdirSync(folder)) {
    if (/^[\w-]+\.json$/.test(name) && !files.has(name)) rmSync(join(folder, name));
  }
  const paths = [join(target, "index.html")];
  writeFileAtomic(paths[0]!, page(project, versionOf(files)));
  if (isStatic) {
    paths.push(join(target, "static_index.html"));
    writeFileAtomic(paths[1]!, onePage(project, files));
  }
  return paths;
}

/** The data of a target folder's artifacts. */
export function siteOf(target: string): { files: SiteFiles; project: string } {
  const artifacts = readArtifacts(target, readRuns(target));
  return { files: siteFiles(artifacts), project: artifacts.manifest.metadata.project_name ?? "dbt" };
}

/** Changes with the data and the program: a browser keeps no old part beside new ones. */
export function versionOf(files: SiteFiles): string {
  const digest = createHash("sha256");
  for (const name of PROGRAM) digest.update(programFile(name));
  for (const [name, text] of files) digest.update(name).update(text);
  return digest.digest("hex").slice(0, 12);
}
