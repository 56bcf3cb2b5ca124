import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packageRoot } from "../../project/package-root.ts";
import type { SiteFiles } from "../data/index.ts";

/** The folder beside index.html in which the site's own files are. */
export const FOLDER = "tsdbt-docs";
/** The program itself, as the build made it. */
export const PROGRAM = ["app.js", "worker.js", "style.css"] as const;

const LOCKED =
  "default-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types tsdbt";
/** What the page may do where its parts are files of their own. */
export const POLICY = `${LOCKED}; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'`;

export function programFile(name: (typeof PROGRAM)[number]): string {
  return readFileSync(join(packageRoot(), "dist", "site", name), "utf8");
}

/** The page that loads its parts from {@link FOLDER}. `live` has it listen for changes. */
export function page(project: string, version: string, live = false): string {
  const head = [
    `<link rel="stylesheet" href="${FOLDER}/style.css?v=${version}">`,
    `<meta name="tsdbt-data" content="${FOLDER}/">`,
    `<meta name="tsdbt-version" content="${version}">`,
    // Asked for while the program is still on its way.
    `<link rel="preload" as="fetch" crossorigin href="${FOLDER}/index.json?v=${version}">`,
    live ? `<meta name="tsdbt-live" content="live">` : "",
  ];
  return html(project, POLICY, head.join("\n"), `<script src="${FOLDER}/app.js?v=${version}" defer></script>`);
}

/** The page with everything in it, which needs no server. */
export function onePage(project: string, files: SiteFiles): string {
  const [app, worker, style] = PROGRAM.map(programFile) as [string, string, string];
  const policy = `${LOCKED}; script-src ${hashOf(app)} blob:; style-src ${hashOf(style)}; img-src data: blob:; worker-src blob:`;
  const data = [...files].map(([name, json]) => block(name, gzipSync(json).toString("base64")));
  const parts = [block("worker.js", gzipSync(worker).toString("base64")), ...data];
  return html(project, policy, `<style>${style}</style>`, `${parts.join("\n")}\n<script>${app}</script>`);
}

/** A block that no browser runs: gzip in base64, which needs no escaping. */
function block(name: string, base64: string): string {
  return `<script type="application/gzip" data-file="${escaped(name)}">${base64}</script>`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Three boxes in a row: bronze, silver, gold. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M3 8h10' stroke='%2394a3b8'/%3E" +
  "%3Crect y='5' width='4' height='6' rx='1' fill='%23b0763b'/%3E%3Crect x='6' y='5' width='4' height='6' rx='1' fill='%237d8da1'/%3E" +
  "%3Crect x='12' y='5' width='4' height='6' rx='1' fill='%23c9a227'/%3E%3C/svg%3E";

function html(project: string, policy: string, head: string, end: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${ICON}">
<title>${escaped(project)}</title>
${head}
</head>
<body>
<div id="app"><noscript>This page needs JavaScript.</noscript><p class="wait">Loading ${escaped(project)} …</p></div>
${end}
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
