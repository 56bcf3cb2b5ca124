// Bundles the command line and the library into dist/, and writes the type declarations.
// `--if-source` (npm's prepare) does nothing where the sources are not there, as in an installed package.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);
if (process.argv.includes("--if-source") && !existsSync("core/cli/main.ts")) process.exit(0);

const { build } = await import("esbuild");
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/** zod's messages in fifty languages, an eighth of what a start would have to read; English stands apart from them. */
const withoutLocales = {
  name: "without-locales",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ path }) => ({ path, namespace: "no-locales" }));
    onLoad({ filter: /./, namespace: "no-locales" }, () => ({ contents: "export {};" }));
  },
};
/** Never bundled: they load native code, and come with the package or are asked for by name. */
const NATIVE = ["@duckdb/node-api", "@polyglot-sql/sdk", "chdb", "fsevents"];

/** Built beside and swapped in, so that a command that runs meanwhile never meets half a build. */
const fresh = `dist-${process.pid}`;
process.on("exit", () => rmSync(fresh, { recursive: true, force: true }));
const shared = {
  plugins: [withoutLocales],
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: false,
  minifySyntax: true,
  legalComments: "none",
  metafile: true,
  external: NATIVE,
  // Bundled CommonJS packages ask for Node's own modules.
  banner: {
    js: 'import { createRequire as _createRequire } from "node:module";\nconst require = _createRequire(import.meta.url);',
  },
  define: {
    "process.env.TSDBT_VERSION": JSON.stringify(version),
    "process.env.TSDBT_BUILD": JSON.stringify(`${version} ${sourcesDigest()}`),
  },
  logLevel: "warning",
};
/** Leaves one source file out of a bundle, to be loaded from a file beside it. */
const apart = (name) => ({
  name: `${name}-apart`,
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`/${name}\\.ts$`) }, ({ kind }) =>
      kind === "entry-point" ? undefined : { path: `./${name}.js`, external: true },
    ),
});
/** The clients of AWS in a folder of their own, which `folder` leads to: only a profile for Athena needs them. */
const awsApart = (folder) => ({
  name: "aws-apart",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/clients\/[a-z0-9-]+\.ts$/ }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: `${folder}/${basename(path, ".ts")}.js`, external: true },
    ),
});
/** What selection asks of Node, for the site's worker. */
const inBrowser = {
  name: "node-stand-ins",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^node:(fs|path)$/ }, () => ({ path: resolve("site/worker/node-stand-ins.ts") })),
};
/**
 * A bundle whose compiled code can be kept: V8 keeps it of scripts, not of modules. In a script made of kept code `import()` does not
 * work, so what loads it may hand over one that does (see core/cli/compiled.ts).
 */
