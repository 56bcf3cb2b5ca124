import { existsSync, readFileSync } from "node:fs";

/** The version of this package: put in by the build, read from package.json in a checkout. */
export function ownVersion(): string {
  if (process.env.TSDBT_VERSION) return process.env.TSDBT_VERSION;
  for (const up of ["../../package.json", "../package.json"]) {
    const path = new URL(up, import.meta.url);
    if (existsSync(path)) return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
  }
  return "0.0.0";
}

/** What `--version` prints. */
export function versionText(): string {
  return `tsdbt ${ownVersion()}\n`;
}
