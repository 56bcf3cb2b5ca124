// Bundles the command line and the library into dist/, and writes the type declarations.
// `--if-source` (npm's prepare) does nothing where the sources are not there, as in an installed package.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);
if (process.argv.includes("--if-source") && !existsSync("core/cli/main.ts")) process.exit(0);

const { build } = await import("esbuild");
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: { cli: "core/cli/main.ts", index: "core/index.ts", jinja: "core/jinja/index.ts" },
  outdir: "dist",
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
if (!process.argv.includes("--no-types"))
  execFileSync(process.execPath, [join("node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