const asScript = {
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  banner: {
    js: [
      "const _import = arguments[5] ?? ((specifier) => import(specifier));",
      'const _importMetaUrl = require("node:url").pathToFileURL(__filename).href;',
    ].join("\n"),
  },
  define: {
    ...shared.define,
    "import.meta.url": "_importMetaUrl",
    "import.meta.dirname": "__dirname",
    "import.meta.filename": "__filename",
  },
};
/** Loading one large file costs less than loading dozens; apart stands what `--version` and most runs do without. */
const built = [
  await build({
    ...shared,
    entryPoints: { cli: "core/cli/main.ts" },
    outdir: fresh,
    plugins: [...shared.plugins, apart("command-line")],
  }),
  await build({
    ...shared,
    entryPoints: { "command-line": "core/cli/command-line.ts" },
    outdir: fresh,
    ...asScript,
    plugins: [
      ...shared.plugins,
      apart("unit-test-diff"),
      apart("unpack"),
      apart("http-client"),
      apart("project-watcher"),
      awsApart("./aws"),
    ],
  }),
  await build({ ...shared, entryPoints: { "unit-test-diff": "core/run/unit-test-diff.ts" }, outdir: fresh }),
  await build({ ...shared, entryPoints: { "lineage-worker": "core/lineage/worker.ts" }, outdir: fresh }),
  await build({ ...shared, entryPoints: { "project-watcher": "site/serve/project-watcher.ts" }, outdir: fresh }),
  await build({
    entryPoints: { app: "site/app/main.tsx", worker: "site/worker/main.ts", style: "site/app/style.css" },
    outdir: `${fresh}/site`,
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: ["chrome111", "firefox113", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    metafile: true,
    define: { "process.platform": '"linux"' },
    plugins: [inBrowser],
    logLevel: "warning",
  }),
  await build({ ...shared, entryPoints: { unpack: "project/deps/unpack.ts" }, outdir: fresh }),
  await build({ ...shared, entryPoints: { "http-client": "adapters/clickhouse/http-client.ts" }, outdir: fresh }),
  await build({
    ...shared,
    entryPoints: { index: "core/index.ts", jinja: "core/jinja/index.ts" },
    outdir: fresh,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    plugins: [...shared.plugins, awsApart("../aws")],
  }),
  await build({
    ...shared,
    minify: true,
    entryPoints: readdirSync("adapters/athena/clients").map((file) => `adapters/athena/clients/${file}`),
    outdir: `${fresh}/aws`,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
  }),
  await build({
    ...shared,
    entryPoints: { main: "sink/cli/main.ts", index: "sink/index.ts" },
    outdir: `${fresh}/sink`,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    // The client's WebAssembly comes as a file otherwise; an optional dependency of it is for Protobuf, which is not read.
    alias: { "@platformatic/wasm-utils": "@platformatic/wasm-utils/bundled" },
    external: [...NATIVE, "protobufjs", "@node-rs/crc32"],
    banner: {
      js: `${shared.banner.js}
import { dirname as _dirname } from "node:path";
import { fileURLToPath as _fileURLToPath } from "node:url";
const __dirname = _dirname(_fileURLToPath(import.meta.url));`,
    },
  }),
];
const [banner, ...lines] = readFileSync(`${fresh}/command-line.cjs`, "utf8").split("\n");
const script = [banner, ...lines.map((line) => line.replaceAll(/(?<![\w.$`])import\(/g, "_import("))].join("\n");
writeFileSync(`${fresh}/command-line.cjs`, script);
const bundle = createHash("sha256").update(script).digest("hex").slice(0, 16);
await build({
  ...shared,
  entryPoints: { "command-line": "core/cli/compiled.ts" },
  outdir: fresh,
  define: { ...shared.define, "process.env.TSDBT_BUNDLE": JSON.stringify(bundle) },
});
cpSync("node_modules/@bokuweb/zstd-wasm/dist/esm/zstd.wasm", `${fresh}/sink/chunks/zstd.wasm`);
writeLicences(fresh, built);
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
  });
  const { INDEX_FILE, indexOf, readText, strip } = await import(pathToFileURL(outfile).href);
  const files = ["macros", "adapters"]
    .flatMap((top) => readdirSync(top, { recursive: true }).map((path) => join(top, path)))
    .filter((path) => path.endsWith(".sql"))
    .sort();
  writeFileSync(join(folder, INDEX_FILE), JSON.stringify(indexOf(files.map((file) => strip(readText(file, file))))));
  rmSync(outfile);
}

/** Of all that decides what parsing answers: what another build kept of it is not used. */
function sourcesDigest() {
  const digest = createHash("sha256");
  for (const top of ["core", "adapters", "project"]) {
    for (const path of readdirSync(top, { recursive: true }).sort()) {
      if (path.endsWith(".ts")) digest.update(readFileSync(join(top, path)));
    }
  }
  return digest.digest("hex").slice(0, 16);
}

/** The licences of the packages that ended up in the bundle. */
function writeLicences(folder, results) {
  const packages = new Set();
  for (const { metafile } of results) {
    for (const input of Object.keys(metafile.inputs)) {
      const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (found) packages.add(found[1]);
    }
  }
  const parts = [...packages].sort().map((name) => {
    const dir = join("node_modules", name);
    const { version, license, repository } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
    const file = readdirSync(dir).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file && !license) throw new Error(`${name} is bundled, but its licence was not found`);
    const text = file ? readFileSync(join(dir, file), "utf8").trim() : `see ${repository?.url ?? repository}`;
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  writeFileSync(join(folder, "THIRD_PARTY_LICENSES"), parts.join(`\n${"-".repeat(80)}\n\n`));
}
