// Bundles the command line and the library into dist/, and writes the type declarations.
// `--if-source` (npm's prepare) does nothing where the sources are not there, as in an installed package.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);
if (process.argv.includes("--if-source") && !existsSync("core/cli/main.ts")) process.exit(0);

const { build } = await import("esbuild");
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/** Built beside and swapped in, so that a command that runs meanwhile never meets half a build. */
const fresh = `dist-${process.pid}`;
await build({
  entryPoints: { cli: "core/cli/main.ts", index: "core/index.ts", jinja: "core/jinja/index.ts" },
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  chunkNames: "chunks/[name]-[hash]",
  sourcemap: false,
  minifySyntax: true,
  keepNames: true,
  legalComments: "none",
  packages: "external",
  define: { "process.env.TSDBT_VERSION": JSON.stringify(version) },
  logLevel: "warning",
});
await writeMacroIndex(fresh);
if (process.argv.includes("--no-types")) {
  if (existsSync("dist/types")) cpSync("dist/types", `${fresh}/types`, { recursive: true });
} else {
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.types.json", "--outDir", `${fresh}/types`], {
    stdio: "inherit",
  });
}
const old = `dist-old-${process.pid}`;
if (existsSync("dist")) renameSync("dist", old);
renameSync(fresh, "dist");
rmSync(old, { recursive: true, force: true });

/** What the built-in macros are and use, so that starting up need not parse them. Made by the parser just bundled. */
async function writeMacroIndex(folder) {
  const outfile = resolve(folder, "index-macros.mjs");
  await build({
    stdin: {
      contents: `export * from "./core/parse/builtin-index.ts"; export { readText, strip } from "./project/text.ts";`,
      resolveDir: root,
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
  });
  const { INDEX_FILE, indexOf, readText, strip } = await import(pathToFileURL(outfile).href);
  const files = ["macros", "adapters"]
    .flatMap((top) => readdirSync(top, { recursive: true }).map((path) => join(top, path)))
    .filter((path) => path.endsWith(".sql"))
    .sort();
  writeFileSync(join(folder, INDEX_FILE), JSON.stringify(indexOf(files.map((file) => strip(readText(file, file))))));
  rmSync(outfile);
}
